import type { ClientInstance } from "./client-instance.ts";
import type { Fact, LibraryFact } from "./fact.ts";
import type { LibraryDefinition } from "./library.ts";
import type { CallLike } from "./source-file.ts";
import type { Origin, Value } from "./value.ts";

export type Method = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | (string & {});

/** A URL as far as it is known: literal parts and `undefined` for each unknown one. */
export interface UrlPattern {
  readonly parts: readonly (string | undefined)[];
}

/** Header names in lower case; a value of `undefined` is a header that is set to something unknown. */
export type HeaderMap = ReadonlyMap<string, Value>;

/**
 * What stops a call.
 * - total: the whole operation with its retries · attempt: one attempt with its body
 * - headers: one attempt until the headers · idle: silence on the socket · connect: the connection only
 */
export interface TimeBound {
  readonly ms: number;
  readonly bounds: "total" | "attempt" | "headers" | "idle" | "connect";
  /** How so many milliseconds are written where it is set, when the option counts seconds. */
  readonly literalFor?: (ms: number) => string;
}

/** Why a call has no bound: nothing set, or an option that looks like one and is not. */
export type Timeout = TimeBound | { readonly bounds: "nothing"; readonly misread?: string };

/** One reason for repeating: a client's own retries, a plugin, a wrapper, a loop. */
export interface RetryLayer {
  /** Whose retries they are: a library's, or the project's own code. */
  readonly by: LibraryDefinition | "loop" | "recursion";
  /** Calls after the first; Infinity is endless. */
  readonly retries: Fact<number>;
  /** The methods that are repeated; "any" repeats POST too, "unknown" is a condition of the project's own. */
  readonly repeats: "any" | "unknown" | readonly Method[];
  /** When POST is repeated only on some failures: "on network errors, any method". */
  readonly condition?: string;
  readonly backoff: Fact<Backoff>;
  /** Where the waits as a whole are not told: the shortest wait of a branch that is, and has no randomness. */
  readonly bareWait?: Fact<Backoff>;
  /** One bound for all attempts together, where the layer has one. */
  readonly sharesTimeout?: boolean;
  /** Where the number is set, or where the layer is put on. */
  readonly origin: Origin;
  /** The code that runs the call again stands here: the call of the retry library, the loop. Set by the analysis. */
  readonly wraps?: Origin;
  /** The literal at `origin` that means so many retries, where that is not the number itself: attempts, an upper bound of a loop. */
  readonly literalFor?: (retries: number) => string;
  /** Where its options are written, or would be. */
  readonly options?: OptionsPlace;
  /** What the layer does with the Retry-After header of a 429 or 503 that it repeats; undefined when that is not its business or not known. */
  readonly retryAfter?: "honoured" | "ignored";
  /** Set where the project's own code says by itself that it repeats requests: it asks for a status of HTTP. Linting its file then judges it. */
  readonly isOfRequests?: boolean;
  /** Set where only what the upstream refused is repeated (429), which has not happened before. */
  readonly onlyRefused?: boolean;
}

/** What an operation runs under: the parts of one retry call, circuit breaker, limiter or time limit that stands around it. */
export interface Wrapping {
  readonly retries?: RetryLayer;
  /** Ends everything inside it, the attempts of layers further in too. */
  readonly timeout?: Fact<Timeout>;
  /** Where the circuit breaker is made. */
  readonly breaker?: Origin;
  /** How many of the operations run at once; Infinity is no limit. */
  readonly concurrency?: Fact<number>;
}

/** Delay before retry n (from 1) in milliseconds, without jitter. */
export interface Backoff {
  readonly delayMs: (retry: number) => number;
  readonly jitter: boolean;
}

export interface IdempotencyKey {
  /** The header, body field or option that carries it. */
  readonly carrier: string;
  readonly origin: Origin | undefined;
  /** What is sent as the key; absent where the library makes it. */
  readonly value: Value;
  /** Set where the library makes the key itself: how often. A rule must not ask for another one. */
  readonly madeByLibrary?: "once per call" | "once per attempt";
  /** Set where a hook of the project makes it and sets it over any other: how often the client runs the hook. `value` is then unknown. */
  readonly madeByHook?: "once per call" | "once per attempt";
}

/** How a setting is written in a call or where an instance is made, so that every rule can offer complete code. */
export interface OptionsPlace {
  readonly node: CallLike;
  /** Which argument takes the options object. */
  readonly argument: number;
  /** Set where a client is made rather than a call. */
  readonly of?: "client";
  /** What stands in the way, since the options may be left out: a callback is moved behind them. */
  readonly before?: "callback";
}

/** A request that this file sends, directly, through an instance, or through a function of the project. */
export interface OutboundCall {
  /** Where to report. */
  readonly origin: Origin & { readonly node: CallLike };
  readonly library: LibraryDefinition;
  readonly instance: ClientInstance | undefined;
  readonly method: Fact<Method>;
  readonly url: Fact<UrlPattern>;
  readonly headers: Fact<HeaderMap>;
  readonly body: Value;
  readonly timeout: Fact<Timeout>;
  /** Inner to outer: the client's own, its plugin, the wrapper around it, the loop around that. */
  readonly retries: readonly RetryLayer[];
  /** What the code around the call adds, inner to outer; its retry layers are the last ones of `retries`. */
  readonly around: readonly Wrapping[];
  readonly idempotencyKey: Fact<IdempotencyKey | undefined>;
  /** How many of its requests the client runs at once, where it has a limiter of its own. */
  readonly concurrency?: Fact<number>;
  readonly effect: RequestReading["effect"];
  readonly label: RequestReading["label"];
  readonly options: OptionsPlace;
  /** The calls of project functions that led here, outermost first; empty for a call in plain sight. */
  readonly through: readonly Origin[];
  /** The call as the last `count` of `through` make it, whatever leads to them; with 0, as its own function says it. */
  readonly narrowed: (count: number) => OutboundCall | undefined;
}

/** The plainest request of a client that its own file never calls; its place is where the client is created. */
export function isIdle({ origin, instance }: OutboundCall): boolean {
  return instance?.created?.node === origin.node;
}

/** What a library's file reads from one call; the analysis adds the surroundings. */
export interface RequestReading {
  readonly method: Fact<Method>;
  readonly url: Fact<UrlPattern>;
  readonly headers: Fact<HeaderMap>;
  readonly body: Value;
  readonly timeout: Fact<Timeout>;
  readonly retries: readonly RetryLayer[];
  /** How many of its requests the client runs at once, where it has a limiter of its own. */
  readonly concurrency?: Fact<number>;
  /** A vendor's own way of carrying a key, where it is no header. */
  readonly idempotencyKey?: Fact<IdempotencyKey | undefined>;
  /** What the operation does at the upstream, where the library's API tells it: a query sent by POST "reads". Undefined: the URL and body tell. */
  readonly effect?: "reads" | "writes" | "unknown" | undefined;
  /** The operation in words where there is no URL: `stripe.paymentIntents.create`. */
  readonly label?: string | undefined;
  readonly options: OptionsPlace;
}

export type { LibraryFact };
