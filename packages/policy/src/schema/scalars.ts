import { z } from "zod";

import { type Milliseconds, parseDuration } from "../duration.ts";

/** Names of stores, secrets and upstreams: letters, digits and `. _ - /`. */
export const name = z.string().regex(/^[A-Za-z0-9][\w./-]*$/u, { error: "expected a name of letters, digits and . _ - /" });

export const duration = z
  .string({ error: "expected a duration with its unit, such as 300ms, 2s, 10m, 24h or 30d" })
  .refine((text) => parseDuration(text) !== undefined, { error: "expected a duration with its unit, such as 300ms, 2s, 10m, 24h or 30d" })
  .meta({ pattern: String.raw`^\d+(\.\d+)?(ms|s|m|h|d)$`, examples: ["300ms", "2s", "30d"] });

/** Durations are checked before they are read, so this cannot fail. */
export function durationMs(text: string): Milliseconds {
  const ms = parseDuration(text);
  if (ms === undefined) throw new RangeError(`not a duration: ${text}`);
  return ms;
}

export const positiveInteger = z.int({ error: "expected a whole number" }).positive({ error: "expected a number above 0" });
export const countOfRetries = z
  .int({ error: "expected a whole number of retries (calls after the first)" })
  .min(0, { error: "expected 0 or more retries" })
  .max(100, { error: "expected at most 100 retries" });

export const environmentName = z
  .string()
  .regex(/^[A-Za-z_]\w*$/u, { error: "expected the name of an environment variable, such as PSP_WEBHOOK_SECRET" });
export const filePath = z.string().min(1, { error: "expected a path" });
