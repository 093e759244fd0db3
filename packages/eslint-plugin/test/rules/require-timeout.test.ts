import { requireTimeout } from "../../src/rules/require-timeout.ts";
import { policyWith } from "./policies.ts";
import { runRule } from "./run-rule.ts";

runRule("require-timeout", requireTimeout, {
  silent: [
    {
      name: "a limit around the call",
      code: `import pTimeout from "p-timeout"; pTimeout(fetch("https://api.psp.example/"), { milliseconds: 300 });`,
    },
    {
      name: "a limit around the call that cannot be seen",
      code: `import pTimeout from "p-timeout"; export const load = (options) => pTimeout(fetch("https://api.psp.example/"), options);`,
    },
    {
      name: "a circuit breaker's limit",
      code: `import CircuitBreaker from "opossum"; const load = () => fetch("https://api.psp.example/"); const breaker = new CircuitBreaker(load, { timeout: 300 }); export const get = () => breaker.fire();`,
    },
    {
      name: "a request made elsewhere",
      code: `export const handler = (request) => fetch(request); export const proxy = (proxyRequest) => fetch(proxyRequest, { redirect: "manual" });`,
    },
    {
      name: "a client that is handed to another function",
      code: `import axios from "axios"; import limited from "limited"; export const psp = limited(axios.create(), 5);`,
    },
    { name: "a file beside the module", code: `fetch(new URL("table.wasm", import.meta.url));` },
    {
      name: "arguments that are spread",
      code: `import axios from "axios"; const not = (f) => async (...given) => !(await f(...given)); const load = (log, options) => axios(options); use(not(load)); axios(...given); fetch(...given);`,
    },
    {
      name: "options that are filled by another function",
      code: `const init = { method: "GET" }; Object.assign(init, more); fetch("https://api.psp.example/v1", init);`,
    },
    {
      name: "options whose timeout is set on a condition",
      code: `const init = {}; if (signal) init.signal = signal; fetch("https://api.psp.example/v1", init);`,
    },
    { name: "options that are spread on a condition", code: `fetch("https://api.psp.example/v1", { ...(signal && { signal }) });` },
    { name: "the metadata service of a cloud", code: `fetch("http://169.254.169.254/latest/meta-data/");` },
    { name: "fetch with AbortSignal.timeout", code: `fetch("https://api.psp.example/v1", { signal: AbortSignal.timeout(300) });` },
    {
      name: "fetch with a timeout among other signals",
      code: `export const load = (signal) => fetch("https://api.psp.example/v1", { signal: AbortSignal.any([signal, AbortSignal.timeout(300)]) });`,
    },
    {
      name: "fetch with a signal that may carry a timer",
      code: `export const load = (signal) => fetch("https://api.psp.example/v1", { signal });`,
    },
    {
      name: "fetch with an AbortController's signal",
      code: `const controller = new AbortController(); setTimeout(() => controller.abort(), 300); fetch("https://api.psp.example/v1", { signal: controller.signal });`,
    },
    { name: "fetch with options that cannot be seen", code: `export const load = (init) => fetch("https://api.psp.example/v1", init);` },
    {
      name: "fetch with options that are spread",
      code: `export const load = (init) => fetch("https://api.psp.example/v1", { method: "GET", ...init });`,
    },
    { name: "a fetch of the project's own", code: `import { fetch } from "./http"; fetch("https://api.psp.example/v1");` },
    { name: "a local function named fetch", code: `function fetch(url) { return url; } fetch("https://api.psp.example/v1");` },
    { name: "a relative URL", code: `fetch("/api/cart"); fetch("cart.json"); fetch(\`/api/\${id}\`);` },
    {
      name: "localhost by an unknown protocol",
      code: `export const probe = (isSecure) => fetch(\`\${isSecure ? "https" : "http"}://localhost:3000/health\`);`,
    },
    { name: "localhost", code: `fetch("http://localhost:3000/health"); fetch("http://127.0.0.1/"); fetch("http://[::1]:8080/");` },
    { name: "data, blob and file URLs", code: `fetch("data:text/plain,hello"); fetch("blob:abc"); fetch("file:///etc/hosts");` },
    {
      name: "an unknown URL in code that a component's hook runs",
      code: `import { useQuery } from "@tanstack/react-query";\nexport const useBlocks = () => useQuery({ queryKey: ["blocks"], queryFn: () => fetch(blocksUrl()) });`,
    },
    { name: "an unknown base in code of a browser", code: `const base = import.meta.env.VITE_API; fetch(\`\${base}/cart\`);` },
    {
      name: "an axios instance with a timeout",
      code: `import axios from "axios"; const psp = axios.create({ timeout: 300 }); psp.get("https://api.psp.example/v1");`,
    },
    {
      name: "axios.defaults.timeout",
      code: `import axios from "axios"; axios.defaults.timeout = 300; axios.get("https://api.psp.example/v1");`,
    },
    {
      name: "an instance's defaults.timeout",
      code: `import axios from "axios"; const psp = axios.create(); psp.defaults.timeout = 300; psp.get("https://api.psp.example/v1");`,
    },
    {
      name: "an interceptor that sets the timeout",
      code: `import axios from "axios"; const psp = axios.create(); psp.interceptors.request.use((config) => ({ ...config, timeout: 300 })); psp.get("https://api.psp.example/v1");`,
    },
    {
      name: "an interceptor that cannot be seen",
      code: `import axios from "axios"; import { prepare } from "prepare"; const psp = axios.create(); psp.interceptors.request.use(prepare); psp.get("https://api.psp.example/v1");`,
    },
    {
      name: "axios with the timeout in the call",
      code: `import axios from "axios"; axios.post("https://api.psp.example/v1", {}, { timeout: 300 });`,
    },
    {
      name: "a timeout from the environment",
      code: `import axios from "axios"; axios.get("https://api.psp.example/v1", { timeout: Number(process.env.TIMEOUT) });`,
    },
    {
      name: "an instance whose every call has its own timeout",
      code: `import axios from "axios"; const psp = axios.create({ baseURL: "https://api.psp.example" }); psp.get("/a", { timeout: 300 });`,
    },
    { name: "got with timeout.request", code: `import got from "got"; got("https://api.psp.example/v1", { timeout: { request: 300 } });` },
    {
      name: "got with a bound until the headers only",
      code: `import got from "got"; got("https://api.psp.example/v1", { timeout: { response: 300 } });`,
    },
    {
      name: "a helper of axios that sends nothing",
      code: `import axios from "axios"; axios.isAxiosError(error); axios.isCancel(error); new axios.CancelToken(() => {});`,
    },
    {
      name: "a type of axios",
      code: `import type { AxiosInstance } from "axios"; export const load = (http: AxiosInstance) => http.get("https://api.psp.example/v1");`,
    },
    {
      name: "a wrapper that is called with a timeout",
      code: `const load = (url, timeout) => fetch(url, { signal: AbortSignal.timeout(timeout) }); load("https://api.psp.example/v1", 300);`,
    },
    { name: "a test file", filename: "src/pay.test.ts", code: `fetch("https://api.psp.example/v1");` },
    { name: "a story", filename: "src/pay.stories.tsx", code: `fetch("https://api.psp.example/v1");` },
    { name: "generated code", code: `// @generated by openapi\nfetch("https://api.psp.example/v1");` },
  ],
  reported: [
    {
      name: "a server that has documents",
      code: `export const send = (document, base) => fetch(\`\${base}/v1/envelopes/\${document.id}\`);`,
    },
    { name: "fetch without a signal", code: `await fetch("https://rates.example/v1/latest?base=EUR");` },
    {
      name: "fetch with other options",
      code: `await fetch("https://api.psp.example/v1", {\n  method: "POST",\n  headers: { "Idempotency-Key": key },\n});`,
    },
    { name: "fetch with a timeout that it ignores", code: `await fetch("https://api.psp.example/v1", { timeout: 300, method: "POST" });` },
    {
      name: "fetch with an options object held in a constant",
      code: `const init = { method: "POST" };\nawait fetch("https://api.psp.example/v1", init);`,
    },
    {
      name: "globalThis.fetch and a URL from parts",
      code: `export const load = (id: string) => globalThis.fetch(new URL(\`/v1/\${id}\`, "https://api.psp.example"));`,
    },
    { name: "a URL with an unknown base on a server", code: `export const load = (base: string) => fetch(\`\${base}/v1/payments\`);` },
    {
      name: "one instance for many calls",
      code: `import axios from "axios";\n\nconst psp = axios.create({ baseURL: "https://api.psp.example" });\n\nexport const pay = () => psp.post("/payments");\nexport const list = () => psp.get("/payments");\nexport const one = (id) => psp.get(\`/payments/\${id}\`);`,
    },
    {
      name: "each call when asked for",
      options: [{ reportAt: "call" }],
      code: `import axios from "axios";\n\nconst psp = axios.create({ baseURL: "https://api.psp.example" });\n\nexport const pay = () => psp.post("/payments", {});\nexport const list = () => psp.get("/payments");`,
    },
    {
      name: "each call when the settings ask for it",
      settings: { holdfast: { reportAt: "call" } },
      code: `import axios from "axios";\nconst psp = axios.create({ baseURL: "https://api.psp.example" });\npsp.get("/a");\npsp.get("/b");`,
    },
    { name: "an instance that only other files use", code: `import axios from "axios";\nexport const psp = axios.create();` },
    {
      name: "axios.request and axios(config)",
      code: `import axios from "axios";\naxios.request({ url: "https://api.psp.example/a" });\naxios({ url: "https://api.psp.example/b", method: "POST" });\naxios("https://api.psp.example/c");`,
    },
    { name: "axios.post without a body", code: `import axios from "axios";\naxios.post("https://api.psp.example/v1");` },
    { name: "timeout: 0", code: `import axios from "axios";\naxios.get("https://api.psp.example/v1", { timeout: 0 });` },
    {
      name: "CommonJS",
      code: `const axios = require("axios");\naxios.get("https://api.psp.example/v1");`,
      languageOptions: { sourceType: "commonjs" },
    },
    {
      name: "got without a timeout",
      code: `import got from "got";\nawait got.post("https://hooks.mail.example/v1", { json: {} }).json();`,
    },
    {
      name: "got.extend without a timeout",
      code: `import got from "got";\nconst client = got.extend({ prefixUrl: "https://api.psp.example" });\nawait client("payments");`,
    },
    {
      name: "a client in a class field",
      code: `import axios, { type AxiosInstance } from "axios";\n\nexport class Psp {\n  readonly #http: AxiosInstance;\n  constructor() {\n    this.#http = axios.create({ baseURL: "https://api.psp.example" });\n  }\n  pay() {\n    return this.#http.post("/payments", {});\n  }\n}`,
    },
    {
      name: "a wrapper without a timeout, once",
      code: `const load = (path: string) => fetch("https://api.psp.example" + path);\nload("/a");\nload("/b");`,
    },
    {
      name: "a call of a wrapper that leaves the timeout out",
      code: `import axios from "axios";\nconst load = (path: string, timeout?: number) => axios.get("https://api.psp.example" + path, { timeout });\nload("/a");\nload("/b", 300);`,
    },
    {
      name: "a wrapper whose callers all pass options without a timeout, once",
      code: `const load = (path: string, init: RequestInit = {}) =>\n  fetch("https://api.psp.example" + path, { ...init, headers });\nexport const list = () => load("/a");\nexport const pay = (body: string) => load("/b", { method: "POST", body });`,
    },
    {
      name: "a wrapper that passes its caller's options as they are",
      code: `async function send(url: string, init?: RequestInit) {\n  return await fetch(url, init);\n}\nawait send("https://api.psp.example/a");\nawait send("https://api.psp.example/b", { method: "DELETE" });\nexport const other = (init: RequestInit) => send("https://api.psp.example/c", init);`,
    },
    {
      name: "a wrapper around a client, at the client",
      code: `import axios from "axios";\nconst psp = axios.create({ baseURL: "https://api.psp.example" });\nconst load = (path: string, config?: object) => psp.get(path, config);\nload("/a");\nload("/b", { params });`,
    },
    {
      name: "callers that leave out what another one gives, at each of them",
      code: `const load = (path: string, init: RequestInit = {}) => fetch("https://api.psp.example" + path, { ...init, headers });\nload("/a");\nload("/b", { method: "PUT" });\nload("/c", { signal: AbortSignal.timeout(300) });`,
    },
    {
      name: "the callers of a wrapper when each call is asked for",
      options: [{ reportAt: "call" }],
      code: `const load = (path: string, init: RequestInit = {}) => fetch("https://api.psp.example" + path, { ...init, headers });\nload("/a");\nload("/b", { method: "PUT" });`,
    },
    {
      name: "own back ends when they count",
      options: [{ upstreams: "all" }],
      code: `fetch("/api/cart");\nfetch("data:text/plain,hello");`,
    },
    {
      name: "a test file when asked for",
      options: [{ alsoIn: ["test"] }],
      filename: "src/pay.test.ts",
      code: `fetch("https://api.psp.example/v1");`,
    },
    {
      name: "the budget of the upstream in the suggestion",
      settings: { holdfast: { policy: policyWith({ timeoutMs: 500 }) } },
      code: `fetch("https://api.psp.example/v1");`,
    },
  ],
});
