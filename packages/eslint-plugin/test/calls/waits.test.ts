import { expect, it } from "vitest";

import { analyse } from "./analyse-project.ts";

/** The waits of the one hand-written retry layer in the code: `100 200 400`, with `~` where they are random, `?` where they are not told. */
function waitsIn(code: string): string {
  const layers = analyse({ "a.ts": code }).calls.flatMap(({ retries }) => retries);
  const { backoff } = layers[0]!;
  if (backoff.kind === "unknown") return "?";
  const { delayMs, jitter } = backoff.value;
  return `${jitter ? "~" : ""}${[1, 2, 3].map(delayMs).join(" ")}`;
}

const url = `"https://api.psp.example/v1"`;
const loop = (sleep: string, before = "") =>
  `async function load() { ${before} for (let attempt = 0; attempt < 4; attempt++) { try { return await fetch(${url}); } catch { ${sleep} } } }`;

it.each([
  ["await sleep(500);", "500 500 500"],
  ["await sleep(1000 * 2 ** attempt);", "1000 2000 4000"],
  ["await sleep(Math.min(1000 * Math.pow(2, attempt), 3000));", "1000 2000 3000"],
  ["await new Promise((resolve) => setTimeout(resolve, 100 * (attempt + 1)));", "100 200 300"],
  ["await new Promise((resolve) => { setTimeout(() => resolve(), 250); });", "250 250 250"],
  ["await new Promise((resolve) => setTimeout(() => resolve(undefined), 250));", "250 250 250"],
  ["const wait = 200 << attempt; await delay(wait);", "200 400 800"],
  ["await sleep(1000 * 2 ** attempt + Math.random() * 100);", "~1050 2050 4050"],
  ["const jitter = Math.random() * 10; await sleep(500 + jitter);", "~505 505 505"],
  ["if (attempt < 3) await sleep(500);", "500 500 500"],
  ["if (error.status === 429) { await sleep(100 * (attempt + 1)); continue; } await sleep(150);", "100 150 150"],
])("reads %s", (sleep, waits) => {
  expect(waitsIn(loop(sleep))).toBe(waits);
});

it("follows a delay that is doubled", () => {
  expect(waitsIn(loop("await sleep(wait); wait *= 2;", "let wait = 300;"))).toBe("300 600 1200");
  expect(waitsIn(loop("wait = wait * 2; await sleep(wait);", "let wait = 300;"))).toBe("600 1200 2400");
});

it("reads a delay that each branch says, and two of one name as two", () => {
  expect(
    waitsIn(loop("let wait; if (isSlow) { wait = 1000 * 2 ** attempt; } else { wait = 300 * 2 ** attempt; } await sleep(wait);")),
  ).toBe("300 600 1200");
  expect(waitsIn(loop("let wait; if (isSlow) { wait = told(error); } else { wait = 300; } await sleep(wait);"))).toBe("?");
  expect(waitsIn(loop("if (isSlow) { const wait = told(error); await sleep(wait); continue; } const wait = 300; await sleep(wait);"))).toBe(
    "?",
  );
});

it("follows a delay that grows by a factor that is told", () => {
  expect(waitsIn(loop("await sleep(wait); wait *= FACTOR;", "const FACTOR = 3; let wait = 300;"))).toBe("300 900 2700");
});

it("follows a delay that grows up to a maximum", () => {
  expect(waitsIn(loop("await sleep(wait); wait = Math.min(wait * 1.5, 600);", "let wait = 400;"))).toBe("400 600 600");
  expect(waitsIn(loop("await sleep(wait); wait = Math.min(LONGEST, wait * 2);", "const LONGEST = 1000; let wait = 300;"))).toBe(
    "300 600 1000",
  );
  expect(
    waitsIn(
      `async function load(wait = 300, left = 5) { const r = await fetch(${url}); if (r.ok) return r.json(); if (r.status === 429 && left > 0) { await sleep(wait); return load(Math.min(wait * 2, 500), left - 1); } }`,
    ),
  ).toBe("300 500 500");
});

it("counts an attempt that was counted before the wait", () => {
  expect(
    waitsIn(
      `async function load() { let tries = 0; while (true) { try { return await fetch(${url}); } catch (e) { tries++; if (tries > 3) throw e; await sleep(100 * tries); } } }`,
    ),
  ).toBe("100 200 300");
});

it("takes a parameter for its default", () => {
  expect(
    waitsIn(
      `async function load(url, wait = 500, left = 5) { const r = await fetch(${url}); if (r.ok) return r.json(); if (r.status === 429 && left > 0) { await sleep(wait); return load(url, wait, left - 1); } }`,
    ),
  ).toBe("500 500 500");
  expect(
    waitsIn(
      `async function load(wait = 200) { for (let i = 0; i < 5; i++) { try { const r = await fetch(${url}); if (r.ok) return r; } catch {} await new Promise((r) => setTimeout(r, wait)); } }`,
    ),
  ).toBe("200 200 200");
});

it("follows a counter that a recursion passes on", () => {
  const counted = `async function load(tries = 0) { try { return await fetch(${url}); } catch (error) { if (++tries > 4) throw error; const secs = Math.pow(2, tries); await sleep(secs * 1000); return load(tries); } }`;
  expect(waitsIn(counted)).toBe("2000 4000 8000");
});

it("reads a wait that stands before the attempt", () => {
  const before = (wait: string, head = "") =>
    `${head} async function load() { for (let attempt = 0; attempt < 4; attempt++) { if (attempt > 0) await sleep(${wait}); try { return await fetch(${url}); } catch {} } }`;
  expect(waitsIn(before("1000 * 2 ** (attempt - 1)"))).toBe("1000 2000 4000");
  expect(waitsIn(before("DELAYS[attempt]", "const DELAYS = [0, 3000, 6000, 9000];"))).toBe("3000 6000 9000");
  expect(waitsIn(before("DELAYS[attempt - 1] ?? 1000", "const DELAYS = [250, 750];"))).toBe("250 750 1000");
});

it("follows functions of the file", () => {
  const functions = `
    function delayOf(attempt) { const base = Math.min(100 * 2 ** attempt, 300); return base; }
    const randomly = (attempt) => 100 + 100 * attempt + Math.random() * 10;
    function pause(seconds) { return new Promise((resolve) => setTimeout(resolve, seconds * 1000)); }`;
  expect(waitsIn(`${functions} ${loop("await sleep(delayOf(attempt));")}`)).toBe("100 200 300");
  expect(waitsIn(`${functions} ${loop("await sleep(randomly(attempt));")}`)).toBe("~105 205 305");
  expect(waitsIn(`${functions} ${loop("await pause(attempt + 1);")}`)).toBe("1000 2000 3000");
  expect(
    waitsIn(
      `class Psp { constructor(options = {}) { this.factor = options.factor ?? 0.5; } sleep(seconds) { return new Promise((r) => setTimeout(r, seconds * 1000)); } ${loop("await this.sleep(this.factor * 2 ** attempt);").replace("async function ", "async ")} }`,
    ),
  ).toBe("500 1000 2000");
});

it("takes what is left to the caller for its default", () => {
  const withOptions = (head: string, wait: string) =>
    `async function load(options = {}) { ${head} for (let i = 0; i < 4; i++) { try { return await fetch(${url}); } catch {} await sleep(${wait}); } }`;
  expect(waitsIn(withOptions("const wait = options.wait ?? 200;", "wait"))).toBe("200 200 200");
  expect(waitsIn(withOptions("const { wait } = { ...{ wait: 300 }, ...options };", "wait"))).toBe("300 300 300");
  expect(waitsIn(withOptions("const wait = settings().wait ?? 200;", "wait"))).toBe("?");
});

it("takes the same wait in two branches for one", () => {
  expect(
    waitsIn(
      `async function load(retries = 3, wait = 100) { try { const r = await fetch(${url}); if (r.status === 429 && retries > 0) { await sleep(wait); return load(retries - 1, wait * 2); } return r; } catch (e) { if (retries > 0) { await sleep(wait); return load(retries - 1, wait * 2); } throw e; } }`,
    ),
  ).toBe("100 200 400");
});

it("follows what a recursion passes on", () => {
  expect(
    waitsIn(
      `async function load(left = 3, wait = 200) { try { return await fetch(${url}); } catch (e) { if (left === 0) throw e; await sleep(wait); return load(left - 1, wait * 2); } }`,
    ),
  ).toBe("200 400 800");
});

it.each([
  "await sleep(backoff(attempt));",
  "await pause();",
  "await wait(attempt);",
  "await sleep(config.delay);",
  "if (slow) await sleep(500); else await sleep(100);",
  "setTimeout(() => controller.abort(), 500);",
  "log(error);",
])("does not guess at %s", (sleep) => {
  expect(waitsIn(loop(sleep))).toBe("?");
});

it.each([
  ["if (response.status !== 429) return response; await sleep(500);", "ignored"],
  [
    "if (response.ok) return response; if (response.status === 429 || response.status >= 500) { await sleep(500); continue; } return response;",
    "ignored",
  ],
  ["if (response.ok) return response; if (![429, 503].includes(response.status)) throw new Error(); await sleep(500);", "ignored"],
  ["if (response.ok) return response; if (response.status === 429) throw new Error(); await sleep(500);", undefined],
  ["if (response.ok) return response; await sleep(500);", undefined],
  ['if (response.status !== 429) return response; await sleep(Number(response.headers.get("retry-after")) * 1000);', undefined],
])("says of a loop with %s whether Retry-After is ignored", (body, said) => {
  const code = `async function load() { for (let attempt = 0; attempt < 4; attempt++) { const response = await fetch(${url}); ${body} } }`;
  expect(analyse({ "a.ts": code }).calls[0]!.retries.map(({ retryAfter }) => retryAfter)).toEqual([said]);
});

it("reads a function that is given by its name to map, once more for the items", () => {
  const code = `async function load(id) { return fetch("https://api.psp.example/" + id); }\nawait Promise.all(ids.map(load));`;
  expect(analyse({ "a.ts": code }).calls.map(({ through }) => through.length)).toEqual([0, 1]);
});

it("tells nothing of a delay that each branch makes of itself", () => {
  expect(
    waitsIn(loop("if (error.slow) wait = wait * 2; else wait = other + wait; other = wait; await sleep(wait);", "let wait; let other;")),
  ).toBe("?");
});
