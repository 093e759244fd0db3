import type { ClientInstance } from "./client-instance.ts";
import type { OptionsPlace, RequestReading, RetryLayer, Wrapping } from "./outbound-call.ts";
import type { CallLike } from "./source-file.ts";
import type { Mutation, Origin, Value } from "./value.ts";

/** One call of something that belongs to a library, with its arguments already read. */
export interface LibraryCall {
  readonly node: CallLike;
  readonly origin: Origin;
  readonly form: "call" | "new";
  /** The npm name as imported, or "globalThis". */
  readonly module: string;
  /** Members after the module or the instance: `["create"]`, `["post"]`, `[]` for a call of the thing itself. */
  readonly path: readonly string[];
  /** The instance the call is made on; for `axios.post` the library itself. */
  readonly instance: ClientInstance;
  readonly arguments: readonly Value[];
  /** The argument, or absent. */
  argument(index: number): Value;
  /** What a function of the project returns, as far as that does not depend on its arguments: the options of `useFactory: () => ({ … })`. */
  returnOf(value: Value): Value;
  /** Calls made on what this call returns, in a chain or through the variable that holds it: `.set("a", "b")` of `superagent.post(url).set("a", "b")`. */
  readonly followedBy: readonly Mutation[];
  /** The major version installed beside the file, undefined when it is not installed. */
  readonly major: number | undefined;
}

/** What a call of a library means. */
export type Interpretation =
  | { readonly kind: "request"; readonly request: RequestReading }
  /**
   * A new client with these options, the argument of that index, over those of the instance it was made from. One that is made around a function of the
   * caller, to run it whenever it is called, `runs` it: `new CircuitBreaker(load)`.
   */
  | { readonly kind: "instance"; readonly options: Value; readonly argument: number; readonly runs?: Run }
  /** Something is added to a client that was passed in, or to each of several; its options are the argument of that index. */
  | { readonly kind: "plug"; readonly client: Value; readonly options: Value; readonly argument: number }
  | ({ readonly kind: "run" } & Run)
  /** The argument of that index is a promise that is under way: nothing repeats it, but a time limit may end the wait for it. */
  | { readonly kind: "wait"; readonly argument: number; readonly under: Wrapping }
  /** Put on a request with `.pipe(…)`, it does the same: rxjs `retry(3)`. */
  | { readonly kind: "operator"; readonly under: Wrapping }
  /** The call is just another way to write a value: `ms("5s")`. */
  | { readonly kind: "value"; readonly value: Value };

/** The operation, a function of the caller, runs under retries, time limits, circuit breakers or limiters, inner to outer. */
export interface Run {
  readonly operation: Value;
  readonly under: readonly Wrapping[];
}

/**
 * One HTTP client, SDK or retry library: its facts and how to read a call of it. Adding one is a file that exports this and a line in known-libraries.ts.
 */
export interface LibraryDefinition {
  /** For people: "axios". */
  readonly name: string;
  /** npm names whose imports lead here; `@aws-sdk/*` and `wretch/*` are all names that begin so. */
  readonly packages: readonly string[];
  /** Globals that lead here: "fetch". */
  readonly globals?: readonly string[];
  /** Types of a parameter or field that hold one of its clients when a framework or caller passes it in: "HttpService", "Stripe". `*Client` is each name that ends so. */
  readonly types?: readonly string[];
  /** Where the options of clients that a framework passes in are registered: `HttpModule`, in a file named like this beside or above the code. */
  readonly registered?: { readonly by: string; readonly files: RegExp };
  /** Set where a file that uses this library and no other sends nothing: it only writes values or operators. Such files are not read. */
  readonly needsOthers?: true;
  /** Set for the SDK of one vendor: every request goes to that upstream, whatever its URL says. */
  readonly vendor?: string;
  /** Undefined when the call is none of the library's business (a helper, a type guard). */
  interpret(call: LibraryCall): Interpretation | undefined;
  /** For a plugin: the retry layer it adds to a client it was plugged into. */
  layerOf?(options: Value, origin: Origin, place: OptionsPlace): RetryLayer;
  /** What ends a call that sets no timeout, for people: "none", "300 s until the headers". */
  readonly defaultTimeout?: string;
  /** Set where only a call takes a timeout, so that a client without one lacks nothing. */
  readonly timeoutPerCall?: true;
  /** Members of an instance whose call without arguments is its plainest request: what holds for it holds for the instance. */
  readonly plainRequest?: readonly string[];
  /** How an option is written for this library, for suggestions. Undefined where the library has no such option. */
  readonly write?: OptionWriter;
}

/** Property paths and code of the options a suggestion may add: `["timeout"]` and `300`. */
export interface OptionWriter {
  timeout?(ms: number): OptionText;
  retries?(count: number): OptionText;
  header?(name: string, value: string): OptionText;
  /** An idempotency key, where an SDK takes it as an option or parameter of its own. */
  idempotencyKey?(value: string): OptionText;
  /** Delays with randomness. `callee` is the code that names the library where its options are written: `axiosRetry`. */
  jitter?(callee: string): PropertyText;
  /** No retry of POST and PATCH. */
  idempotentOnly?(callee: string): PropertyText;
}

/** A property of the options, or a call in the chain that makes the request. */
export type OptionText = PropertyText | ChainedText;

export interface PropertyText extends WrittenText {
  /** Keys from the options object inwards; keys that are no identifiers are quoted by the writer of the edit. */
  readonly path: readonly string[];
  /** The expression to put there. */
  readonly code: string;
}

export interface ChainedText extends WrittenText {
  /** Right after the call, or right before its last member: a builder takes headers before `.post()`. */
  readonly chained: "after" | "before";
  /** `.set("Idempotency-Key", key)` */
  readonly code: string;
}

interface WrittenText {
  /** How it is written where a client is made, when that is another way: the time of a signal would run from then on. Null: not at all. */
  readonly onClient?: OptionText | null;
}
