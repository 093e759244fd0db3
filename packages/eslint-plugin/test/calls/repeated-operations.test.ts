import { expect, it } from "vitest";

import { nameOf } from "../../src/findings/words.ts";
import { analyse } from "./analyse-project.ts";

/** `fn() loop×3`: what the retries of a file repeat without a request in sight. */
function repeatedIn(code: string): string[] {
  return analyse({ "a.ts": code }).repeated.map(({ label, retries }) =>
    [label, ...retries.map((layer) => `${nameOf(layer)}×${layer.retries.kind === "unknown" ? "?" : layer.retries.value}`)].join(" "),
  );
}

const withRetry = (caught: string, options = "retries = 3") =>
  `export async function withRetry(fn, { ${options} } = {}) { for (let attempt = 0; attempt <= retries; attempt++) { try { return await fn(); } catch (error) { ${caught} } } }`;
const onlyThrottled = "if (error.status !== 429) throw error; await sleep(500);";

it.each([
  ["a status that it asks for", withRetry(onlyThrottled), "fn() the loop×3"],
  [
    "a function that asks for one",
    `const isTransient = (error) => error.statusCode >= 500; ${withRetry("if (!isTransient(error)) throw error;")}`,
    "fn() the loop×3",
  ],
  [
    "a table of them",
    `const RETRYABLE = new Set([429, 503]); ${withRetry("if (!RETRYABLE.has(error.code)) throw error;")}`,
    "fn() the loop×3",
  ],
  [
    "a default that asks",
    withRetry("if (!shouldRetry(error)) throw error;", "retries = 3, shouldRetry = (error) => error.status === 429"),
    "fn() the loop×3",
  ],
  ["the name of what it asks", withRetry("if (!isUpstreamError(error)) throw error;"), "fn() the loop×3"],
  [
    "a recursion",
    `export async function withRetry(fn, attempt = 0) { try { return await fn(); } catch (error) { if (error.status !== 429 || attempt >= 3) throw error; await sleep(500); return withRetry(fn, attempt + 1); } }`,
    "fn() the recursion×3",
  ],
  [
    "a recursion that counts before it asks",
    `class Psp { async send(fn, retries = 0) { try { return await fn(); } catch (error) { if (error.status !== 429 || ++retries > 5) throw error; await sleep(500); return this.send(fn, retries); } } }`,
    "fn() the recursion×5",
  ],
  [
    "a client of an SDK that is not known",
    `import { Client } from "psp-sdk"; const psp = new Client(); export async function pay(order) { for (let attempt = 0; attempt < 4; attempt++) { try { await psp.payments.create(order); return; } catch (error) { ${onlyThrottled} } } }`,
    "psp.payments.create() the loop×3",
  ],
  [
    "how the request is written",
    `import { sendSafely } from "psp-sdk"; const DELAYS = [0, 500, 1000, 2000]; export async function send(url, data) { for (let attempt = 0; attempt < DELAYS.length; attempt++) { if (DELAYS[attempt] > 0) await sleep(DELAYS[attempt]); try { await sendSafely({ method: "POST", url, data }); return; } catch (error) { if (attempt === DELAYS.length - 1) log(error); } } }`,
    "sendSafely() the loop×3",
  ],
  [
    "a client that is given a token",
    `import { Client } from "queue-sdk"; const queue = new Client({ token: process.env.TOKEN }); export async function publish(job) { for (let attempt = 0; attempt <= 3; attempt++) { try { return await queue.publish(job); } catch (error) { if (attempt === 3) throw error; await sleep(500); } } }`,
    "queue.publish() the loop×3",
  ],
  [
    "how the request is written in what a library repeats",
    `import pRetry from "p-retry"; import { builds } from "psp-sdk"; export const build = (id) => pRetry(() => builds.create({ id }, { headers: { Authorization: token } }), { retries: 3 });`,
    "builds.create() p-retry×3",
  ],
  [
    "a plugin of a client that is passed in",
    `import axiosRetry from "axios-retry"; export class Psp { constructor(options) { let client = options.client; if (!client) client = make(); this.client = client; axiosRetry(this.client, { retries: 5 }); } }`,
    "Any call through this client axios-retry×5",
  ],
  [
    "an endless loop with one way on",
    `export async function withRetry(fn) { let retries = 0; while (true) { try { return await fn(); } catch (error) { if (error.status === 429 && retries < 3) { retries++; await sleep(500); continue; } throw error; } } }`,
    "fn() the loop×3",
  ],
])("tells requests by %s", (_by, code, told) => {
  expect(repeatedIn(code)).toEqual([told]);
});

it.each([
  ["retries that say nothing of requests", withRetry("await sleep(500);")],
  ["retries of a transaction", `${withRetry("if (error.code !== 'P2034' && error.status !== 429) throw error; await sleep(500);")}`],
  ["a wait for a server that starts", withRetry(onlyThrottled).replace("withRetry", "waitForServer")],
  [
    "a poll",
    `export async function finished(id) { for (let attempt = 0; attempt < 30; attempt++) { try { const job = await load(id); if (job.isDone) return job; } catch (error) { if (error.status !== 429) throw error; } await sleep(500); } }`,
  ],
  [
    "pages",
    `export async function all() { let cursor; do { try { const page = await list(cursor); cursor = page.next; } catch (error) { if (error.status !== 429) throw error; } } while (cursor); }`,
  ],
  [
    "items",
    `export async function sendAll(items) { for (let index = 0; index < items.length; index++) { try { await send(items[index]); } catch (error) { if (error.status === 429) throw error; } } }`,
  ],
  [
    "what a library repeats without a request in sight",
    `import pRetry from "p-retry"; export const load = (fn) => pRetry(() => fn(), { retries: 5 });`,
  ],
  [
    "a plugin of a client that is seen",
    `import axios from "axios"; import axiosRetry from "axios-retry"; const psp = axios.create(); axiosRetry(psp, { retries: 5 }); export { psp };`,
  ],
  ["a wait for what is not there yet", withRetry("if (error.statusCode !== 404) throw error; await sleep(1000);")],
  ["a loop that gives up at the first failure", withRetry("if (error.status === 429) log(error); throw error;")],
])("leaves out %s", (_what, code) => {
  expect(repeatedIn(code)).toEqual([]);
});

it("leaves retries to the request that is seen in them", () => {
  const code = `${withRetry(onlyThrottled)} export const load = () => withRetry(() => fetch("https://api.psp.example/v1"));`;
  expect(repeatedIn(code)).toEqual([]);
});
