import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import * as parser from "@typescript-eslint/parser";
import { Linter } from "eslint";
import { describe, expect, it, onTestFinished } from "vitest";

import plugin from "../../src/index.ts";

/** What linting each file by itself finds: `file:line rule`. */
function lint(files: Readonly<Record<string, string>>, settings: object = {}, beside: Readonly<Record<string, string>> = {}): string[] {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-rules-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries({ ...beside, ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const linter = new Linter({ configType: "flat", cwd: folder });
  const config: Linter.Config[] = [
    { files: ["**/*.ts"], languageOptions: { parser: parser as unknown as Linter.Parser } },
    ...plugin.configs.recommended,
    { settings: { holdfast: settings } },
  ];
  return Object.entries(files).flatMap(([name, text]) =>
    linter
      .verify(text, config, { filename: join(folder, name) })
      .map(({ ruleId, line, message }) => `${name}:${line} ${ruleId?.slice(9) ?? message}`),
  );
}

const client = (options: string) =>
  `import axios from "axios";\nexport const psp = axios.create({ baseURL: "https://api.psp.example"${options} });\n`;
const calls = `import { psp } from "./psp";\nexport const list = () => psp.get("/payments");\nexport const one = (id: string) => psp.get("/payments/" + id);\n`;

it("reports a client without a timeout where it is made, not where it is used", () => {
  expect(lint({ "psp.ts": client(""), "a.ts": calls, "b.ts": calls })).toEqual(["psp.ts:2 require-timeout"]);
});

it("reports it at each call when asked to", () => {
  expect(lint({ "psp.ts": client(""), "a.ts": calls }, { reportAt: "call" })).toEqual([
    "psp.ts:2 require-timeout",
    "a.ts:2 require-timeout",
    "a.ts:3 require-timeout",
  ]);
});

it("reports a timeout and retries of a client where they are written", () => {
  const psp = `${client(", timeout: 9_000")}import axiosRetry from "axios-retry";\naxiosRetry(psp, { retries: 7, retryDelay: axiosRetry.exponentialDelay });\n`;
  expect(lint({ "psp.ts": psp, "a.ts": calls })).toEqual(["psp.ts:2 max-timeout", "psp.ts:4 max-retries"]);
});

it("reports a call that undoes the client's timeout at that call", () => {
  expect(lint({ "psp.ts": client(", timeout: 300"), "a.ts": `import { psp } from "./psp";\npsp.get("/a", { timeout: 0 });` })).toEqual([
    "a.ts:2 require-timeout",
  ]);
});

it("reports a loop here around a client that repeats there", () => {
  const psp = `${client(", timeout: 300")}import axiosRetry from "axios-retry";\naxiosRetry(psp, { retries: 2, retryDelay: axiosRetry.exponentialDelay });\n`;
  const loop = `import { psp } from "./psp";\nexport async function load() {\n  for (let i = 0; i < 3; i++) {\n    try {\n      return await psp.get("/a");\n    } catch {}\n  }\n}\n`;
  expect(lint({ "psp.ts": psp, "a.ts": loop })).toEqual(["a.ts:3 max-retries"]);
});

it("reports a loop here that repeats too often by itself, though the client there does too", () => {
  const psp = `${client(", timeout: 300")}import axiosRetry from "axios-retry";\naxiosRetry(psp, { retries: 7, retryDelay: axiosRetry.exponentialDelay });\n`;
  const loop = `import { psp } from "./psp";\nexport async function load() {\n  for (let attempt = 0; attempt < 4; attempt++) {\n    try {\n      return await psp.get("/a");\n    } catch {\n      await sleep(500 * Math.random());\n    }\n  }\n}\n`;
  expect(lint({ "psp.ts": psp, "a.ts": loop })).toEqual(["psp.ts:4 max-retries", "a.ts:3 latency-budget", "a.ts:3 max-retries"]);
});

it("reports a timeout that callers may leave out where it is written, not at those that do", () => {
  const wrapper = `export const load = (id: string, timeout = 5_000) => fetch("https://api.psp.example/" + id, { signal: AbortSignal.timeout(timeout) });\n`;
  const use = `import { load } from "./wrapper";\nvoid load("1");\nvoid load("2", 9_000);\n`;
  expect(lint({ "wrapper.ts": wrapper, "a.ts": use, "b.ts": use })).toEqual([
    "wrapper.ts:1 max-timeout",
    "a.ts:3 max-timeout",
    "b.ts:3 max-timeout",
  ]);
});

it("reports a wrapper in its own file when it is wrong by itself, and at the calls that make it wrong otherwise", () => {
  const wrapper = `export const post = (path: string) => fetch("https://api.psp.example" + path, { method: "POST", signal: AbortSignal.timeout(300) });\nexport const send = (url: string, init: RequestInit) => fetch(url, init);\n`;
  const use = `import { post, send } from "./wrapper";\npost("/payments");\nsend("https://api.psp.example/refunds", { method: "POST", signal: AbortSignal.timeout(300) });\n`;
  expect(lint({ "wrapper.ts": wrapper, "a.ts": use })).toEqual(["wrapper.ts:1 require-idempotency-key", "a.ts:3 require-idempotency-key"]);
});

it("says once in a file that the calls of another file's wrapper give it no timeout", () => {
  const wrapper = `export const send = (url: string, init?: RequestInit) => fetch(url, init);\n`;
  const use = `import { send } from "./wrapper";\nvoid send("https://api.psp.example/a");\nvoid send("https://api.psp.example/b", { method: "PUT" });\nvoid send("https://api.psp.example/c");\n`;
  const given = `import { send } from "./wrapper";\nvoid send("https://api.psp.example/a", { signal: AbortSignal.timeout(300) });\nvoid send("https://api.psp.example/b");\nvoid send("https://api.psp.example/c");\n`;
  expect(lint({ "wrapper.ts": wrapper, "a.ts": use, "b.ts": given })).toEqual([
    "a.ts:2 require-timeout",
    "b.ts:3 require-timeout",
    "b.ts:4 require-timeout",
  ]);
});

it("needs a key of each call, though the client is one", () => {
  expect(
    lint({
      "psp.ts": client(", timeout: 300"),
      "a.ts": `import { psp } from "./psp";\npsp.post("/payments", {});\npsp.post("/refunds", {});\n`,
    }),
  ).toEqual(["a.ts:2 require-idempotency-key", "a.ts:3 require-idempotency-key"]);
});

describe("code in front of a user", () => {
  const base = `import axios from "axios";\nexport const api = axios.create({ baseURL: base + "/api/v1", timeout: 300 });\n`;
  const create = `import { api } from "./client";\nexport const pay = (body: object) => api.post("/payments", body);\n`;

  it("takes an unknown base for its own back end's where its package renders and does not serve", () => {
    const manifest = (dependencies: object) => JSON.stringify({ dependencies });
    const files = { "client.ts": base, "tools.ts": create };
    expect(lint(files, {}, { "package.json": manifest({ "react-dom": "19" }) })).toEqual([]);
    for (const server of [{ express: "5" }, { "preact-render-to-string": "6" }, { "@trpc/server": "11" }, { pg: "8" }])
      expect(lint(files, {}, { "package.json": manifest({ "react-dom": "19", ...server }) })).toEqual([
        "tools.ts:2 require-idempotency-key",
      ]);
  });

  it("takes a file named .client for a page's only where a framework gives the name that meaning", () => {
    const manifest = (name: string) => ({ "package.json": JSON.stringify({ dependencies: { [name]: "1" } }) });
    const files = { "psp.client.ts": `export const list = (base: string) => fetch(base + "/v1/payments");\n` };
    for (const framework of ["nuxt", "@remix-run/node", "@react-router/node"]) expect(lint(files, {}, manifest(framework))).toEqual([]);
    for (const framework of ["express", "@nestjs/core"])
      expect(lint(files, {}, manifest(framework))).toEqual(["psp.client.ts:1 require-timeout"]);
  });

  it("takes a library of the browser for one where it is imported, not where it is only named", () => {
    const list = `export const list = (base: string) => fetch(base + "/v1/events");\n`;
    expect(
      lint({
        "named.ts": `const kits = ["ios", "react-native"];\n${list}`,
        "imported.ts": `import { Platform } from "react-native";\n${list}`,
        "required.ts": `const { Platform } = require("react-native");\n${list}`,
      }),
    ).toEqual(["named.ts:2 require-timeout"]);
  });

  it("takes an end point of Next.js for a server's, though it reads a variable of the pages", () => {
    const pay = `const site = process.env.NEXT_PUBLIC_SITE_URL;\nexport const pay = (body: string) => fetch(process.env.PSP_URL + "/v1/payments", { method: "POST", headers: { Authorization: token }, body, signal: AbortSignal.timeout(300) });\n`;
    expect(lint({ "pages/api/pay.ts": pay, "lib/pay.ts": pay })).toEqual(["pages/api/pay.ts:2 require-idempotency-key"]);
  });

  it("does so where a page leads to the request", () => {
    const download = `export const download = (url: string) => fetch(url);\n`;
    const page = `import { useState } from "react";\nimport { download } from "./download";\nexport const useFile = (file) => useState(() => download(file.signedUrl));\n`;
    const job = `import { download } from "./download";\nexport const load = (file) => download(file.signedUrl);\n`;
    const options = { "download.ts": download.replace("(url: string) => fetch(url)", "(url: string, init?: object) => fetch(url, init)") };
    expect(lint({ ...options, "page.ts": page, "job.ts": job })).toEqual(["job.ts:2 require-timeout"]);
  });

  it("does so where the cookies of the page are sent along", () => {
    const file = `export const list = (base: string) => fetch(base + "/v1/payments", { credentials: "include" });\n`;
    expect(lint({ "a.ts": file, "b.ts": file.replace("credentials", "mode") })).toEqual(["b.ts:1 require-timeout"]);
  });

  it("takes code that reads a secret for a server's, though it reads the address that pages are told", () => {
    const probe = `const url = process.env.AUTH_URL_OF_API || process.env.NEXT_PUBLIC_API_URL;\nexport const check = () => fetch(url + "/auth/v1/health", { headers: { apikey: process.env.API_SECRET_KEY } });\n`;
    expect(lint({ "a.ts": probe, "b.ts": probe.replace("API_SECRET_KEY", "NEXT_PUBLIC_API_SECRET_KEY") })).toEqual([
      "a.ts:2 require-timeout",
    ]);
  });

  it("does so in the extension of a browser", () => {
    const file = `export const load = async () => (await chrome.storage.local.get(["api"])).api;\nexport const list = async () => fetch((await load()) + "/v1/payments");\n`;
    expect(lint({ "a.ts": file, "b.ts": file.replaceAll("chrome.storage", "config.storage") })).toEqual(["b.ts:2 require-timeout"]);
  });

  it("does so where the client's own file says that it runs in a browser", () => {
    expect(lint({ "client.ts": `const base = import.meta.env.VITE_API;\n${base}`, "tools.ts": create })).toEqual([]);
  });
});

it("says of a POST without a key that a client of another file repeats how often it may run, at each call", () => {
  const psp = `${client(", timeout: 300")}import axiosRetry from "axios-retry";\naxiosRetry(psp, { retries: 2, retryDelay: axiosRetry.exponentialDelay });\n`;
  const pay = `import { psp } from "./psp";\npsp.post("/payments", {});\npsp.post("/refunds", {});\n`;
  expect(lint({ "psp.ts": psp, "a.ts": pay })).toEqual(["a.ts:2 require-idempotency-key", "a.ts:3 require-idempotency-key"]);
});

it("asks for a key at a service of the program's own only where a client repeats the request", () => {
  const mail = `import axios from "axios";\nimport axiosRetry from "axios-retry";\nexport const plain = axios.create({ baseURL: "http://mail:8080", timeout: 300 });\nexport const repeating = axios.create({ baseURL: "http://mail:8080", timeout: 300 });\naxiosRetry(repeating, { retries: 2, retryDelay: axiosRetry.exponentialDelay });\n`;
  const send = `import { plain, repeating } from "./mail";\nplain.post("/messages", {});\nrepeating.post("/messages", {});\n`;
  expect(lint({ "mail.ts": mail, "a.ts": send })).toEqual(["a.ts:3 require-idempotency-key"]);
  expect(lint({ "mail.ts": mail, "a.ts": send }, { upstreams: "all" })).toEqual([
    "a.ts:2 require-idempotency-key",
    "a.ts:3 require-idempotency-key",
  ]);
});

it("reports a fan-out where the list is, not in the function that makes the request", () => {
  const psp = `export const load = (id: string) => fetch("https://api.psp.example/" + id, { signal: AbortSignal.timeout(300) });\n`;
  const all = `import { load } from "./psp";\nexport const all = (ids: string[]) => Promise.all(ids.map((id) => load(id)));\n`;
  expect(lint({ "psp.ts": psp, "a.ts": all })).toEqual(["a.ts:2 require-concurrency-limit"]);
});

it("reports plain HTTP where the request stands, not where its function is called", () => {
  const locate =
    "export const locate = (ip: string) => fetch(`http://geo.example.org/json/${ip}`, { signal: AbortSignal.timeout(300) });\n";
  expect(lint({ "locate.ts": locate, "a.ts": `import { locate } from "./locate";\nvoid locate("203.0.113.7");` })).toEqual([
    "locate.ts:1 no-weak-tls",
  ]);
});

it("says of a key that changes with each attempt where it is made, and not again where that function is called", () => {
  const retry = `export async function withRetry<T>(run: () => Promise<T>): Promise<T | undefined> {\n  for (let attempt = 0; attempt < 3; attempt++) {\n    try {\n      return await run();\n    } catch {}\n  }\n  return undefined;\n}\n`;
  const pay = `import { randomUUID } from "node:crypto";\nimport { withRetry } from "./retry";\nexport const pay = () =>\n  withRetry(() => fetch("https://api.psp.example/payments", { method: "POST", headers: { "Idempotency-Key": randomUUID() }, signal: AbortSignal.timeout(300) }));\n`;
  const order = `import { pay } from "./pay";\nexport const order = () => pay();\n`;
  expect(lint({ "retry.ts": retry, "pay.ts": pay, "order.ts": order })).toEqual(["pay.ts:4 no-unstable-idempotency-key"]);
});
