import { maxRetries } from "../../src/rules/max-retries.ts";
import { policyWith } from "./policies.ts";
import { runRule } from "./run-rule.ts";

const psp = `import axios from "axios";\nimport axiosRetry from "axios-retry";\n\nconst psp = axios.create({ baseURL: "https://api.psp.example", timeout: 300 });\n`;
const bounded = `{ signal: AbortSignal.timeout(300) }`;

runRule("max-retries", maxRetries, {
  silent: [
    { name: "two retries", code: `${psp}axiosRetry(psp, { retries: 2 }); psp.get("/a");` },
    { name: "got's own two", code: `import got from "got"; got("https://api.psp.example/v1");` },
    {
      name: "got with a limit on POST, which it does not repeat",
      code: `import got from "got"; got.post("https://api.psp.example/v1", { retry: { limit: 5 } });`,
    },
    { name: "a number that cannot be seen", code: `${psp}axiosRetry(psp, { retries: config.retries }); psp.get("/a");` },
    { name: "options that cannot be seen", code: `${psp}axiosRetry(psp, options); psp.get("/a");` },
    {
      name: "the limit of the upstream",
      settings: { holdfast: { policy: policyWith({ retries: 5 }) } },
      code: `${psp}axiosRetry(psp, { retries: 5 }); psp.get("/a");`,
    },
    { name: "the rule's own limit", options: [{ limit: 5 }], code: `${psp}axiosRetry(psp, { retries: 5 }); psp.get("/a");` },
    { name: "the program's own back end", code: `import got from "got"; got("http://localhost:3000/", { retry: { limit: 9 } });` },
    {
      name: "a loop of three attempts",
      code: `async function load() { for (let attempt = 0; attempt < 3; attempt++) { try { return await fetch("https://api.psp.example/v1", ${bounded}); } catch {} } }`,
    },
    {
      name: "a loop over items",
      code: `async function load(ids) { for (let i = 0; i < 100; i++) { try { await fetch("https://api.psp.example/" + ids[i], ${bounded}); } catch (error) { log(error); } } }`,
    },
    {
      name: "a loop over hosts",
      code: `async function load(hosts) { for (const host of hosts) { try { return await fetch("https://" + host, ${bounded}); } catch {} } }`,
    },
    {
      name: "a loop over hosts by their index",
      code: `async function load(hosts) { for (let i = 0; i < 9; i++) { try { return await fetch(hosts[i], ${bounded}); } catch {} } }`,
    },
    {
      name: "a loop over hosts in a variable",
      code: `async function load(hosts) { for (let i = 0; i < 9; i++) { const host = hosts[i]; try { return await fetch("https://" + host, ${bounded}); } catch {} } }`,
    },
    {
      name: "a loop over pages",
      code: `async function find() { const out = []; for (let page = 1; page <= 100; page++) { const answer = await fetch(\`https://api.psp.example/v1/plans?page=\${page}\`, ${bounded}); if (answer.status === 404) return out; const plans = await answer.json(); if (plans.length === 0) return out; out.push(...plans); } return out; }`,
    },
    {
      name: "a loop that goes on to the next place when something is not there",
      code: `async function load() { for (let i = 0; i < 9; i++) { const answer = await fetch("https://api.psp.example/v1", ${bounded}); if (answer.status === 404) continue; return answer; } }`,
    },
    {
      name: "a loop that looks for a name that is free",
      code: `import Stripe from "stripe"; const stripe = new Stripe(process.env.STRIPE_KEY, { maxNetworkRetries: 1 });
export async function create(coupon, code) {
  let attempt = 0;
  let current = code;
  while (attempt < 9) {
    try {
      return await stripe.promotionCodes.create({ coupon, code: current.toUpperCase() });
    } catch (error) {
      attempt++;
      current = code + random();
    }
  }
}`,
    },
    {
      name: "a loop that follows redirects",
      code: `async function follow(url) {
  let target = url;
  for (let hop = 0; hop <= 5; hop++) {
    const response = await fetch(target, { redirect: "manual" });
    if (response.status < 300 || response.status >= 400) return response;
    target = new URL(response.headers.get("location"), target).toString();
  }
}`,
    },
    {
      name: "a loop over pages",
      code: `async function load() { let page = 1; while (true) { try { const r = await fetch("https://api.psp.example/?page=" + page++, ${bounded}); if (!(await r.json()).more) break; } catch (error) { throw error; } } }`,
    },
    {
      name: "a poll",
      code: `async function wait() { for (let i = 0; i < 60; i++) { const r = await fetch("https://api.psp.example/job", ${bounded}); const job = await r.json(); if (job.status === "done") return job; await pause(); } }`,
    },
    {
      name: "a poll that survives errors",
      code: `async function wait() { while (true) { try { const job = await (await fetch("https://api.psp.example/job", ${bounded})).json(); if (job.done) return job; } catch {} } }`,
    },
    {
      name: "a loop that gives up on the first error",
      code: `async function load() { for (let i = 0; i < 9; i++) { try { return await fetch("https://api.psp.example/v1", ${bounded}); } catch (error) { throw error; } } }`,
    },
    {
      name: "a recursion over pages",
      code: `async function load(page = 1) { const r = await fetch("https://api.psp.example/?page=" + page, ${bounded}); const { next } = await r.json(); if (next && page < 50) return load(page + 1); }`,
    },
    {
      name: "a recursion with two retries",
      code: `async function load(attempt = 0) { try { return await fetch("https://api.psp.example/v1", ${bounded}); } catch (error) { if (attempt < 2) return load(attempt + 1); throw error; } }`,
    },
    {
      name: "a retry of something that is no request",
      code: `async function load() { for (let i = 0; i < 9; i++) { try { return await database.query("select 1"); } catch {} } }`,
    },
    { name: "a test file", filename: "test/pay.ts", code: `${psp}axiosRetry(psp, { retries: 9 }); psp.get("/a");` },
  ],
  reported: [
    {
      name: "a wrapper of the project that tells requests",
      code: `export async function withRetry(send, { retries = 5 } = {}) {\n  for (let attempt = 0; attempt <= retries; attempt++) {\n    try {\n      return await send();\n    } catch (error) {\n      if (error.status < 500) throw error;\n    }\n  }\n}`,
    },
    {
      name: "a loop that goes on in its catch",
      code: `export async function load() {
  for (let attempt = 0; attempt <= 3; attempt++) {
    try {
      return await fetch("https://api.psp.example/v1", ${bounded});
    } catch (error) {
      if (attempt < 3) {
        await pause();
        continue;
      }
      throw error;
    }
  }
}`,
    },
    {
      name: "a loop that goes on after a 429",
      code: `export async function load() {
  for (let attempt = 0; attempt <= 3; attempt++) {
    const answer = await fetch("https://api.psp.example/v1", ${bounded});
    if (answer.status === 429) {
      await pause();
      continue;
    }
    if (!answer.ok) throw new Error("no");
    return answer;
  }
}`,
    },
    {
      name: "settings that nobody passes",
      code: `const DEFAULTS = { retries: 5 };
export async function load(settings = DEFAULTS) {
  for (let attempt = 0; attempt <= settings.retries; attempt++) {
    try {
      return await fetch("https://api.psp.example/v1", ${bounded});
    } catch {}
  }
}`,
    },
    {
      name: "options that nobody says",
      code: `export async function load(options) {
  const { attempts = 10 } = options;
  for (let attempt = 0; attempt < attempts; attempt++) {
    try {
      return await fetch("https://api.psp.example/v1", ${bounded});
    } catch {}
  }
}`,
    },
    {
      name: "a recursion after one of several failures",
      code: `export async function load(retries = 0) {
  const answer = await fetch("https://api.psp.example/v1", ${bounded});
  if (retries < 3 && [429, 503].includes(answer.status)) return load(retries + 1);
  return answer;
}`,
    },
    {
      name: "a loop around a client whose own number cannot be seen",
      code: `import got from "got";
export async function load(limit) {
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      return await got("https://api.psp.example/v1", { retry: { limit }, timeout: { request: 300 } });
    } catch {}
  }
}`,
    },
    {
      name: "a loop around a method of a class",
      code: `class Psp {
  read() {
    return fetch("https://api.psp.example/v1", ${bounded});
  }
}
export async function load() {
  const psp = new Psp();
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      return await psp.read();
    } catch {}
  }
}`,
    },
    {
      name: "a server that reads what the browser is told",
      code: `import { cache } from "react";
import "server-only";
export const load = cache(async (retries = 0) => {
  const url = process.env.NEXT_PUBLIC_REGION === "eu" ? process.env.PSP_EU : process.env.PSP_US;
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      return await fetch(url, ${bounded});
    } catch {}
  }
});`,
    },
    {
      name: "axios-retry with a number",
      code: `${psp}axiosRetry(psp, { retries: 5, retryDelay: axiosRetry.exponentialDelay });\nawait psp.get("/payments");\nawait psp.post("/payments", {});`,
    },
    { name: "axios-retry's default", code: `${psp}axiosRetry(psp);\nawait psp.get("/payments");` },
    {
      name: "axios-retry's default beside other options",
      code: `${psp}axiosRetry(psp, { retryDelay: axiosRetry.exponentialDelay });\nawait psp.get("/payments");`,
    },
    {
      name: "axios itself",
      code: `import axios from "axios";\nimport axiosRetry from "axios-retry";\naxiosRetry(axios, { retries: 4 });\nawait axios.get("https://api.psp.example/v1");`,
    },
    { name: "a client that only other files use", code: `${psp}axiosRetry(psp, { retries: 5 });\nexport { psp };` },
    { name: "got with a limit", code: `import got from "got";\nawait got("https://api.psp.example/v1", { retry: { limit: 5 } });` },
    { name: "got 11's number", code: `import got from "got";\nawait got("https://api.psp.example/v1", { retry: 5 });` },
    {
      name: "got with POST among its methods",
      code: `import got from "got";\nawait got.post("https://api.psp.example/v1", { retry: { limit: 5, methods: ["POST"] } });`,
    },
    {
      name: "got.extend",
      code: `import got from "got";\nconst client = got.extend({ prefixUrl: "https://api.psp.example", retry: { limit: 4 } });\nawait client("payments");`,
    },
    { name: "a constant", code: `${psp}const RETRIES = 5;\naxiosRetry(psp, { retries: RETRIES });\nawait psp.get("/payments");` },
    {
      name: "the limit of the upstream",
      settings: { holdfast: { policy: policyWith({ retries: 1 }) } },
      code: `${psp}axiosRetry(psp, { retries: 2 });\nawait psp.get("/payments");`,
    },
    {
      name: "the rule's own limit of none",
      options: [{ limit: 0 }],
      code: `import got from "got";\nawait got("https://api.psp.example/v1");`,
    },
    {
      name: "a for loop",
      code: `export async function load() {\n  for (let attempt = 0; attempt < 5; attempt++) {\n    try {\n      return await fetch("https://api.psp.example/v1", ${bounded});\n    } catch (error) {\n      await pause(attempt);\n    }\n  }\n}`,
    },
    {
      name: "a for loop that counts from one to its end",
      code: `export async function load() {\n  for (let attempt = 1; attempt <= 5; attempt += 1) {\n    try {\n      return await fetch("https://api.psp.example/v1", ${bounded});\n    } catch (error) {\n      if (attempt === 5) throw error;\n    }\n  }\n}`,
    },
    {
      name: "a loop that asks for the status",
      code: `export async function load() {\n  for (let attempt = 0; attempt < 4; attempt++) {\n    const response = await fetch("https://api.psp.example/v1", ${bounded});\n    if (response.ok) return response;\n    await pause();\n  }\n}`,
    },
    {
      name: "a while loop with a guard",
      code: `export async function load() {\n  let tries = 0;\n  while (true) {\n    try {\n      const response = await fetch("https://api.psp.example/v1", ${bounded});\n      return response;\n    } catch (error) {\n      if (tries >= 5) throw error;\n      tries++;\n    }\n  }\n}`,
    },
    {
      name: "a while loop that counts down",
      code: `export async function load() {\n  let left = 6;\n  while (left-- > 0) {\n    try {\n      return await fetch("https://api.psp.example/v1", ${bounded});\n    } catch {}\n  }\n}`,
    },
    {
      name: "a do loop with a flag",
      code: `export async function load() {\n  let done = false;\n  let tries = 0;\n  do {\n    try {\n      await fetch("https://api.psp.example/v1", ${bounded});\n      done = true;\n    } catch {\n      tries++;\n    }\n  } while (!done && tries < 5);\n}`,
    },
    {
      name: "an endless loop",
      code: `export async function load() {\n  for (;;) {\n    try {\n      return await fetch("https://api.psp.example/v1", ${bounded});\n    } catch {\n      await pause();\n    }\n  }\n}`,
    },
    {
      name: "a recursion in a catch clause",
      code: `export async function load(attempt = 0) {\n  try {\n    return await fetch("https://api.psp.example/v1", ${bounded});\n  } catch (error) {\n    if (attempt >= 4) throw error;\n    return load(attempt + 1);\n  }\n}`,
    },
    {
      name: "a recursion that counts down",
      code: `export async function load(left = 5) {\n  const response = await fetch("https://api.psp.example/v1", ${bounded});\n  if (!response.ok && left > 0) return load(left - 1);\n  return response;\n}`,
    },
    {
      name: "a recursion of a method in .catch",
      code: `export class Psp {\n  load(attempt = 0) {\n    return fetch("https://api.psp.example/v1", ${bounded}).catch((error) => {\n      if (attempt < 3) return this.load(attempt + 1);\n      throw error;\n    });\n  }\n}`,
    },
    {
      name: "a function that repeats the one it is given",
      code: `async function withRetry(operation, attempts = 5) {\n  for (let attempt = 0; attempt < attempts; attempt++) {\n    try {\n      return await operation();\n    } catch {}\n  }\n}\n\nawait withRetry(() => fetch("https://api.psp.example/a", ${bounded}));\nawait withRetry(() => fetch("https://api.psp.example/b", ${bounded}), 2);`,
    },
    {
      name: "a loop around a client that repeats by itself",
      code: `import got from "got";\n\nexport async function load() {\n  for (let attempt = 0; attempt < 3; attempt++) {\n    try {\n      return await got("https://api.psp.example/v1");\n    } catch {}\n  }\n}`,
    },
  ],
});
