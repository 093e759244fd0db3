import { randomBytes } from "node:crypto";

import { Secret } from "../secret.ts";

/** How a value is written: `bytes` random bytes (32 without it) in `encoding` (`base64url` without it), after `prefix`. */
export interface ValueForm {
  readonly bytes?: number | undefined;
  readonly encoding?: "base64url" | "base64" | "hex" | undefined;
  readonly prefix?: string | undefined;
}

export function randomValue({ bytes = 32, encoding = "base64url", prefix = "" }: ValueForm): Secret {
  return Secret.of(prefix + randomBytes(bytes).toString(encoding));
}
