import { maxRetries } from "../../../src/rules/max-retries.ts";
import { maxTimeout } from "../../../src/rules/max-timeout.ts";
import { noUnsafeRetry } from "../../../src/rules/no-unsafe-retry.ts";
import { requireConcurrencyLimit } from "../../../src/rules/require-concurrency-limit.ts";
import { requireIdempotencyKey } from "../../../src/rules/require-idempotency-key.ts";
import { requireTimeout } from "../../../src/rules/require-timeout.ts";
import { runRule } from "../run-rule.ts";

const imports = `import asyncRetry from "async-retry";
import { backOff } from "exponential-backoff";
import { circuitBreaker, ConsecutiveBreaker, handleAll, handleWhen, retry, timeout, TimeoutStrategy, wrap } from "cockatiel";
import CircuitBreaker from "opossum";
import Bottleneck from "bottleneck";
import nodeRetry from "retry";
import pLimit from "p-limit";
import pMap from "p-map";
import PQueue from "p-queue";
import pTimeout from "p-timeout";
import { defer, from, retry as again, timeout as within } from "rxjs";

`;
const load = `fetch("https://api.psp.example/v1/rates", { signal: AbortSignal.timeout(100) })`;
const post = `fetch("https://api.psp.example/v1/payments", { method: "POST", body, signal: AbortSignal.timeout(100) })`;
const endless = `fetch("https://api.psp.example/v1/rates")`;

runRule("max-retries", maxRetries, {
  silent: [
    { name: "two retries of async-retry", code: `${imports}asyncRetry(() => ${load}, { retries: 2 });` },
    { name: "three attempts of exponential-backoff", code: `${imports}backOff(() => ${load}, { numOfAttempts: 3 });` },
    { name: "two retries of cockatiel", code: `${imports}retry(handleAll, { maxAttempts: 2 }).execute(() => ${load});` },
    { name: "a policy that is passed in", code: `${imports}export const run = (policy) => policy.execute(() => ${load});` },
    { name: "rxjs around a promise that runs already", code: `${imports}from(${load}).pipe(again(5));` },
    { name: "a breaker, which repeats nothing", code: `${imports}new CircuitBreaker(() => ${load}).fire();` },
  ],
  reported: [
    { name: "async-retry's default", code: `${imports}await asyncRetry(() => ${load});` },
    { name: "endless async-retry", code: `${imports}await asyncRetry(() => ${load}, { forever: true });` },
    { name: "retry's default", code: `${imports}const operation = nodeRetry.operation();\noperation.attempt(() => ${load});` },
    { name: "exponential-backoff's default", code: `${imports}await backOff(() => ${load});` },
    { name: "attempts, not retries", code: `${imports}await backOff(() => ${load}, { numOfAttempts: 4 });` },
    {
      name: "cockatiel's maxAttempts, which counts retries",
      code: `${imports}const policy = retry(handleAll, { maxAttempts: 3 });\nawait policy.execute(() => ${load});`,
    },
    {
      name: "cockatiel's default, in a wrap",
      code: `${imports}const policy = wrap(retry(handleAll, {}), timeout(100, TimeoutStrategy.Aggressive));\nawait policy.execute(() => ${load});`,
    },
    { name: "rxjs's default", code: `${imports}defer(() => ${load}).pipe(again());` },
    { name: "rxjs's count", code: `${imports}defer(() => ${load}).pipe(again({ count: 4 }));` },
    {
      name: "a breaker that is fired again",
      code: `${imports}const breaker = new CircuitBreaker(() => ${load});\nawait asyncRetry(() => breaker.fire(), { retries: 4 });`,
    },
  ],
});

runRule("require-timeout", requireTimeout, {
  silent: [
    { name: "an aggressive timeout", code: `${imports}timeout(300, TimeoutStrategy.Aggressive).execute(() => ${endless});` },
    {
      name: "a cooperative one whose signal is used",
      code: `${imports}timeout(300, TimeoutStrategy.Cooperative).execute(({ signal }) => fetch("https://api.psp.example/v1", { signal }));`,
    },
    { name: "a breaker", code: `${imports}const breaker = new CircuitBreaker(() => ${endless}, { timeout: 300 });` },
    {
      name: "a named function in a breaker",
      code: `${imports}async function rates() {\n  return ${endless};\n}\nexport const breaker = new CircuitBreaker(rates, { timeout: 300 });`,
    },
    { name: "p-timeout", code: `${imports}await pTimeout(${endless}, { milliseconds: 300 });` },
    {
      name: "a queue's timeout",
      code: `${imports}const queue = new PQueue({ concurrency: 2, timeout: 300 });\nawait queue.add(() => ${endless});`,
    },
    {
      name: "a job's expiration",
      code: `${imports}const limiter = new Bottleneck({ maxConcurrent: 2 });\nawait limiter.schedule({ expiration: 300 }, () => ${endless});`,
    },
    { name: "rxjs's timeout", code: `${imports}defer(() => ${endless}).pipe(within(300));` },
    { name: "a race, whose winner is not told", code: `${imports}await Promise.race([${endless}, later(300)]);` },
  ],
  reported: [
    {
      name: "a cooperative timeout whose signal nobody takes",
      code: `${imports}await timeout(300, TimeoutStrategy.Cooperative).execute(() => ${endless});`,
    },
    { name: "a breaker without a timeout", code: `${imports}const breaker = new CircuitBreaker(() => ${endless}, { timeout: false });` },
    {
      name: "a function that others may call",
      code: `${imports}export async function rates() {\n  return ${endless};\n}\nconst breaker = new CircuitBreaker(rates, { timeout: 300 });`,
    },
    { name: "a limiter, which ends nothing", code: `${imports}const limit = pLimit(5);\nawait limit(() => ${endless});` },
  ],
});

runRule("max-timeout", maxTimeout, {
  silent: [
    { name: "a short timeout inside a long one", code: `${imports}const breaker = new CircuitBreaker(() => ${load}, { timeout: 10000 });` },
    { name: "a breaker's default, with no budget of its own", code: `${imports}const breaker = new CircuitBreaker(() => ${endless});` },
  ],
  reported: [
    { name: "a long breaker", code: `${imports}const breaker = new CircuitBreaker(() => ${endless}, { timeout: 3000 });` },
    { name: "seconds", code: `${imports}await timeout(3, TimeoutStrategy.Aggressive).execute(() => ${endless});` },
  ],
});

runRule("no-unsafe-retry", noUnsafeRetry, {
  silent: [
    {
      name: "a key made before",
      code: `${imports}const key = crypto.randomUUID();\nasyncRetry(() => fetch("https://api.psp.example/v1", { method: "POST", headers: { "Idempotency-Key": key }, signal: AbortSignal.timeout(100) }), { retries: 2 });`,
    },
    { name: "a condition of the project's own", code: `${imports}retry(handleWhen(isSafe), { maxAttempts: 2 }).execute(() => ${post});` },
    { name: "a promise that runs already", code: `${imports}from(${post}).pipe(again(2));` },
  ],
  reported: [
    { name: "async-retry", code: `${imports}await asyncRetry(() => ${post}, { retries: 2 });` },
    {
      name: "cockatiel",
      code: `${imports}const policy = wrap(retry(handleAll, { maxAttempts: 1 }), circuitBreaker(handleAll, { halfOpenAfter: 1, breaker: new ConsecutiveBreaker(1) }));\nawait policy.execute(() => ${post});`,
    },
    { name: "exponential-backoff", code: `${imports}await backOff(() => ${post}, { numOfAttempts: 2 });` },
    { name: "rxjs", code: `${imports}defer(() => ${post}).pipe(again(2));` },
  ],
});

runRule("require-idempotency-key", requireIdempotencyKey, {
  silent: [],
  reported: [
    { name: "a POST in a limiter", code: `${imports}const limit = pLimit(5);\nexport const pay = (body) => limit(() => ${post});` },
  ],
});

runRule("require-concurrency-limit", requireConcurrencyLimit, {
  silent: [
    {
      name: "p-limit",
      code: `${imports}const limit = pLimit(5);\nexport const all = (ids) => Promise.all(ids.map((id) => limit(() => ${load})));`,
    },
    { name: "p-map with a number", code: `${imports}export const all = (ids) => pMap(ids, (id) => ${load}, { concurrency: 5 });` },
    { name: "p-map over a short list", code: `${imports}pMap(["a", "b"], (id) => ${load});` },
    {
      name: "a rate",
      code: `${imports}const limiter = new Bottleneck({ minTime: 100 });\nexport const all = (ids) => Promise.all(ids.map((id) => limiter.schedule(() => ${load})));`,
    },
  ],
  reported: [
    { name: "p-map without a number", code: `${imports}export const all = (ids) => pMap(ids, (id) => ${load});` },
    {
      name: "a queue without a limit",
      code: `${imports}const queue = new PQueue();\nexport const all = (ids) => Promise.all(ids.map((id) => queue.add(() => ${load})));`,
    },
  ],
});
