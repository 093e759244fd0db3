const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
] as const;

/** A length of time in one unit of which there are at least two: `12d`, `47h`, `90m`, `3s`. */
export function span(ms: number): string {
  const [unit, size] = units.find(([, size]) => ms >= 2 * size - size / 100) ?? ["s", 1_000];
  // A moment short of 30 days is 30 days to a person.
  return `${Math.floor(Math.max(ms, 0) / size + 0.01)}${unit}`;
}

/** The instant for programs, null where there is none. */
export function isoOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
