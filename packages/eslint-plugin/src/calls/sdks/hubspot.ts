import { type Fact, known, numberFact, unknownFact } from "../fact.ts";
import type { LibraryCall, LibraryDefinition } from "../library.ts";
import type { RetryLayer } from "../outbound-call.ts";
import { byDefault, isOnClient, noTimeoutBut, operation, sdkRetries, takesNoKey } from "../sdk-operation.ts";
import { verbOf } from "../operation-verb.ts";
import { propertyAt, propertyOf } from "../value.ts";

/**
 * \@hubspot/api-client. No timeout, and no option for one. No retries; `numberOfApiCallRetries` is the number of ATTEMPTS, of every method, on 5xx and two kinds of
 * 429 (@hubspot/api-client@14.0.1 lib/src/services/decorators/RetryDecorator.js:30, measured). All requests run at once, unless `limiterOptions` says how many
 * (lib/src/client.js:128, measured). No idempotency key in the API.
 */
export const hubspot: LibraryDefinition = {
  name: "hubspot",
  packages: ["@hubspot/api-client"],
  types: ["Client"],
  vendor: "HubSpot",
  defaultTimeout: "none, and no option: limit each call from outside",
  interpret(call) {
    const [first, second] = call.path;
    if (!isOnClient(call))
      return first === "Client" && call.form === "new" && second === undefined
        ? { kind: "instance", options: call.argument(0), argument: 0 }
        : undefined;
    return second !== undefined || first === "apiRequest" ? request(call) : undefined;
  },
  plainRequest: ["crm", "contacts", "basicApi", "getPage"],
  write: { retries: (count) => ({ path: ["numberOfApiCallRetries"], code: String(count + 1) }) },
};

function request(call: LibraryCall) {
  const name = call.path.join(".");
  return operation({
    call,
    label: `hubspot.${name}`,
    verb: /\.doSearch$/u.test(name) ? { effect: "reads", method: "POST" } : verbOf(call.path.at(-1)!),
    host: "https://api.hubapi.com",
    timeout: noTimeoutBut(call, "httpAgent"),
    retries: [retryLayer(call)],
    ...(propertyOf(call.instance.options, "limiterOptions").kind !== "absent" && { concurrency: concurrencyOf(call) }),
    idempotencyKey: takesNoKey,
    options: { node: call.node, argument: 0 },
  });
}

function retryLayer(call: LibraryCall): RetryLayer {
  return sdkRetries({
    by: hubspot,
    call,
    count: propertyOf(call.instance.options, "numberOfApiCallRetries"),
    whenAbsent: byDefault("hubspot", 0, "no retries", "@hubspot/api-client@14.0.1 lib/src/client.js:131"),
    toRetries: (attempts) => Math.max(0, attempts - 1),
    literalFor: (retries) => String(retries + 1),
    repeats: "any",
    condition: "on 5xx and 429, any method",
    backoff: known({ delayMs: (retryNumber) => 200 * retryNumber, jitter: false }),
    retryAfter: "ignored",
    options: { node: call.node, argument: 0 },
  });
}

function concurrencyOf({ instance }: LibraryCall): Fact<number> {
  const { options } = instance;
  return numberFact(propertyAt(options, ["limiterOptions", "maxConcurrent"]), unknownFact("a limiter without a number of its own"));
}
