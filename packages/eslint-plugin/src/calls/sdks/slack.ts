import { exponential, nodeRetryBackoff } from "../backoff.ts";
import { type Fact, known, unknownFact } from "../fact.ts";
import type { LibraryCall, LibraryDefinition } from "../library.ts";
import type { Backoff } from "../outbound-call.ts";
import { noTimeout, timeoutFact } from "../request-reading.ts";
import { byDefault, isOnClient, operation, sdkRetries, takesNoKey } from "../sdk-operation.ts";
import { verbOf } from "../operation-verb.ts";
import { ABSENT, propertyOf, type Value } from "../value.ts";

/** What the policies of the package that have a name do. */
const policies: Readonly<Record<string, number>> = {
  tenRetriesInAboutThirtyMinutes: 10,
  fiveRetriesInFiveMinutes: 5,
  rapidRetryPolicy: 10,
};

/**
 * \@slack/web-api 6 to 8. Ten retries over half an hour, of every method (@slack/web-api@8.2.0 dist/WebClient.js:123, dist/retry-policies.js, measured); Retry-After
 * of a 429 is honoured. No timeout; `timeout` bounds each attempt (dist/WebClient.js:421, measured). No idempotency key in the API.
 */
export const slack: LibraryDefinition = {
  name: "slack",
  packages: ["@slack/web-api"],
  types: ["WebClient"],
  vendor: "Slack",
  defaultTimeout: "none",
  interpret(call) {
    const [first, second] = call.path;
    if (!isOnClient(call))
      return first === "WebClient" && call.form === "new" ? { kind: "instance", options: call.argument(1), argument: 1 } : undefined;
    return second !== undefined || first === "apiCall" ? request(call) : undefined;
  },
  plainRequest: ["auth", "test"],
  write: {
    timeout: (ms) => ({ path: ["timeout"], code: String(ms) }),
    retries: (count) => ({ path: ["retryConfig", "retries"], code: String(count) }),
  },
};

function request(call: LibraryCall) {
  const { options } = call.instance;
  const config = propertyOf(options, "retryConfig");
  const named = call.path[0] === "apiCall" ? call.argument(0) : undefined;
  const name = named ? (named.kind === "primitive" ? String(named.value) : "apiCall") : call.path.join(".");
  const place = { node: call.node, argument: 0 };
  return operation({
    call,
    label: `slack.${name}`,
    verb: verbOf(name.split(".").at(-1)!),
    host: "https://slack.com",
    timeout: timeoutFact(propertyOf(options, "timeout"), "attempt", noTimeout),
    retries: [
      sdkRetries({
        by: slack,
        call,
        count: countOf(config),
        whenAbsent: byDefault("slack", 10, "10 retries", "@slack/web-api@8.2.0 dist/retry-policies.js:10"),
        repeats: "any",
        backoff: backoffOf(config),
        retryAfter: "honoured",
        options: place,
      }),
    ],
    idempotencyKey: takesNoKey,
    options: place,
  });
}

function countOf(config: Value): Value {
  if (config.kind !== "reference") return config.kind === "absent" ? ABSENT : propertyOf(config, "retries");
  const count = policies[config.path.at(-1) ?? ""];
  return count === undefined ? config : { kind: "primitive", value: count, origin: config.origin };
}

function backoffOf(config: Value): Fact<Backoff> {
  if (config.kind === "absent") return known(exponential({ firstMs: 1_000, factor: 1.968_21, jitter: true }));
  return config.kind === "object" ? nodeRetryBackoff(config, { randomize: false }) : unknownFact("a policy by its name");
}
