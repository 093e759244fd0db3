import { noUnstableIdempotencyKey } from "../../src/rules/no-unstable-idempotency-key.ts";
import { runRule } from "./run-rule.ts";

const imports = `import { randomUUID } from "node:crypto";\nimport got from "got";\nimport pRetry from "p-retry";\n\n`;
const post = (key: string) => `got.post("https://api.psp.example/v1/payments", { headers: { "Idempotency-Key": ${key} } })`;
const loop = (before: string, inside: string, key: string) =>
  `${imports}export async function pay(order) {\n  ${before}for (let attempt = 0; attempt < 3; attempt++) {\n    try {\n      ${inside}return await ${post(key)};\n    } catch {}\n  }\n}`;

const withRetry = `async function withRetry(operation) {\n  for (let attempt = 0; attempt < 3; attempt++) {\n    try {\n      return await operation();\n    } catch {}\n  }\n}\n\n`;

runRule("no-unstable-idempotency-key", noUnstableIdempotencyKey, {
  silent: [
    {
      name: "a key made before the retry",
      code: `${imports}export async function pay() { const key = randomUUID(); await pRetry(() => ${post("key")}); }`,
    },
    { name: "a key of the record", code: `${imports}export const pay = (order) => pRetry(() => ${post("`payment-${order.id}`")});` },
    {
      name: "a key with a version, for what is set up once",
      code: `${imports}const PORTAL_VERSION = 3;\nexport const setUp = () => ${post("`portal-v${PORTAL_VERSION}`")};`,
    },
    { name: "a parameter", code: `${imports}export const pay = (key) => pRetry(() => ${post("key")});` },
    {
      name: "a hash of the payload",
      code: `${imports}import { createHash } from "node:crypto"; export const pay = (order) => pRetry(() => ${post('createHash("sha256").update(order.id).digest("hex")')});`,
    },
    {
      name: "a function elsewhere",
      code: `${imports}import { keyFor } from "./keys"; export const pay = (order) => pRetry(() => ${post("keyFor(order)")});`,
    },
    { name: "a UUID of a call that nothing repeats", code: `${imports}export const pay = () => ${post("randomUUID()")};` },
    {
      name: "a UUID of a call that its client repeats with the same headers",
      code: `import { randomUUID } from "node:crypto";\nimport axios from "axios";\nimport axiosRetry from "axios-retry";\naxiosRetry(axios);\nexport const pay = () => axios.post("https://api.psp.example/v1", {}, { headers: { "Idempotency-Key": randomUUID() } });`,
    },
    { name: "a record and the time", code: `${imports}export const pay = (order) => ${post("`payment-${order.id}-${Date.now()}`")};` },
    { name: "a key made before a loop", code: loop("const key = randomUUID();\n  ", "", "key") },
    {
      name: "a wrapper that is given a key made outside",
      code: `${imports}const send = (key) => ${post("key")};\nexport async function pay() { const key = randomUUID(); await pRetry(() => send(key)); }`,
    },
    {
      name: "a key made before a wrapper of the project",
      code: `${imports}${withRetry}export async function pay() { const key = randomUUID(); return withRetry(() => ${post("key")}); }`,
    },
    {
      name: "a key made before a wrapper of the project around another function",
      code: `${imports}${withRetry}const send = (key) => ${post("key")};\nexport async function pay() { const key = randomUUID(); return withRetry(async () => send(key)); }`,
    },
    { name: "a program that runs once", code: `${imports}const key = randomUUID();\nawait pRetry(() => ${post("key")});` },
    {
      name: "a key per item of a loop that is no retry",
      code: `${imports}export async function payAll(orders) { for (const order of orders) await ${post("randomUUID()")}; }`,
    },
    {
      name: "a field of an object",
      code: `${imports}export class Payment { key = randomUUID(); pay() { return pRetry(() => ${post("this.key")}); } }`,
    },
    {
      name: "an SDK that makes its keys, with its own retries",
      code: `import Stripe from "stripe"; const stripe = new Stripe(secret); export const pay = () => stripe.paymentIntents.create({ amount: 100, currency: "eur" });`,
    },
    {
      name: "an SDK in a retry, with a key made before",
      code: `${imports}import Stripe from "stripe"; const stripe = new Stripe(secret); export const pay = (idempotencyKey) => pRetry(() => stripe.paymentIntents.create({ amount: 100, currency: "eur" }, { idempotencyKey }));`,
    },
    {
      name: "an interceptor that keeps a key that is there",
      code: `import axios from "axios";\nimport axiosRetry from "axios-retry";\nimport { randomUUID } from "node:crypto";\n\nconst psp = axios.create({ baseURL: "https://api.psp.example/v1", timeout: 300 });\naxiosRetry(psp, { retries: 2 });\npsp.interceptors.request.use((config) => { if (!config.headers["Idempotency-Key"]) config.headers["Idempotency-Key"] = randomUUID(); return config; });\npsp.post("/payments", {});`,
    },
    {
      name: "an interceptor of a client that nothing repeats",
      code: `import axios from "axios";\nimport axiosRetry from "axios-retry";\nimport { randomUUID } from "node:crypto";\n\nconst psp = axios.create({ baseURL: "https://api.psp.example/v1", timeout: 300 });\npsp.interceptors.request.use((config) => { config.headers["Idempotency-Key"] = randomUUID(); return config; });\npsp.post("/payments", {});`,
    },
    ...[
      [
        "a hook of got that keeps a key that is there",
        `beforeRequest: [(options) => { options.headers["Idempotency-Key"] ??= randomUUID(); }]`,
      ],
      ["a hook of got that runs once per call", `init: [(options) => { options.headers["Idempotency-Key"] = randomUUID(); }]`],
    ].map(([name, hook]) => ({
      name: name!,
      code: `${imports}export const pay = () => got.post("https://api.psp.example/v1/payments", { retry: { limit: 2, methods: ["POST"] }, hooks: { ${hook} } });`,
    })),
    {
      name: "a hook of got, of a POST that got does not repeat",
      code: `${imports}export const pay = () => got.post("https://api.psp.example/v1/payments", { hooks: { beforeRequest: [(options) => { options.headers["Idempotency-Key"] = randomUUID(); }] } });`,
    },
    {
      name: "a hook of ky that runs once per call",
      code: `${imports}import ky from "ky";\nexport const pay = () => ky.post("https://api.psp.example/v1/payments", { retry: { limit: 2, methods: ["post"] }, hooks: { beforeRequest: [({ request }) => { request.headers.set("Idempotency-Key", randomUUID()); }] } });`,
    },
    {
      name: "an SDK that makes its keys, in a retry of what changes nothing",
      code: `${imports}import Stripe from "stripe"; const stripe = new Stripe(secret); export const preview = (customer) => pRetry(() => stripe.invoices.createPreview({ customer }));`,
    },
    {
      name: "a UUID in each attempt of a call that may come twice",
      code: `${imports}export const load = () => pRetry(() => got.post("https://api.psp.example/v1/search", { headers: { "Idempotency-Key": randomUUID() } }));`,
    },
    {
      name: "a GET",
      code: `${imports}export const load = () => got("https://api.psp.example/v1", { headers: { "Idempotency-Key": "a" } });`,
    },
    { name: "a test file", filename: "test/pay.ts", code: `${imports}export const pay = () => pRetry(() => ${post("randomUUID()")});` },
  ],
  reported: [
    {
      name: "a UUID in the repeated function",
      code: `${imports}export const pay = () => pRetry(() => ${post("randomUUID()")}, { retries: 2 });`,
    },
    {
      name: "a constant in the repeated function",
      code: `${imports}export async function pay() {\n  return pRetry(\n    async () => {\n      const key = randomUUID();\n      return ${post("key")};\n    },\n    { retries: 2 },\n  );\n}`,
    },
    { name: "a UUID in a loop", code: loop("", "const key = randomUUID();\n      ", "key") },
    {
      name: "another package's",
      code: `import { v4 as uuid } from "uuid";\n${imports}export const pay = () => pRetry(() => ${post("uuid()")}, { retries: 2 });`,
    },
    {
      name: "the time in the repeated function",
      code: `${imports}export const pay = (order) => pRetry(() => ${post("`payment-${order.id}-${Date.now()}`")}, { retries: 2 });`,
    },
    {
      name: "a UUID in a function that another repeats by its name",
      code: `${imports}async function send() {\n  return ${post("randomUUID()")};\n}\n\nexport const pay = () => pRetry(send, { retries: 2 });`,
    },
    {
      name: "a UUID in a function that is called in the retry",
      code: `${imports}function send(order) {\n  const key = randomUUID();\n  return ${post("key")};\n}\n\nexport const pay = (order) => pRetry(() => send(order), { retries: 2 });`,
    },
    {
      name: "a UUID given to a wrapper in the retry",
      code: `${imports}const send = (key) => ${post("key")};\n\nexport const pay = () => pRetry(() => send(randomUUID()), { retries: 2 });`,
    },
    {
      name: "a UUID in what a wrapper of the project repeats",
      code: `${imports}${withRetry}export const pay = () => withRetry(() => ${post("randomUUID()")});`,
    },
    {
      name: "a UUID in a function that is called in what a wrapper of the project repeats",
      code: `${imports}${withRetry}function send() {\n  const key = randomUUID();\n  return ${post("key")};\n}\n\nexport const pay = () => withRetry(() => send());`,
    },
    {
      name: "a UUID in a recursion",
      code: `${imports}export async function pay(attempt = 0) {\n  const key = randomUUID();\n  try {\n    return await ${post("key")};\n  } catch (error) {\n    if (attempt < 2) return pay(attempt + 1);\n    throw error;\n  }\n}`,
    },
    {
      name: "an SDK that makes its keys, in a retry",
      code: `${imports}import Stripe from "stripe";\n\nconst stripe = new Stripe(secret);\nexport const pay = () => pRetry(() => stripe.paymentIntents.create({ amount: 100, currency: "eur" }), { retries: 2 });`,
    },
    {
      name: "an interceptor, which runs for each attempt",
      code: `import axios from "axios";\nimport axiosRetry from "axios-retry";\nimport { randomUUID } from "node:crypto";\n\nconst psp = axios.create({ baseURL: "https://api.psp.example/v1", timeout: 300 });\naxiosRetry(psp, { retries: 2 });\npsp.interceptors.request.use((config) => {\n  config.headers["Idempotency-Key"] = randomUUID();\n  return config;\n});\nawait psp.post("/payments", {});\nawait psp.post("/refunds", {});`,
    },
    {
      name: "an interceptor that sets a header",
      code: `import axios from "axios";\nimport axiosRetry from "axios-retry";\nimport { randomUUID } from "node:crypto";\n\nconst psp = axios.create({ baseURL: "https://api.psp.example/v1", timeout: 300 });\naxiosRetry(psp, { retries: 2 });\npsp.interceptors.request.use((config) => {\n  config.headers.set("Idempotency-Key", randomUUID());\n  return config;\n});\nawait psp.post("/payments", {});`,
    },
    {
      name: "a hook of got, which runs for each attempt",
      code: `${imports}const psp = got.extend({\n  prefixUrl: "https://api.psp.example/v1",\n  retry: { limit: 2, methods: ["POST"] },\n  hooks: {\n    beforeRequest: [\n      (options) => {\n        options.headers["Idempotency-Key"] = randomUUID();\n      },\n    ],\n  },\n});\nawait psp.post("payments", { json: {} });\nawait psp.post("refunds", { json: {} });`,
    },
    {
      name: "a hook before the retries of ky, and its constant",
      code: `${imports}import ky from "ky";\n\nexport const pay = () =>\n  ky.post("https://api.psp.example/v1/payments", {\n    retry: { limit: 2, methods: ["post"] },\n    hooks: {\n      beforeRetry: [\n        ({ request }) => {\n          const key = randomUUID();\n          request.headers.set("Idempotency-Key", key);\n        },\n      ],\n    },\n  });`,
    },
    {
      name: "a hook of ky that runs once a call, in a retry",
      code: `${imports}import ky from "ky";\n\nconst psp = ky.create({\n  prefix: "https://api.psp.example/v1",\n  hooks: { beforeRequest: [({ request }) => request.headers.set("Idempotency-Key", randomUUID())] },\n});\nexport const pay = () => pRetry(() => psp.post("payments"), { retries: 2 });`,
    },
    {
      name: "an interceptor of a client in a retry",
      code: `${imports}import axios from "axios";\n\nconst psp = axios.create({ baseURL: "https://api.psp.example/v1", timeout: 300 });\npsp.interceptors.request.use((config) => {\n  config.headers["Idempotency-Key"] = randomUUID();\n  return config;\n});\nexport const pay = () => pRetry(() => psp.post("/payments", {}), { retries: 2 });`,
    },
    { name: "a literal", code: `${imports}export const pay = () => ${post('"payment"')};` },
    { name: "a constant of the module", code: `${imports}const key = randomUUID();\nexport const pay = () => ${post("key")};` },
    {
      name: "a default of a client",
      code: `import { randomUUID } from "node:crypto";\nimport axios from "axios";\nconst psp = axios.create({ baseURL: "https://api.psp.example", headers: { "Idempotency-Key": randomUUID() } });\nexport const pay = (order) => psp.post("/payments", order);`,
    },
    {
      name: "the time, of a call that may come twice",
      code: `export const cancel = (id) => fetch(\`https://api.psp.example/v1/payments/${"$"}{id}/cancel\`, { method: "POST", headers: { "Idempotency-Key": \`cancel-${"$"}{Date.now()}\` } });`,
    },
    { name: "the time", code: `${imports}export const pay = () => ${post("String(Date.now())")};` },
    { name: "the time in words", code: `${imports}export const pay = () => ${post("new Date().toISOString()")};` },
    { name: "a prefix and the time", code: `${imports}export const pay = () => ${post("`payment-${Date.now()}`")};` },
  ],
});
