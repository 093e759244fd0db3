import { describe, expect, it } from "vitest";

import type { OutboundCall } from "../../src/calls/outbound-call.ts";
import { effectiveTimeout } from "../../src/calls/worst-case.ts";
import { analyse, callsOf, print } from "./analyse-project.ts";

const url = `"https://x.example/"`;
const send = `() => fetch(${url}, { method: "POST" })`;

const reading = (imports: string) => (code: string) => callsOf({ "a.ts": `${imports}\n${code}` });

/** What stands around the call: limits of time, breakers, how many at once. */
function around(imports: string, code: string): string[] {
  return analyse({ "a.ts": `${imports}\n${code}` }).calls.map((call) => [print(call), ...call.around.flatMap(printAround)].join(" "));
}

function printAround({ timeout, breaker, concurrency }: OutboundCall["around"][number]): string[] {
  return [
    ...(timeout
      ? [timeout.kind === "unknown" ? "within ?" : timeout.value.bounds === "nothing" ? "within nothing" : `within ${timeout.value.ms}`]
      : []),
    ...(breaker ? ["breaker"] : []),
    ...(concurrency ? [`at once ${concurrency.kind === "unknown" ? "?" : concurrency.value}`] : []),
  ];
}

function limitsOf(imports: string, code: string): string[] {
  return analyse({ "a.ts": `${imports}\n${code}` }).calls.map((call) => {
    const timeout = effectiveTimeout(call);
    if (timeout.kind === "unknown") return "?";
    return timeout.value.bounds === "nothing"
      ? `nothing${timeout.value.misread === undefined ? "" : ", misread"}`
      : String(timeout.value.ms);
  });
}

describe("async-retry", () => {
  const asyncRetry = reading(`import retry from "async-retry";`);

  it.each([
    [`retry(${send})`, "async-retry×10"],
    [`retry(async (bail) => { await fetch(${url}, { method: "POST" }); }, { retries: 4 })`, "async-retry×4"],
    [`retry(${send}, { forever: true })`, "async-retry×Infinity"],
    [`retry(${send}, options)`, "async-retry×?"],
  ])("reads %s", (code, expected) => {
    expect(asyncRetry(code)).toEqual([`POST https://x.example/ unbounded ${expected}`]);
  });
});

describe("retry", () => {
  const nodeRetry = reading(`import retry from "retry";`);

  it.each([
    [`const operation = retry.operation(); operation.attempt(${send});`, "retry×10"],
    [
      `const operation = retry.operation({ retries: 5 }); operation.attempt(() => { fetch(${url}, { method: "POST" }).catch((e) => operation.retry(e)); });`,
      "retry×5",
    ],
    [`retry.operation([100, 200]).attempt(${send});`, "retry×2"],
    [`export const run = (operation) => operation.attempt(${send});`, ""],
  ])("reads %s", (code, expected) => {
    expect(nodeRetry(code)).toEqual([`POST https://x.example/ unbounded ${expected}`.trim()]);
  });
});

describe("exponential-backoff", () => {
  const backOff = reading(`import { backOff } from "exponential-backoff";`);

  it.each([
    [`backOff(${send})`, "exponential-backoff×9"],
    [`backOff(${send}, { numOfAttempts: 2 })`, "exponential-backoff×1"],
    [`backOff(${send}, { numOfAttempts: 0 })`, "exponential-backoff×0"],
    [`backOff(${send}, { ...options })`, "exponential-backoff×?"],
  ])("reads %s", (code, expected) => {
    expect(backOff(code)).toEqual([`POST https://x.example/ unbounded ${expected}`]);
  });
});

describe("cockatiel", () => {
  const imports = `import { bulkhead, circuitBreaker, ConsecutiveBreaker, handleAll, retry, timeout, TimeoutStrategy, wrap, type IPolicy } from "cockatiel";`;
  const breaker = `circuitBreaker(handleAll, { halfOpenAfter: 1000, breaker: new ConsecutiveBreaker(3) })`;

  it("reads retries in maxAttempts, and endless ones without", () => {
    expect(reading(imports)(`retry(handleAll, { maxAttempts: 2 }).execute(${send}); retry(handleAll, {}).execute(${send});`)).toEqual([
      "POST https://x.example/ unbounded cockatiel×2",
      "POST https://x.example/ unbounded cockatiel×Infinity",
    ]);
  });

  it("puts policies into each other, the first outermost", () => {
    const code = `const policy = wrap(retry(handleAll, { maxAttempts: 3 }), ${breaker}, bulkhead(5), timeout(300, TimeoutStrategy.Aggressive)); policy.execute(${send});`;
    expect(around(imports, code)).toEqual(["POST https://x.example/ unbounded cockatiel×3 within 300 at once 5 breaker"]);
  });

  it("knows no condition of the project's own", () => {
    const code = `retry(handleWhen((error) => error.transient), { maxAttempts: 4 }).execute(${send});`;
    const [call] = analyse({ "a.ts": `import { handleWhen, retry } from "cockatiel";\n${code}` }).calls;
    expect(call?.retries.map(({ repeats }) => repeats)).toEqual(["unknown"]);
  });

  it("keeps a policy in a field, and in another file", () => {
    const code = `import { policy } from "./policy"; class Psp { pay() { return policy.execute(${send}); } }`;
    const policy = `import { handleAll, retry } from "cockatiel"; export const policy = retry(handleAll, { maxAttempts: 4 });`;
    expect(callsOf({ "a.ts": code, "policy.ts": policy })).toEqual(["POST https://x.example/ unbounded cockatiel×4"]);
    expect(
      reading(imports)(`class Psp { #policy = retry(handleAll, { maxAttempts: 4 }); pay() { return this.#policy.execute(${send}); } }`),
    ).toEqual(["POST https://x.example/ unbounded cockatiel×4"]);
  });

  it.each([
    [`timeout(300, TimeoutStrategy.Cooperative).execute(${send})`, "nothing, misread"],
    [`timeout(300, TimeoutStrategy.Cooperative).execute(({ signal }) => fetch(${url}, { signal }))`, "?"],
    [`timeout(300, { strategy: TimeoutStrategy.Aggressive }).execute(${send})`, "300"],
    [`timeout(300, strategy).execute(${send})`, "?"],
    [`export const pay = (policy: IPolicy) => policy.execute(${send})`, "?"],
    [`${breaker}.execute(${send})`, "nothing"],
  ])("knows what ends %s", (code, expected) => {
    expect(limitsOf(imports, code)).toEqual([expected]);
  });
});

describe("opossum", () => {
  const imports = `import CircuitBreaker from "opossum";`;

  it("puts a breaker and its limit around the function it is given", () => {
    expect(around(imports, `const breaker = new CircuitBreaker(${send}, { timeout: 300 });`)).toEqual([
      "POST https://x.example/ unbounded within 300 breaker",
    ]);
    expect(around(imports, `const breaker = new CircuitBreaker(${send});`)).toEqual([
      "POST https://x.example/ unbounded within 10000 breaker",
    ]);
  });

  it("judges a function that only the breaker runs by the breaker", () => {
    expect(
      limitsOf(imports, `async function pay() { return fetch(${url}); }\nconst breaker = new CircuitBreaker(pay, { timeout: 300 });`),
    ).toEqual(["300"]);
  });

  it.each(["this.pay", "this.pay.bind(this)", "() => this.#pay()"])("judges a method that it is given as %s so too", (given) => {
    const code = (name: string) =>
      `class Psp { breaker = new CircuitBreaker(${given}, { timeout: 300 }); async ${name}() { return fetch(${url}); } }`;
    expect(limitsOf(imports, code(given.includes("#") ? "#pay" : "pay"))).toEqual(["300"]);
  });

  it("judges a function that others may call by itself too", () => {
    expect(
      limitsOf(
        imports,
        `export async function pay() { return fetch(${url}); }\nconst breaker = new CircuitBreaker(pay, { timeout: 300 });`,
      ),
    ).toEqual(["nothing", "300"]);
  });

  it("finds what stands around fire()", () => {
    const code = `import pRetry from "p-retry"; const pay = ${send}; const breaker = new CircuitBreaker(pay, { timeout: 300 }); pRetry(() => breaker.fire(), { retries: 5 });`;
    expect(around(imports, code)).toContain("POST https://x.example/ unbounded p-retry×5 within 300 breaker");
  });

  it("has no limit with timeout: false", () => {
    expect(limitsOf(imports, `new CircuitBreaker(${send}, { timeout: false });`)).toEqual(["nothing"]);
  });
});

describe("limiters", () => {
  it.each([
    [`import pLimit from "p-limit";`, `const limit = pLimit(5); limit(${send});`, "at once 5"],
    [`import pLimit from "p-limit";`, `const limit = pLimit({ concurrency: 3 }); limit.map(items, ${send});`, "at once 3"],
    [`import { limitFunction } from "p-limit";`, `const pay = limitFunction(${send}, { concurrency: 2 });`, "at once 2"],
    [`import pLimit from "p-limit";`, `export const pay = (n) => pLimit(n)(${send});`, "at once ?"],
    [`import PQueue from "p-queue";`, `const queue = new PQueue({ concurrency: 4 }); queue.add(${send});`, "within nothing at once 4"],
    [`import PQueue from "p-queue";`, `const queue = new PQueue({ timeout: 500 }); queue.add(${send});`, "within 500 at once Infinity"],
    [
      `import PQueue from "p-queue";`,
      `new PQueue({ intervalCap: 5, interval: 1000 }).add(${send}, { timeout: 200 });`,
      "within 200 at once ?",
    ],
    [`import type PQueue from "p-queue";`, `export const pay = (queue: PQueue) => queue.add(${send});`, "within ? at once ?"],
    [`import pMap from "p-map";`, `pMap(items, ${send}, { concurrency: 8 });`, "at once 8"],
    [`import pMap from "p-map";`, `export const all = (items: string[]) => pMap(items, ${send});`, "at once Infinity"],
    [`import pMap from "p-map";`, `pMap(["a", "b"], ${send});`, "at once ?"],
    [`import pThrottle from "p-throttle";`, `const pay = pThrottle({ limit: 2, interval: 1000 })(${send});`, "at once ?"],
    [
      `import Bottleneck from "bottleneck";`,
      `const limiter = new Bottleneck({ maxConcurrent: 6 }); limiter.schedule(${send});`,
      "within nothing at once 6",
    ],
    [
      `import Bottleneck from "bottleneck";`,
      `new Bottleneck({ minTime: 100 }).schedule({ expiration: 400 }, ${send});`,
      "within 400 at once ?",
    ],
    [`import Bottleneck from "bottleneck";`, `const pay = new Bottleneck({ maxConcurrent: 1 }).wrap(${send});`, "within nothing at once 1"],
    [`import Bottleneck from "bottleneck";`, `new Bottleneck().schedule(${send});`, "within nothing at once Infinity"],
  ])("%s %s", (imports, code, expected) => {
    expect(around(imports, code)).toEqual([`POST https://x.example/ unbounded ${expected}`]);
  });

  it("follows a named function into its limiter", () => {
    expect(
      around(
        `import pLimit from "p-limit";`,
        `const limit = pLimit(5); const pay = (id: string) => fetch(${url});\nids.map((id) => limit(pay, id));`,
      ),
    ).toEqual(["GET https://x.example/ unbounded at once 5"]);
  });

  it("knows that a listener of failures may run a job again", () => {
    const code = `const limiter = new Bottleneck({ maxConcurrent: 1 }); limiter.on("failed", () => 100); limiter.schedule(${send});`;
    expect(around(`import Bottleneck from "bottleneck";`, code)).toEqual([
      "POST https://x.example/ unbounded bottleneck×? within nothing at once 1",
    ]);
  });
});

describe("p-timeout", () => {
  const imports = `import pTimeout from "p-timeout";`;

  it.each([
    [`pTimeout(fetch(${url}), { milliseconds: 300 })`, "300"],
    [`pTimeout(fetch(${url}), 300)`, "300"],
    [`pTimeout(fetch(${url}).then((answer) => answer.json()), { milliseconds: 300 })`, "300"],
    [`const sent = fetch(${url}); await pTimeout(sent, { milliseconds: 300 });`, "300"],
    [`pTimeout(Promise.all([fetch(${url})]), { milliseconds: 300 })`, "300"],
    [`pTimeout(fetch(${url}), { milliseconds: Infinity })`, "nothing"],
    [`pTimeout(other, { milliseconds: 300 }); fetch(${url});`, "nothing"],
    [`Promise.race([fetch(${url}), later])`, "?"],
  ])("%s", (code, expected) => {
    expect(limitsOf(imports, code)).toEqual([expected]);
  });
});

describe("rxjs", () => {
  const imports = `import { defer, from, mergeMap, retry, timeout } from "rxjs";`;

  it.each([
    [`defer(${send}).pipe(retry(3), timeout(900))`, "POST https://x.example/ unbounded rxjs×3 within 900"],
    [
      `defer(${send}).pipe(timeout({ first: 300 }), retry({ count: 2, delay: 100 }))`,
      "POST https://x.example/ unbounded rxjs×2 within 300",
    ],
    [`defer(${send}).pipe(retry())`, "POST https://x.example/ unbounded rxjs×Infinity"],
    [`from(fetch(${url})).pipe(retry(3), timeout(300))`, "GET https://x.example/ unbounded within 300"],
    [`from(ids).pipe(mergeMap((id) => fetch(${url}), 5))`, "GET https://x.example/ unbounded at once 5"],
    [`token$.pipe(mergeMap((token) => fetch(${url})))`, "GET https://x.example/ unbounded"],
  ])("%s", (code, expected) => {
    expect(around(imports, code)).toEqual([expected]);
  });
});

describe("TanStack Query", () => {
  const imports = `import { QueryClient, useMutation, useQuery } from "@tanstack/react-query";`;

  it.each([
    [`useQuery({ queryKey: ["a"], queryFn: ${send}, retry: 5 })`, "TanStack Query×5"],
    [`useQuery({ queryKey: ["a"], queryFn: ${send}, retry: false })`, "TanStack Query×0"],
    [`useQuery({ queryKey: ["a"], queryFn: ${send}, retry: true })`, "TanStack Query×Infinity"],
    [`useQuery({ queryKey: ["a"], queryFn: ${send}, retry: (n) => n < 5 })`, "TanStack Query×?"],
    [`useQuery({ queryKey: ["a"], queryFn: ${send} })`, "TanStack Query×?"],
    [`useMutation({ mutationFn: ${send}, retry: 2 })`, "TanStack Query×2"],
    [`const queries = new QueryClient(); queries.fetchQuery({ queryKey: ["a"], queryFn: ${send} });`, "TanStack Query×0"],
    [
      `const queries = new QueryClient({ defaultOptions: { queries: { retry: 4 } } }); queries.fetchQuery({ queryKey: ["a"], queryFn: ${send} });`,
      "TanStack Query×4",
    ],
  ])("%s", (code, expected) => {
    expect(reading(imports)(code)).toEqual([`POST https://x.example/ unbounded ${expected}`]);
  });
});
