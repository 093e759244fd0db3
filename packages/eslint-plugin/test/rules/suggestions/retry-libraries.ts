import type { SuggestionCase } from "./case.ts";

const bounded = `fetch("https://api.psp.example/v1/rates", { signal: AbortSignal.timeout(100) })`;

export const cases: readonly SuggestionCase[] = [
  {
    name: "async-retry's default",
    from: ["max-retries"],
    code: `import retry from "async-retry";\nexport const rates = () => retry(() => ${bounded});`,
  },
  {
    name: "async-retry without jitter",
    from: ["require-jitter"],
    code: `import retry from "async-retry";\nexport const rates = () => retry(() => ${bounded}, { retries: 2, randomize: false });`,
  },
  {
    name: "retry's default",
    from: ["max-retries", "require-jitter"],
    code: `import retry from "retry";
const operation = retry.operation();
operation.attempt(() => {
  ${bounded}.catch((error: Error) => operation.retry(error));
});`,
  },
  {
    name: "exponential-backoff's default",
    from: ["max-retries", "require-jitter"],
    code: `import { backOff } from "exponential-backoff";\nexport const rates = () => backOff(() => ${bounded});`,
  },
  {
    name: "exponential-backoff with attempts",
    from: ["max-retries"],
    code: `import { backOff } from "exponential-backoff";\nexport const rates = () => backOff(() => ${bounded}, { numOfAttempts: 5, jitter: "full" });`,
  },
  {
    name: "cockatiel's default",
    from: ["max-retries"],
    code: `import { handleAll, retry } from "cockatiel";\nconst policy = retry(handleAll, {});\nexport const rates = () => policy.execute(() => ${bounded});`,
  },
  {
    name: "cockatiel's retries",
    from: ["max-retries"],
    code: `import { ConstantBackoff, handleAll, retry } from "cockatiel";
const policy = retry(handleAll, { maxAttempts: 5, backoff: new ConstantBackoff(10) });
export const rates = () => policy.execute(() => ${bounded});`,
  },
  {
    name: "an opossum with a long timeout",
    from: ["max-timeout"],
    code: `import CircuitBreaker from "opossum";
const breaker = new CircuitBreaker(() => fetch("https://api.psp.example/v1/rates"), { timeout: 5000 });
export const rates = () => breaker.fire();`,
  },
  {
    name: "rxjs without a count",
    from: ["max-retries"],
    code: `import { defer, retry } from "rxjs";\nexport const rates = () => defer(() => ${bounded}).pipe(retry());`,
  },
  {
    name: "rxjs with a count",
    from: ["max-retries"],
    code: `import { defer, retry } from "rxjs";\nexport const rates = () => defer(() => ${bounded}).pipe(retry(5));`,
  },
  {
    name: "p-timeout",
    from: ["max-timeout"],
    code: `import pTimeout from "p-timeout";\nexport const rates = () => pTimeout(fetch("https://api.psp.example/v1/rates"), { milliseconds: 5000 });`,
  },
];
