/** A service that sends webhooks, and how a receiver can tell that it did. */
export interface Provider {
  /** As people call it. */
  readonly name: string;
  /** By which a path, a file or an import says the provider, in lower case. */
  readonly words: readonly string[];
  /** Where the signature comes in. */
  readonly carrier: Carrier;
  /** Other headers that only this provider sends. */
  readonly headers?: readonly string[];
  /** Whether the signature covers the time of sending. */
  readonly signsTime: "yes" | "no";
  readonly verifiers: readonly Verifier[];
  /** Some senders sign nothing; the receiver asks the provider about the id it was sent. Members of the call that asks. */
  readonly asks?: RegExp;
}

export type Carrier =
  | { readonly in: "header"; readonly names: readonly string[] }
  /** A field of the body. */
  | { readonly in: "body"; readonly field: string }
  | { readonly in: "none" };

/** A function that checks a signature and, if the scheme signs a time, the age. */
export interface Verifier {
  /** The last members of the call: `webhooks.constructEvent`; `Webhook.verify` is `verify` of what `new Webhook(…)` made. */
  readonly call: string;
  /** Which argument is the body as it was received. */
  readonly payload?: number;
  /** Which argument is the age that is still accepted. */
  readonly tolerance?: Tolerance;
}

export interface Tolerance {
  readonly argument: number;
  readonly unit: "s" | "ms";
  /** What the age is without the argument and with a 0, in the unit; "off" accepts any age. */
  readonly missing: number | "off";
  readonly zero: number | "off";
  /** The same before a major version of the package; where the version is not known, the shorter of the two counts. */
  readonly before?: { readonly package: string; readonly major: number; readonly missing: number | "off"; readonly zero: number | "off" };
}
