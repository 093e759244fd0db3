import { z } from "zod";

import { durationPattern, type Milliseconds, parseDuration } from "../duration.ts";

/** Names of stores, secrets and upstreams: letters, digits and `. _ - /`. */
export const name = z.string().regex(/^[A-Za-z0-9][\w./-]*$/u, { error: "expected a name of letters, digits and . _ - /" });

const exampleDurations = "300ms, 2s, 10m, 24h or 30d";
const hundredYearsMs = 36_500 * 86_400_000;
const unitsOfSpelling: Readonly<Record<string, string>> = {
  ...{ msec: "ms", msecs: "ms", millis: "ms", millisecond: "ms", milliseconds: "ms" },
  ...{ sec: "s", secs: "s", second: "s", seconds: "s" },
  ...{ min: "m", mins: "m", minute: "m", minutes: "m" },
  ...{ hr: "h", hrs: "h", hour: "h", hours: "h" },
  ...{ day: "d", days: "d" },
};

/** A duration that may be nothing. */
export const durationOrNone = z
  .string({ error: ({ input }) => durationError(input) })
  .refine((text) => parseDuration(text) !== undefined, { error: ({ input }) => durationError(input), abort: true })
  .refine((text) => durationMs(text) <= hundredYearsMs, { error: "expected at most 36500d" })
  .meta({ pattern: durationPattern, examples: ["300ms", "2s", "30d"] });

export const duration = durationOrNone
  .refine((text) => durationMs(text) > 0, { error: "expected more than 0" })
  .meta({ pattern: durationPattern.replace("^", String.raw`^(?![0.]+[a-z])`), examples: ["300ms", "2s", "30d"] });

/** Durations are checked before they are read, so this cannot fail. */
export function durationMs(text: string): Milliseconds {
  const ms = parseDuration(text);
  if (ms === undefined) throw new RangeError(`not a duration: ${text}`);
  return ms;
}

function durationError(input: unknown): string {
  const expected = `expected a duration with its unit, such as ${exampleDurations}`;
  if (typeof input === "number") return `${expected}; ${input} has no unit`;
  const [, amount, spelling = ""] = (typeof input === "string" && /^(\d+(?:\.\d+)?)\s*([A-Za-z]{0,12})$/u.exec(input)) || [];
  if (amount === undefined) return expected;
  const unit = unitsOfSpelling[spelling.toLowerCase()] ?? spelling.toLowerCase();
  const meant = `${amount}${unit}`;
  return parseDuration(meant) === undefined ? expected : `${expected}: write ${meant}`;
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
