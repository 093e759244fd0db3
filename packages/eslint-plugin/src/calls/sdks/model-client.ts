import { exponential } from "../backoff.ts";
import { type Fact, unknownFact } from "../fact.ts";
import type { Interpretation, LibraryCall, LibraryDefinition } from "../library.ts";
import type { Timeout } from "../outbound-call.ts";
import { settingOf, signalBound, timeoutFact } from "../request-reading.ts";
import { byDefault, isOnClient, lastOptions, operation, sdkRetries, takesNoKey } from "../sdk-operation.ts";
import { propertyOf, type Value } from "../value.ts";

/** Clients of language models that one generator makes: the same options, defaults and retries. */
export interface ModelClient {
  readonly library: () => LibraryDefinition;
  readonly classes: readonly string[];
  readonly host: string;
  /** Where the default of ten minutes is written. */
  readonly timeoutSource: string;
  /** Where the default of two retries is written. */
  readonly retriesSource: string;
}

const optionNames = ["timeout", "maxRetries", "signal", "headers", "query", "idempotencyKey", "httpAgent", "fetchOptions"];

export function modelClient(client: ModelClient): Pick<LibraryDefinition, "interpret" | "defaultTimeout" | "plainRequest" | "write"> {
  return {
    defaultTimeout: "10 min",
    interpret(call) {
      const [first, second] = call.path;
      const makesOne =
        call.form === "new" && !isOnClient(call)
          ? first === undefined || (second === undefined && client.classes.includes(first))
          : first === "withOptions" && second === undefined;
      if (makesOne) return { kind: "instance", options: call.argument(0), argument: 0 };
      return isOnClient(call) && second !== undefined ? request(call, client) : undefined;
    },
    plainRequest: ["models", "list"],
    write: {
      timeout: (ms) => ({ path: ["timeout"], code: String(ms) }),
      retries: (count) => ({ path: ["maxRetries"], code: String(count) }),
    },
  };
}

function request(call: LibraryCall, { library, host, timeoutSource, retriesSource }: ModelClient): Interpretation {
  const by = library();
  const { value: options, place } = lastOptions(call, optionNames);
  const setting = (name: string) => settingOf((from) => propertyOf(from, name), options, call.instance);
  return operation({
    call,
    label: `${by.name}.${call.path.join(".")}`,
    host,
    timeout: timeoutOf(
      propertyOf(options, "signal"),
      timeoutFact(setting("timeout"), "headers", byDefault(by.name, { ms: 600_000, bounds: "headers" }, "10 min", timeoutSource)),
    ),
    retries: [
      sdkRetries({
        by,
        call,
        count: setting("maxRetries"),
        whenAbsent: byDefault(by.name, 2, "2 retries", retriesSource),
        repeats: "any",
        backoff: exponential({ firstMs: 500, factor: 2, maximumMs: 8_000, jitter: true }),
        retryAfter: "honoured",
        options: place,
      }),
    ],
    idempotencyKey: takesNoKey,
    options: place,
  });
}

/** A signal of the call's ends all attempts; whichever is lower counts. */
function timeoutOf(signal: Value, own: Fact<Timeout>): Fact<Timeout> {
  const bound = signalBound(signal);
  if (bound.kind === "unknown") return unknownFact(bound.why);
  if (bound.value === undefined || own.kind === "unknown") return own;
  if (own.value.bounds !== "nothing" && own.value.ms <= bound.value.ms) return own;
  return { ...bound, value: bound.value };
}
