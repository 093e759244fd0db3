import { type Fact, known, numberFact, unknownFact } from "./fact.ts";
import type { Interpretation, LibraryCall, LibraryDefinition } from "./library.ts";
import type { Backoff, IdempotencyKey, OptionsPlace, RetryLayer, Timeout } from "./outbound-call.ts";
import { type Verb, verbOf } from "./operation-verb.ts";
import { noTimeout, signalBound } from "./request-reading.ts";
import { ABSENT, originOf, propertyOf, unknown, type Value } from "./value.ts";

/** Readings that SDKs of vendors share: an operation has a name instead of a method and a URL. */

export interface SdkOperation {
  readonly call: LibraryCall;
  /** `stripe.paymentIntents.create` */
  readonly label: string;
  /** What it does; told by the last word of the call where it is left out. */
  readonly verb?: Verb;
  /** Where the vendor listens, so that a budget by URL finds it: `https://api.stripe.com`. */
  readonly host?: string;
  readonly body?: Value;
  readonly timeout: Fact<Timeout>;
  readonly retries?: readonly RetryLayer[];
  /** How many of its requests the client runs at once, where it has a limiter of its own. */
  readonly concurrency?: Fact<number>;
  readonly idempotencyKey: Fact<IdempotencyKey | undefined>;
  /** Where the options of this one call are written. */
  readonly options: OptionsPlace;
}

export function operation({
  call,
  label,
  verb,
  host,
  body,
  timeout,
  retries,
  concurrency,
  idempotencyKey,
  options,
}: SdkOperation): Interpretation {
  const { effect, method } = verb ?? verbOf(call.path.at(-1) ?? "");
  return {
    kind: "request",
    request: {
      method: method === undefined ? unknownFact("the operation's name does not tell") : known(method),
      url: host === undefined ? unknownFact("the SDK knows it") : known({ parts: [`${host}/`, undefined] }),
      headers: known(new Map()),
      body: body ?? ABSENT,
      timeout,
      retries: retries ?? [],
      ...(concurrency && { concurrency }),
      idempotencyKey,
      effect,
      label,
      options,
    },
  };
}

/** Whether the call is made on a client; the package itself has functions that send nothing. */
export function isOnClient({ instance }: LibraryCall): boolean {
  return instance.created !== undefined || instance.passedIn !== undefined;
}

/** `new CheckoutAPI(client)`: the client by another name; one that is not seen is a client of which nothing is known. */
export function clientGiven(call: LibraryCall, argument: number): Interpretation {
  const value = call.argument(argument);
  return value.kind === "client" ? { kind: "value", value } : { kind: "instance", options: unknown("the client is passed in"), argument };
}

/** For operations whose vendor takes no key: nobody can send one, so none is missing. */
export const takesNoKey: Fact<IdempotencyKey | undefined> = unknownFact("the vendor takes no key");

/** A key under this name in the options or body of the call. */
export function keyNamed(name: string, options: Value): Fact<IdempotencyKey | undefined> {
  const value = propertyOf(options, name);
  if (value.kind === "absent") return known(undefined);
  if (value.kind === "unknown" && !(options.kind === "object" && options.properties.has(name))) return unknownFact(value.why);
  return known({ carrier: name, origin: originOf(value), value });
}

/** What the SDK does when nothing is set: `byDefault(stripe, 2, "2 retries", "stripe@23.1.0 esm/stripe.core.js:179")`. */
export function byDefault<T>(library: string, value: T, says: string, source: string): Extract<Fact<T>, { kind: "default" }> {
  return { kind: "default", value, library: { library, says: `${library} default: ${says}`, source } };
}

/** Of a client without an option for it: none, unless an agent of its own brings one or the client is passed in, which is said where it is made. */
export function noTimeoutBut({ instance }: LibraryCall, agent: string): Fact<Timeout> {
  const given = propertyOf(instance.options, agent);
  return given.kind === "absent" ? noTimeout : unknownFact("an agent that may bring a timeout");
}

/** Of an SDK that calls the global fetch: the 300 s that fetch waits for headers and in each pause of a body, or a signal of the call. */
export function fetchTimeout(library: string, signal: Value, ownFetch: Value = ABSENT): Fact<Timeout> {
  const bound = signalBound(signal);
  if (bound.kind === "unknown" || ownFetch.kind !== "absent") return unknownFact("a fetch or signal of its own");
  if (bound.value !== undefined) return { ...bound, value: bound.value };
  return byDefault(library, { ms: 300_000, bounds: "idle" }, "300 s", "undici@7.29.1 lib/dispatcher/client.js:316");
}

export interface SdkRetries extends Pick<RetryLayer, "repeats" | "condition" | "retryAfter" | "literalFor" | "onlyRefused"> {
  readonly by: LibraryDefinition;
  readonly call: LibraryCall;
  /** The option as it is set, in the call or where the client is made. */
  readonly count: Value;
  readonly whenAbsent: Fact<number>;
  /** How the option's number is counted, when it is not in retries. */
  readonly toRetries?: (count: number) => number;
  readonly backoff: Backoff | Fact<Backoff>;
  readonly options: OptionsPlace;
}

/** The SDK's own retries. A default belongs to the client, so it is said where the client is made. */
export function sdkRetries({ by, call, count, whenAbsent, toRetries, backoff, options, ...layer }: SdkRetries): RetryLayer {
  const { created, place } = call.instance;
  const retries = numberFact(count, whenAbsent);
  return {
    by,
    retries: retries.kind === "known" && toRetries ? { ...retries, value: toRetries(retries.value) } : retries,
    backoff: "kind" in backoff ? backoff : known(backoff),
    origin: originOf(count) ?? created ?? call.origin,
    options: place ?? options,
    ...layer,
  };
}

/**
 * The options that SDKs generated from an API take last: `create(params, options)`, `update(id, params, options)`. A single argument is the parameters,
 * unless it has a name that only options have.
 */
export function lastOptions(
  { arguments: given, node }: LibraryCall,
  optionNames: readonly string[],
): { value: Value; place: OptionsPlace } {
  const last = given.at(-1) ?? ABSENT;
  const named = last.kind === "object" && optionNames.some((name) => last.properties.has(name));
  const areParameters = last.kind === "object" ? !named && (last.complete || given.length < 2) : given.length < 2;
  if (areParameters) return { value: ABSENT, place: { node, argument: Math.max(1, given.length) } };
  return { value: last, place: { node, argument: given.length - 1 } };
}
