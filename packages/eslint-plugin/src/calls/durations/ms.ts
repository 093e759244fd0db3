import type { LibraryDefinition } from "../library.ts";
import type { Value } from "../value.ts";

/** ms 2 and @lukeed/ms 2: `ms("5s")` and `parse("5s")` are milliseconds; a number becomes a text, and a text without unit is milliseconds (ms@2.1.3 index.js, measured). */
export const ms: LibraryDefinition = {
  name: "ms",
  packages: ["ms", "@lukeed/ms"],
  needsOthers: true,
  interpret({ module, path, form, argument, origin }) {
    if (form === "new" || path.join(".") !== (module === "ms" ? "" : "parse")) return undefined;
    const text = argument(0);
    if (text.kind !== "primitive" || typeof text.value !== "string") return undefined;
    const value = millisecondsOf(text.value);
    return value === undefined ? undefined : { kind: "value", value: { kind: "primitive", value, origin } satisfies Value };
  },
};

const units = [
  [/^(?:milliseconds?|msecs?|ms|)$/u, 1],
  [/^(?:seconds?|secs?|s)$/u, 1000],
  [/^(?:minutes?|mins?|m)$/u, 60_000],
  [/^(?:hours?|hrs?|h)$/u, 3_600_000],
  [/^(?:days?|d)$/u, 86_400_000],
  [/^(?:weeks?|w)$/u, 604_800_000],
] as const;

function millisecondsOf(text: string): number | undefined {
  const match = /^(?<count>-?\d*\.?\d+) *(?<unit>[a-z]*)$/iu.exec(text);
  const unit = match?.groups?.["unit"]?.toLowerCase();
  const size = units.find(([pattern]) => unit !== undefined && pattern.test(unit))?.[1];
  return size === undefined ? undefined : Number(match!.groups!["count"]) * size;
}
