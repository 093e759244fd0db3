import { expect, it } from "vitest";

import { runsIn } from "../../src/calls/upstream.ts";
import { analyse, callsOf } from "./analyse-project.ts";

const url = `"https://api.psp.example/v1"`;

/** What stands around the first request of the code: `the loop×3`. */
function retriesIn(code: string): string {
  return callsOf({ "a.ts": code })[0]!.replace("GET https://api.psp.example/v1 unbounded", "").trim();
}

const loop = (body: string, head = "let attempt = 0; attempt <= 3; attempt++") => `async function load() { for (${head}) { ${body} } }`;
const swallowing = "let response; try { response = await fetch(url); } catch (error) { last = error; }".replace("url", url);

it.each([
  [
    "a number that follows from the length of a list",
    `const WAITS = [500, 1000, 2000]; async function load() { const attempts = WAITS.length + 1; for (let n = 1; n <= attempts; n++) { try { return await fetch(${url}); } catch { await sleep(WAITS[n - 1]); } } }`,
    "the loop×3",
  ],
  [
    "a number that is at least none",
    `async function load(options) { const most = Math.max(0, options?.retries ?? 4); for (let n = 0; n <= most; n++) { try { return await fetch(${url}); } catch { await sleep(500); } } }`,
    "the loop×4",
  ],
  [
    "an answer that leaves after the catch",
    loop(`${swallowing} if (response) { if (response.ok) return response; last = response.status; } await sleep(500);`),
    "the loop×3",
  ],
  [
    "a question of this file about a limit",
    `const isLimited = (errors) => errors.some(({ code }) => code === "RATELIMITED"); ${loop(`const response = await fetch(${url}); const body = await response.json(); if (isLimited(body.errors) && attempt < 3) { await sleep(500); continue; } return body;`)}`,
    "the loop×3",
  ],
])("reads %s", (_what, code, expected) => {
  expect(retriesIn(code)).toBe(expected);
});

it("follows options that a wrapper hands on when it has them", () => {
  const code = `async function send(options) { const most = Math.max(0, options?.retries || 0); for (let n = 0; n <= most; n++) { try { return await fetch(${url}); } catch { await sleep(500); } } } function get({ options }) { return send({ ...(options && { retries: options.retries }) }); } get({ options: { retries: 5 } });`;
  expect(callsOf({ "a.ts": code })).toContain("GET https://api.psp.example/v1 unbounded the loop×5");
});

it("reads headers that an accessor of the class returns", () => {
  const code = `class Psp { get headers() { return { "X-Api-Key": key }; } create() { return fetch(${url}, { method: "POST", headers: this.headers }); } }`;
  const [call] = analyse({ "a.ts": code }).calls;
  expect(call?.headers.kind === "known" && [...call.headers.value.keys()]).toEqual(["x-api-key"]);
});

it.each([
  ["src/a.ts", `import { randomUUID } from "node:crypto"; const agent = "window.name";`, "server"],
  ["src/a.ts", `import { chromium } from "playwright"; page.evaluate(() => document.querySelector("a"));`, "server"],
  ["src/a.ts", `const region = process.env.NEXT_PUBLIC_REGION;`, "browser"],
  ["src/server/billing/a.ts", `const region = process.env.NEXT_PUBLIC_REGION;`, "server"],
  ["src/a.tsx", `import { readFileSync } from "node:fs"; document.querySelector("a");`, "browser"],
])("takes %s with %s for code of a %s", (path, text, side) => {
  expect(runsIn({ path: `/${path}`, text })).toBe(side);
});

it("follows an answer that a function of the file calls good", () => {
  const code = `async function send() { const response = await fetch(${url}); return { isGood: response.ok }; } ${loop("try { const result = await send(); if (result.isGood) return result; } catch (error) { last = error; } await sleep(500);")}`;
  expect(callsOf({ "a.ts": code })).toContain("GET https://api.psp.example/v1 unbounded the loop×3");
});

it.each([
  [
    "a poll that ends when the thing is gone",
    loop(
      `const response = await fetch(${url}); if (response.status === 404) return null; if (!response.ok) throw new Error(); await sleep(500);`,
    ),
  ],
  [
    "a poll that ends when the thing is done",
    `async function state() { const response = await fetch(${url}); return response.json(); } ${loop("try { const job = await state(); if (job.done) return job; } catch (error) { last = error; } await sleep(500);")}`,
  ],
  [
    "a recursion that asks for less",
    `async function load(ids, depth = 0) { try { return await fetch(${url}, { body: ids }); } catch (error) { if (depth < 3) { const half = ids.length / 2; return [await load(ids.slice(0, half), depth + 1), await load(ids.slice(half), depth + 1)]; } throw error; } }`,
  ],
])("does not take %s for a retry", (_what, code) => {
  expect(callsOf({ "a.ts": code }).filter((call) => call.includes("×"))).toEqual([]);
});
