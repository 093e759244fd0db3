import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createEngine } from "@holdfast/engine";
import { expect, onTestFinished, test } from "vitest";

import { stylish } from "../src/lint/formats/stylish.ts";
import { plain } from "../src/output/terminal.ts";

const payThrough = (body: string) => `export const pay = (order: object) => ${body};\n`;
const again = `import { again } from "./again";\n`;
const fetched = `fetch("https://api.psp.example/v1/payments", { method: "POST", body: JSON.stringify(order) })`;
const retryingClient = `import axios from "axios";
import axiosRetry from "axios-retry";
export const psp = axios.create({ baseURL: "https://api.psp.example/v1" });
axiosRetry(psp, { retries: 2 });
`;
const retryingLibrary = `import pRetry from "p-retry";
export const again = <T>(run: () => Promise<T>) => pRetry(run, { retries: 5 });
`;
const retryingLoop = `export async function again<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (attempt >= 3) throw error;
    }
  }
}
`;
const retryingRecursion = `export async function again<T>(run: () => Promise<T>, attempt = 0): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (attempt >= 3) throw error;
    return again(run, attempt + 1);
  }
}
`;

/** Who may send a POST without a key again, the files that say so, the last of them judged, and what a person reads. */
const layers: readonly (readonly [layer: string, files: Readonly<Record<string, string>>, shown: string])[] = [
  [
    "nobody who is known",
    { "pay.ts": payThrough(fetched) },
    `
    1:39 ✖ POST https://api.psp.example/v1/payments carries no idempotency key: sent again after a
           lost answer, it happens twice.  holdfast/require-idempotency-key`,
  ],
  [
    "an option of the client",
    {
      "psp.ts": `import got from "got";\nexport const psp = got.extend({ prefixUrl: "https://api.psp.example/v1", retry: { limit: 2, methods: ["POST"] } });\n`,
      "pay.ts": `import { psp } from "./psp";\n${payThrough(`psp.post("payments", { json: order })`)}`,
    },
    `
    2:39 ✖ POST https://api.psp.example/v1/payments may run 3 times (got: 2 retries, ./psp.ts:2)
           without an idempotency key.  holdfast/require-idempotency-key`,
  ],
  [
    "an interceptor of the client",
    { "psp.ts": retryingClient, "pay.ts": `import { psp } from "./psp";\n${payThrough(`psp.post("/payments", order)`)}` },
    `
    2:39 ✖ POST https://api.psp.example/v1/payments may run 3 times (axios-retry: 2 retries,
           ./psp.ts:4) without an idempotency key.  holdfast/require-idempotency-key`,
  ],
  [
    "an interceptor in the same file",
    { "pay.ts": `${retryingClient}${payThrough(`psp.post("/payments", order)`)}` },
    `
    4:28 ✖ POST https://api.psp.example/v1/payments may run 3 times (axios-retry: 2 retries, on
           network errors, any method) without an idempotency key.  holdfast/no-unsafe-retry`,
  ],
  [
    "a library around the call",
    { "again.ts": retryingLibrary, "pay.ts": `${again}${payThrough(`again(() => ${fetched})`)}` },
    `
    2:51 ✖ POST https://api.psp.example/v1/payments may run 6 times (p-retry: 5 retries,
           ./again.ts:2) without an idempotency key.  holdfast/require-idempotency-key`,
  ],
  [
    "a loop of the project",
    { "again.ts": retryingLoop, "pay.ts": `${again}${payThrough(`again(() => ${fetched})`)}` },
    `
    2:51 ✖ POST https://api.psp.example/v1/payments may run 4 times (the loop: 3 retries,
           ./again.ts:6) without an idempotency key.  holdfast/require-idempotency-key`,
  ],
  [
    "a recursion of the project",
    { "again.ts": retryingRecursion, "pay.ts": `${again}${payThrough(`again(() => ${fetched})`)}` },
    `
    2:51 ✖ POST https://api.psp.example/v1/payments may run 4 times (the recursion: 3 retries,
           ./again.ts:5) without an idempotency key.  holdfast/require-idempotency-key`,
  ],
  [
    "an SDK",
    {
      "square.ts": `import { SquareClient } from "square";\nexport const square = new SquareClient({ token: process.env.SQUARE_TOKEN });\n`,
      "pay.ts": `import { square } from "./square";\n${payThrough(`square.payments.create({ order })`)}`,
    },
    `
    2:39 ✖ square.payments.create may run 3 times (square default: 2 retries, ./square.ts:2) without
           an idempotency key.  holdfast/require-idempotency-key`,
  ],
  [
    "two layers in two files",
    {
      "psp.ts": retryingClient,
      "again.ts": retryingLibrary,
      "pay.ts": `${again}import { psp } from "./psp";\n${payThrough(`again(() => psp.post("/payments", order))`)}`,
    },
    `
    3:51 ✖ POST https://api.psp.example/v1/payments may run 18 times (axios-retry, ./psp.ts:4;
           p-retry, ./again.ts:2) without an idempotency key.  holdfast/require-idempotency-key`,
  ],
];

test.each(layers)("a POST without a key, repeated by %s, is told on at most two lines of a terminal", (_layer, files, expected) => {
  const shown = shownOf(files);
  expect(shown).toBe(expected.slice(1));
  expect(shown.split("\n").length).toBeLessThanOrEqual(2);
});

/** What `holdfast check` prints of missing keys in the last file, in a terminal of 100 columns. */
function shownOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-wording-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const [name, text] = Object.entries(files).at(-1)!;
  const messages = createEngine({})
    .judge({ path: join(folder, name), text })
    .messages.filter(({ ruleId }) => /\/(?:require-idempotency-key|no-unsafe-retry)$/u.test(ruleId ?? ""));
  const run = { files: [{ path: name, text, messages, suppressed: [] }], fixedFiles: [], problems: [], policyWarnings: [] };
  const lines = stylish(run, { ...plain, columns: 100 }, "holdfast check").split("\n");
  return lines.slice(2, lines.indexOf("", 2)).join("\n");
}
