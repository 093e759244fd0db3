const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
] as const;

/** A length of time in its largest whole unit: `12d`, `5h`, `40m`, `3s`. */
export function span(ms: number): string {
  const [unit, size] = units.find(([, size]) => Math.abs(ms) >= size) ?? ["s", 1_000];
  return `${Math.floor(Math.abs(ms) / size)}${unit}`;
}

/** The instant in UTC to the minute, for people: `2026-03-01 14:05 UTC`. */
export function instant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** The instant for programs, null where there is none. */
export function isoOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
