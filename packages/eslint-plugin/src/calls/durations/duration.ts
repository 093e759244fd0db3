import type { Origin, Value } from "../value.ts";

/** Milliseconds of one unit, by its name in the singular. */
const unitMs: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};

/** Milliseconds of `{ seconds: 5, milliseconds: 500 }`; undefined when a part is not known or is no fixed time, as months are. */
export function msOfParts(parts: Value): number | undefined {
  if (parts.kind !== "object" || !parts.complete || parts.properties.size === 0) return undefined;
  let sum = 0;
  for (const [unit, count] of parts.properties) {
    const ms = msOf(count, unit);
    if (ms === undefined) return undefined;
    sum += ms;
  }
  return sum;
}

/** Milliseconds of 5 `seconds`; undefined for a unit that is none, or has no fixed length. */
export function msOf(count: Value, unit: string): number | undefined {
  const ms = unitMs[unit.toLowerCase().replace(/s$/u, "")];
  return ms !== undefined && count.kind === "primitive" && typeof count.value === "number" ? count.value * ms : undefined;
}

/** That many milliseconds in the wanted unit, as a value of the code. */
export function inUnit(ms: number | undefined, unit: string, origin: Origin): Value {
  const size = unitMs[unit.toLowerCase().replace(/s$/u, "")];
  return ms === undefined || size === undefined
    ? { kind: "unknown", why: "a duration that is not told" }
    : { kind: "primitive", value: ms / size, origin };
}
