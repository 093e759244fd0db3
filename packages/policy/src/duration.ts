/** A length of time in milliseconds. */
export type Milliseconds = number & { readonly __unit: "ms" };

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** How a duration is spelled, anchored at both ends. */
export const durationPattern = String.raw`^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h|d)$`;
const spelling = new RegExp(durationPattern, "u");

/** Marks a number as milliseconds. */
export function milliseconds(value: number): Milliseconds {
  return value as Milliseconds;
}

/** Reads `300ms`, `2s`, `10m`, `24h` or `30d`; undefined for anything else. Fractions (`1.5s`) are fine, signs are not. */
export function parseDuration(text: string): Milliseconds | undefined {
  const [, amount, unit] = spelling.exec(text) ?? [];
  if (amount === undefined) return undefined;
  return milliseconds(Number(amount) * unitMs[unit as keyof typeof unitMs]);
}

/** The shortest exact spelling: 90000 is `90s`, 300 is `300ms`. */
export function formatDuration(ms: Milliseconds | number): string {
  for (const unit of ["d", "h", "m", "s"] as const) if (ms >= unitMs[unit] && ms % unitMs[unit] === 0) return `${ms / unitMs[unit]}${unit}`;
  return `${ms}ms`;
}
