import { utimesSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";

import { analyseText, analyse, callsOf, type Files, print } from "./analyse-project.ts";

const client = `import axios from "axios";\nexport const psp = axios.create({ baseURL: "https://x.example", timeout: 300 });\n`;
const read = ["GET https://x.example/a 300 ms (idle)"];

it.each<[string, Files]>([
  ["a named export", { "a.ts": `import { psp } from "./psp"; psp.get("/a");`, "psp.ts": client }],
  ["an import with the extension of the source", { "a.ts": `import { psp } from "./psp.ts"; psp.get("/a");`, "psp.ts": client }],
  ["an import with the extension of the output", { "a.ts": `import { psp } from "./psp.js"; psp.get("/a");`, "psp.ts": client }],
  ["a folder's index", { "a.ts": `import { psp } from "./psp"; psp.get("/a");`, "psp/index.ts": client }],
  ["a JavaScript file", { "a.mjs": `import { psp } from "./psp.mjs"; psp.get("/a");`, "psp.mjs": client }],
  ["a renamed import", { "a.ts": `import { psp as http } from "./psp"; http.get("/a");`, "psp.ts": client }],
  ["a namespace", { "a.ts": `import * as clients from "./psp"; clients.psp.get("/a");`, "psp.ts": client }],
  ["a default export", { "a.ts": `import psp from "./psp"; psp.get("/a");`, "psp.ts": `${client}export default psp;` }],
  [
    "an export list",
    {
      "a.ts": `import { http } from "./psp"; http.get("/a");`,
      "psp.ts": client.replace("export const", "const") + `export { psp as http };`,
    },
  ],
  [
    "a re-export",
    { "a.ts": `import { psp } from "./index"; psp.get("/a");`, "index.ts": `export { psp } from "./psp";`, "psp.ts": client },
  ],
  [
    "a renamed re-export",
    { "a.ts": `import { http } from "./index"; http.get("/a");`, "index.ts": `export { psp as http } from "./psp";`, "psp.ts": client },
  ],
  [
    "a star",
    {
      "a.ts": `import { psp } from "./index"; psp.get("/a");`,
      "index.ts": `export * from "./other";\nexport * from "./psp";`,
      "other.ts": `export const other = "axios";`,
      "psp.ts": client,
    },
  ],
  [
    "a named star",
    {
      "a.ts": `import { clients } from "./index"; clients.psp.get("/a");`,
      "index.ts": `export * as clients from "./psp";`,
      "psp.ts": client,
    },
  ],
  [
    "an import that is exported again",
    {
      "a.ts": `import { psp } from "./index"; psp.get("/a");`,
      "index.ts": `import { psp } from "./psp";\nexport { psp };`,
      "psp.ts": client,
    },
  ],
  ["a dynamic import", { "a.ts": `const { psp } = await import("./psp"); psp.get("/a");`, "psp.ts": client }],
  [
    "module.exports",
    {
      "a.cjs": `const psp = require("./psp.cjs"); psp.get("/a");`,
      "psp.cjs": `const axios = require("axios");\nmodule.exports = axios.create({ baseURL: "https://x.example", timeout: 300 });`,
    },
  ],
  [
    "members of module.exports",
    {
      "a.cjs": `const { psp } = require("./psp.cjs"); psp.get("/a");`,
      "psp.cjs": `const axios = require("axios");\nconst psp = axios.create({ baseURL: "https://x.example", timeout: 300 });\nmodule.exports = { psp };`,
    },
  ],
  [
    "exports.psp",
    {
      "a.cjs": `require("./psp.cjs").psp.get("/a");`,
      "psp.cjs": `const axios = require("axios");\nexports.psp = axios.create({ baseURL: "https://x.example", timeout: 300 });`,
    },
  ],
  [
    "axios.default, as compiled TypeScript has it",
    { "a.cjs": `const axios_1 = require("axios"); axios_1.default.get("https://x.example/a", { timeout: 300 });` },
  ],
  [
    "a CommonJS file that is imported",
    {
      "a.mjs": `import psp from "./psp.cjs"; psp.get("/a");`,
      "psp.cjs": `const axios = require("axios");\nmodule.exports = axios.create({ baseURL: "https://x.example", timeout: 300 });`,
    },
  ],
  [
    "settings in a third file",
    {
      "a.ts": `import { psp } from "./psp"; psp.get("/a");`,
      "psp.ts": `import axios from "axios";\nimport { settings } from "./settings";\nexport const psp = axios.create({ baseURL: settings.url, timeout: settings.timeout });`,
      "settings.ts": `export const settings = { url: "https://x.example", timeout: Number(process.env.TIMEOUT ?? 300) };`,
    },
  ],
  [
    "settings in a JSON file",
    {
      "a.ts": `import axios from "axios"; import settings from "./settings.json"; axios.get("https://x.example/a", { timeout: settings.psp.timeout });`,
      "settings.json": `{ "psp": { "timeout": 300 } }`,
    },
  ],
  [
    "tsconfig paths",
    {
      "src/a.ts": `import { psp } from "@clients/psp"; psp.get("/a");`,
      "src/clients/psp.ts": client,
      "tsconfig.json": `{ "compilerOptions": { "paths": { "@clients/*": ["./src/clients/*"] } } }`,
    },
  ],
  [
    "tsconfig paths that inherit from a package which is not installed",
    {
      "src/a.ts": `import { psp } from "@clients/psp"; psp.get("/a");`,
      "src/clients/psp.ts": client,
      "tsconfig.json": `{ // with a comment\n "extends": "@acme/tsconfig/base.json", "compilerOptions": { "paths": { "@clients/*": ["./src/clients/*"] }, } }`,
    },
  ],
  ...(
    [
      ["of npm", "package.json", `{ "private": true, "workspaces": ["packages/*"] }`],
      ["of Yarn", "package.json", `{ "private": true, "workspaces": { "packages": ["packages/**", "!packages/old"] } }`],
      ["of pnpm", "pnpm-workspace.yaml", `packages:\n  - "!**/test/**"\n  - "./packages/*-client" # all of them\n`],
    ] as const
  ).map(([name, manifest, text]): [string, Files] => [
    `a workspace package ${name}`,
    {
      "apps/a.ts": `import { psp } from "@acme/psp"; psp.get("/a");`,
      "packages/psp-client/src/index.ts": client,
      "packages/psp-client/package.json": `{ "name": "@acme/psp", "main": "dist/index.js" }`,
      ".git/HEAD": "",
      [manifest]: text,
    },
  ]),
  ...(
    [
      ["./client", `{ "./client": { "types": "./dist/http/client.d.ts", "import": "./dist/http/client.js" } }`, "src/http/client.ts"],
      ["./client", `{ "./*": "./src/*.ts" }`, "src/client.ts"],
      ["./src/client", undefined, "src/client.ts"],
      ["./client", undefined, "src/client.ts"],
      [".", `{ ".": { "source": "./code/main.ts", "default": "./dist/main.js" } }`, "code/main.ts"],
    ] as const
  ).map(([subpath, exports, path]): [string, Files] => [
    `${subpath} of a workspace package with exports ${exports}`,
    {
      "apps/a.ts": `import { psp } from "psp${subpath.slice(1)}"; psp.get("/a");`,
      [`packages/psp/${path}`]: client,
      "packages/psp/package.json": `{ "name": "psp"${exports ? `, "exports": ${exports}` : ""} }`,
      ".git/HEAD": "",
      "package.json": `{ "workspaces": ["packages/psp", "apps"] }`,
    },
  ]),
  [
    "the package's own imports",
    {
      "src/a.ts": `import { psp } from "#clients/psp"; psp.get("/a");`,
      "src/clients/psp.ts": client,
      "package.json": `{ "name": "a", "imports": { "#clients/*": "./dist/clients/*.js" } }`,
    },
  ],
  [
    "tsconfig baseUrl",
    {
      "src/a.ts": `import { psp } from "clients/psp"; psp.get("/a");`,
      "src/clients/psp.ts": client,
      "tsconfig.json": `{ "compilerOptions": { "baseUrl": "src" } }`,
    },
  ],
  [
    "a function that makes the client",
    {
      "a.ts": `import { make } from "./psp"; const psp = make(300); psp.get("/a");`,
      "psp.ts": `import axios from "axios";\nexport function make(timeout: number) { return axios.create({ baseURL: "https://x.example", timeout }); }`,
    },
  ],
])("follows %s", (_what, files) => {
  expect(callsOf(files)).toEqual(read);
});

it("follows a wrapper into its file, with the arguments of each call", () => {
  expect(
    callsOf({
      "a.ts": `import { send } from "./send"; send("/a", 100); send("/b");`,
      "send.ts": `export const send = (path: string, ms = 300) => fetch("https://x.example" + path, { method: "POST", signal: AbortSignal.timeout(ms) });`,
    }),
  ).toEqual(["POST https://x.example/a 100 ms (total)", "POST https://x.example/b 300 ms (total)"]);
});

it("follows a wrapper through another, and a method of a class", () => {
  expect(
    callsOf({
      "a.ts": `import { pay } from "./pay"; pay("key-1");`,
      "pay.ts": `import { post } from "./http";\nexport function pay(key: string) { return post({ path: "/payments", key }); }`,
      "http.ts": `export async function post({ path, key }: { path: string; key?: string }) {\n  const headers = { "Idempotency-Key": key };\n  return fetch(\`https://x.example\${path}\`, { method: "POST", headers });\n}`,
    }),
  ).toEqual(["POST https://x.example/payments unbounded key:idempotency-key"]);
});

it("counts a loop of another file around the call that it is given", () => {
  expect(
    callsOf({
      "a.ts": `import { withRetry } from "./retry"; withRetry(() => fetch("https://x.example/"));`,
      "retry.ts": `export async function withRetry<T>(operation: () => Promise<T>, attempts = 4) {\n  for (let i = 0; i < attempts; i++) { try { return await operation(); } catch {} }\n}`,
    }),
  ).toContain("GET https://x.example/ unbounded the loop×3");
});

it("sees the plugins that the client's own file adds", () => {
  expect(
    callsOf({
      "a.ts": `import { psp } from "./psp"; psp.post("/a", {});`,
      "psp.ts": `${client}import axiosRetry from "axios-retry";\naxiosRetry(psp, { retries: 5 });`,
    }),
  ).toEqual(["POST https://x.example/a 300 ms (idle) axios-retry×5"]);
});

it.each<[string, Files]>([
  ["a file that is not there", { "a.ts": `import axios from "axios"; import { psp } from "./gone"; psp.get("/a");` }],
  [
    "a file that does not parse",
    {
      "a.ts": `import axios from "axios"; import { psp } from "./broken"; psp.get("/a");`,
      "broken.ts": `import axios from "axios"; export const psp = axios.create({`,
    },
  ],
  ["an export that is not there", { "a.ts": `import axios from "axios"; import { gone } from "./psp"; gone.get("/a");`, "psp.ts": client }],
  ["a package", { "a.ts": `import axios from "axios"; import { psp } from "psp-client"; psp.get("/a");` }],
  [
    "files that export each other",
    {
      "a.ts": `import axios from "axios"; import { psp } from "./b"; psp.get("/a");`,
      "b.ts": `export * from "./c";`,
      "c.ts": `export * from "./b";`,
    },
  ],
  [
    "constants that need each other",
    {
      "a.ts": `import axios from "axios"; import { x } from "./b"; x.get("/a"); export const y = x;`,
      "b.ts": `import { y } from "./a";\nimport "axios";\nexport const x = y;`,
    },
  ],
])("is silent about %s", (_what, files) => {
  expect(callsOf(files)).toEqual([]);
});

it("reads files that import each other", () => {
  const files = {
    "a.ts": `import { psp } from "./b"; export const url = "https://x.example"; psp.get("/a");`,
    "b.ts": `import axios from "axios";\nimport { url } from "./a";\nexport const psp = axios.create({ baseURL: url, timeout: 300 });`,
  };
  expect(callsOf(files)).toEqual(read);
});

it("reads a file again when it changes, once per turn of the event loop", async () => {
  const { file } = analyse({ "a.ts": `import { psp } from "./psp"; psp.get("/a");`, "psp.ts": client });
  const path = file!.path;
  const other = path.replace(/a\.ts$/u, "psp.ts");
  writeFileSync(other, client.replace("300", "4000"));
  utimesSync(other, new Date(), new Date(Date.now() + 5_000));
  const calls = () => analyseText(`import { psp } from "./psp"; psp.get("/a");`, path).calls.map(print);
  expect(calls()).toEqual(["GET https://x.example/a 300 ms (idle)"]);
  await new Promise(setImmediate);
  expect(calls()).toEqual(["GET https://x.example/a 4000 ms (idle)"]);
});

it("parses nothing of a file that leads to no client", () => {
  expect(analyse({ "a.ts": `import { b } from "./b"; b();`, "b.ts": `export const b = () => 1;` }).file).toBeUndefined();
});

it("learns nothing of a client that it has not read, because too much was read before", () => {
  const padding = `// ${"x".repeat(400_000)}\n`;
  const { file } = analyse({
    "a.ts": `import { big } from "./big"; import { send } from "./send"; import { psp } from "./psp"; big(); send(); psp.get("/a");`,
    "big.ts": `import axios from "axios";\nexport const big = () => axios.get("https://big.example/", { timeout: 300 });\n${padding}`,
    "send.ts": `import { psp } from "./psp";\nexport const send = () => psp.get("/a");\n`,
    "psp.ts": client,
  });
  const path = file!.path.replace(/a\.ts$/u, "b.ts");
  expect(analyseText(`import { psp } from "./psp"; psp.get("/a");`, path).calls.map(print)).toEqual(read);
  expect(analyseText(`import { send } from "./send"; send();`, path).calls.map(print)).toEqual(read);
});

it("reads what an index passes on where it is defined, and nothing else that it passes on", () => {
  const large = `import axios from "axios";\nexport const other = axios;\n// ${"x".repeat(400_000)}\n`;
  const files = {
    "a.ts": `import { http } from "./lib"; http.get("/a");`,
    "lib/index.ts": `export * from "./large";\nexport * from "./more";\n`,
    "lib/large.ts": large,
    "lib/more.ts": `export { psp as http } from "./psp";`,
    "lib/psp.ts": client,
  };
  expect(callsOf(files)).toEqual(read);
});

it("reads a call that is given a function where it stands, though another gave the same one by its name", () => {
  const again = `export async function again(run) { for (let n = 0; ; n++) { try { return await run(); } catch (error) { if (n === 3) throw error; } } }\n`;
  const inPlace = `import { again } from "./again"; import axios from "axios"; again(() => axios.get("https://x.example/a"));`;
  const byName = `import { again } from "./again"; import axios from "axios"; again(load); function load() { return axios.get("https://x.example/a"); }`;
  const alone = analyse({ "a.ts": inPlace, "again.ts": again });
  const { file } = analyse({ "a.ts": byName, "again.ts": again });
  expect(alone.calls.map(({ through }) => through.length)).toContain(2);
  const after = analyseText(inPlace, file!.path.replace(/a\.ts$/u, "b.ts"));
  expect(after.calls.map(print)).toEqual(alone.calls.map(print));
});
