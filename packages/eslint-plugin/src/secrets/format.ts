/** A credential whose shape alone tells what it is. Formats are data: one entry says how to find, check and name one. */
export interface SecretFormat {
  /** Whose credential it is: `Stripe`. */
  readonly provider: string;
  /** What it is, as it reads after the provider's name: `secret key`. */
  readonly kind: string;
  /**
   * Literal text, case as written, that every value holds. A file is scanned once for the anchors of all formats, and the pattern
   * is tried only where one stands. An anchor the value starts with is public and may be shown: `sk_live_`.
   */
  readonly anchors: readonly string[];
  /** The whole value from its first character. A group `secret` narrows it to the part that is secret. */
  readonly pattern: RegExp;
  /** The most characters of the value that may stand before the anchor; absent when the value starts with it. */
  readonly reach?: number;
  /** The checksum or inner structure that a made-up value fails. `whole` is all that the pattern matched. */
  readonly verify?: (secret: string, whole: string) => boolean;
  /**
   * Set where the shape tells a credential but not whose: samples and documentation are full of such values, so they count in neither.
   */
  readonly generic?: true;
  /** What must stand in the lines around, for a shape that others share. */
  readonly near?: RegExp;
  /** How far around, in characters; 400 unless the value's own structure is larger. */
  readonly within?: number;
  /** What around it shows that the value is meant to be public. */
  readonly unless?: RegExp;
  /** The environment variable that the provider's documentation or SDK reads. */
  readonly env: string;
}

/** A credential whose shape says too little by itself: the name it is given to must tell. */
export interface NamedFormat {
  readonly provider: string;
  readonly kind: string;
  /** Tested on the name in lower case with its words joined by `_`: `twilio_auth_token`. */
  readonly name: RegExp;
  /** Tested on the whole value. */
  readonly value: RegExp;
  readonly verify?: (value: string) => boolean;
  readonly env: string;
}
