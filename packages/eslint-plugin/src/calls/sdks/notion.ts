import { exponential } from "../backoff.ts";
import { unknownFact } from "../fact.ts";
import type { Interpretation, LibraryCall, LibraryDefinition } from "../library.ts";
import type { RetryLayer } from "../outbound-call.ts";
import { type Verb, verbOf } from "../operation-verb.ts";
import { timeoutFact } from "../request-reading.ts";
import { byDefault, isOnClient, operation, sdkRetries, takesNoKey } from "../sdk-operation.ts";
import { propertyAt, propertyOf } from "../value.ts";

/**
 * \@notionhq/client. 60 s until the headers of each attempt (@notionhq/client@5.26.0 build/src/Client.js:1148, measured). Since 5 two retries, of what was refused
 * (429, 529) and of reads and deletions on 500 and 503 (build/src/Client.js:1219, measured); Retry-After is honoured. No idempotency key in the API.
 */
export const notion: LibraryDefinition = {
  name: "notion",
  packages: ["@notionhq/client"],
  types: ["Client"],
  vendor: "Notion",
  defaultTimeout: "60 s",
  interpret(call) {
    const [first, second] = call.path;
    if (!isOnClient(call))
      return call.form === "new" && first === "Client" && second === undefined
        ? { kind: "instance", options: call.argument(0), argument: 0 }
        : undefined;
    return second !== undefined || first === "search" || first === "request" ? request(call) : undefined;
  },
  plainRequest: ["users", "me"],
  write: {
    timeout: (ms) => ({ path: ["timeoutMs"], code: String(ms) }),
    retries: (count) => ({ path: ["retry", "maxRetries"], code: String(count) }),
  },
};

function request(call: LibraryCall): Interpretation {
  return operation({
    call,
    label: `notion.${call.path.join(".")}`,
    verb: verbOfCall(call),
    host: "https://api.notion.com",
    timeout: timeoutFact(
      propertyOf(call.instance.options, "timeoutMs"),
      "headers",
      byDefault("notion", { ms: 60_000, bounds: "headers" }, "60 s", "@notionhq/client@5.26.0 build/src/constants.js:11"),
    ),
    retries: [retryLayer(call)],
    idempotencyKey: takesNoKey,
    options: { node: call.node, argument: 0 },
  });
}

/** `client.users.me()`, `client.request({ method: "post" })` */
function verbOfCall({ path, argument }: LibraryCall): Verb {
  const name = path.at(-1)!;
  if (name === "me") return { effect: "reads", method: "GET" };
  if (name !== "request") return verbOf(name);
  const method = propertyOf(argument(0), "method");
  if (method.kind !== "primitive") return { effect: "unknown", method: undefined };
  const isRead = /^(?:get|head)$/iu.test(String(method.value));
  return { effect: isRead ? "reads" : "unknown", method: String(method.value).toUpperCase() };
}

function retryLayer(call: LibraryCall): RetryLayer {
  const { options } = call.instance;
  const retry = propertyOf(options, "retry");
  const isOff = retry.kind === "primitive" && retry.value === false;
  const hasRetries = (call.major ?? 5) >= 5;
  return sdkRetries({
    by: notion,
    call,
    count: isOff ? { ...retry, value: 0 } : propertyAt(options, ["retry", "maxRetries"]),
    whenAbsent: hasRetries
      ? byDefault("notion", 2, "2 retries", "@notionhq/client@5.26.0 build/src/Client.js:924")
      : byDefault("notion", 0, "no retries", "@notionhq/client@5.26.0 build/src/Client.js:924"),
    repeats: "any",
    condition: "on 429 and 529, any method",
    onlyRefused: true,
    backoff:
      propertyOf(retry, "initialRetryDelayMs").kind === "absent"
        ? exponential({ firstMs: 1_000, factor: 2, maximumMs: 60_000, jitter: true })
        : unknownFact("a backoff of its own"),
    retryAfter: "honoured",
    options: { node: call.node, argument: 0 },
  });
}
