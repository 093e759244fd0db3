import type { TSESTree } from "@typescript-eslint/utils";

import { exponential, noDelay } from "../backoff.ts";
import { type Fact, known, numberFact, unknownFact } from "../fact.ts";
import type { LibraryDefinition } from "../library.ts";
import type { Backoff, RetryLayer } from "../outbound-call.ts";
import { type FunctionValue, type Origin, originOf, propertyOf, type Value } from "../value.ts";

/**
 * axios-retry 3 and 4. Three retries; the default condition repeats GET HEAD OPTIONS PUT DELETE on 429 and 5xx, and any method, POST too, on a network
 * error. No delay by default but what Retry-After says. The client's timeout is one budget for all attempts unless `shouldResetTimeout` (axios-retry@4.5.0 dist/esm/index.js, measured).
 */
export const axiosRetry: LibraryDefinition = {
  name: "axios-retry",
  packages: ["axios-retry"],
  interpret(call) {
    if (call.path.length > 0 || call.form === "new") return undefined;
    return { kind: "plug", client: call.argument(0), options: call.argument(1), argument: 1 };
  },
  layerOf(options, origin, place) {
    const retries = propertyOf(options, "retries");
    return {
      by: axiosRetry,
      retries: numberFact(retries, {
        kind: "default",
        value: 3,
        library: { library: "axios-retry", says: "axios-retry default: 3 retries", source: "axios-retry@4.5.0 dist/esm/index.js:77" },
      }),
      ...repeats(propertyOf(options, "retryCondition")),
      backoff: backoffOf(propertyOf(options, "retryDelay")),
      ...(heedsRetryAfter(propertyOf(options, "retryDelay")) && { retryAfter: "honoured" }),
      sharesTimeout: !isTrue(propertyOf(options, "shouldResetTimeout")),
      origin: placeOf(retries, origin),
      options: place,
    };
  },
  write: {
    retries: (count) => ({ path: ["retries"], code: String(count) }),
    jitter: (callee) => ({ path: ["retryDelay"], code: `${callee}.exponentialDelay` }),
    idempotentOnly: (callee) => ({ path: ["retryCondition"], code: `${callee}.isIdempotentRequestError` }),
  },
};

type Repetition = Pick<RetryLayer, "repeats" | "condition">;

function repeats(condition: Value): Repetition {
  if (condition.kind === "absent") return onNetworkErrors;
  if (condition.kind === "function") return repeatsOf(condition);
  const name = condition.kind === "reference" ? condition.path.at(-1) : undefined;
  return (name === undefined ? undefined : conditions.get(name)) ?? { repeats: "unknown" };
}

const onNetworkErrors: Repetition = { repeats: "any", condition: "on network errors, any method" };

/** The library's own conditions. */
const conditions: ReadonlyMap<string, Repetition> = new Map([
  ["isNetworkOrIdempotentRequestError", onNetworkErrors],
  ["isNetworkError", onNetworkErrors],
  ["isRetryableError", { repeats: "any", condition: "on network errors, 429 and 5xx, any method" }],
  ["isSafeRequestError", { repeats: ["GET", "HEAD", "OPTIONS"] }],
  ["isIdempotentRequestError", { repeats: ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"] }],
]);

/**
 * A function of the project repeats any method where it says yes to what one of the library's conditions does:
 * `(error) => axiosRetry.isNetworkError(error) || error.response?.status === 429`. One that looks at the request itself may leave POST out.
 */
function repeatsOf({ node, origin: { file } }: FunctionValue): Repetition {
  if (/\b(?:method|config)\b/u.test(file.text.slice(...node.range))) return { repeats: "unknown" };
  const accepted = node.body?.type === "BlockStatement" ? acceptedIn(node.body) : node.body ? termsOf(node.body) : [];
  const found = accepted.flatMap((term) => conditions.get(nameOfCallee(term)) ?? []).filter((condition) => condition.repeats === "any");
  return found.at(-1) ?? { repeats: "unknown" };
}

/** What makes a function answer yes: the terms of what it returns, and of an `if` that returns true. */
function acceptedIn(node: TSESTree.Statement): readonly TSESTree.Node[] {
  switch (node.type) {
    case "BlockStatement":
      return node.body.flatMap(acceptedIn);
    case "ReturnStatement":
      return node.argument ? termsOf(node.argument) : [];
    case "IfStatement":
      return [
        ...(returnsTrue(node.consequent) ? termsOf(node.test) : acceptedIn(node.consequent)),
        ...(node.alternate ? acceptedIn(node.alternate) : []),
      ];
    default:
      return [];
  }
}

/** `a || b` is yes where one of them is. */
function termsOf(node: TSESTree.Node): readonly TSESTree.Node[] {
  if (node.type === "LogicalExpression" && node.operator !== "&&") return [...termsOf(node.left), ...termsOf(node.right)];
  if (node.type === "BinaryExpression" && node.operator.startsWith("==") && node.right.type === "Literal" && node.right.value === true)
    return termsOf(node.left);
  return [node];
}

function returnsTrue(node: TSESTree.Statement): boolean {
  const [statement] = node.type === "BlockStatement" ? node.body.slice(-1) : [node];
  return statement?.type === "ReturnStatement" && statement.argument?.type === "Literal" && statement.argument.value === true;
}

function nameOfCallee(node: TSESTree.Node): string {
  if (node.type !== "CallExpression") return "";
  const { callee } = node;
  const name = callee.type === "MemberExpression" && !callee.computed ? callee.property : callee;
  return name.type === "Identifier" ? name.name : "";
}

function backoffOf(delay: Value): Fact<Backoff> {
  if (delay.kind === "absent") return known(noDelay);
  if (delay.kind === "reference" && delay.path.at(-1) === "exponentialDelay")
    return known(exponential({ firstMs: 200, factor: 2, jitter: true }), originOf(delay));
  return unknownFact("a delay of its own");
}

/** The delays of the library wait at least as long as Retry-After says; what a function of the project does is not known. */
function heedsRetryAfter(delay: Value): boolean {
  return delay.kind === "absent" || (delay.kind === "reference" && delay.path.at(-1) === "exponentialDelay");
}

function isTrue(value: Value): boolean {
  return value.kind === "primitive" && value.value === true;
}

function placeOf(value: Value, fallback: Origin): Origin {
  return originOf(value) ?? fallback;
}
