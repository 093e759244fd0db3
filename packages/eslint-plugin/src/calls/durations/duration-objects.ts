import type { LibraryCall, LibraryDefinition } from "../library.ts";
import { propertyOf, type Value } from "../value.ts";
import { inUnit, msOf, msOfParts } from "./duration.ts";

/** luxon 1 to 3: `Duration.fromObject({ seconds: 5 }).toMillis()`, `.as("seconds")` (luxon@3.7.2 src/duration.js, measured). */
export const luxon: LibraryDefinition = {
  name: "luxon",
  packages: ["luxon"],
  needsOthers: true,
  interpret: (call) =>
    durationCall(call, {
      made: {
        "Duration.fromObject": () => msOfParts(call.argument(0)),
        "Duration.fromMillis": () => msOf(call.argument(0), "millisecond"),
      },
      read: { toMillis: "milliseconds", valueOf: "milliseconds", as: () => call.argument(0) },
    }),
};

/** dayjs 1 with its plugin duration: `dayjs.duration(5, "seconds").asMilliseconds()`, `dayjs.duration({ seconds: 5 })` (dayjs@1.11.23 plugin/duration.js, measured). */
export const dayjs: LibraryDefinition = {
  name: "dayjs",
  packages: ["dayjs"],
  needsOthers: true,
  interpret: (call) =>
    durationCall(call, {
      made: {
        duration: () =>
          call.argument(0).kind === "object"
            ? msOfParts(call.argument(0))
            : msOf(call.argument(0), textOf(call.argument(1), "milliseconds")),
      },
      read: { asMilliseconds: "milliseconds", asSeconds: "seconds", asMinutes: "minutes", asHours: "hours", as: () => call.argument(0) },
    }),
};

/** `Temporal.Duration.from({ seconds: 5 }).total("milliseconds")`, also `.total({ unit: "seconds" })` (Temporal, ECMAScript 2027). */
export const temporal: LibraryDefinition = {
  name: "Temporal",
  packages: ["temporal-polyfill", "@js-temporal/polyfill"],
  globals: ["Temporal"],
  needsOthers: true,
  interpret(call) {
    // The polyfills export `Temporal`, the global is it.
    const path = call.path[0] === "Temporal" ? call.path.slice(1) : call.path;
    const { form, instance, origin } = call;
    return durationCall(
      { path, form, instance, origin },
      {
        made: { "Duration.from": () => msOfParts(call.argument(0)) },
        read: { total: () => (call.argument(0).kind === "object" ? propertyOf(call.argument(0), "unit") : call.argument(0)) },
      },
    );
  },
};

interface DurationCalls {
  /** Functions that make a duration, and its milliseconds. */
  readonly made: Readonly<Record<string, () => number | undefined>>;
  /** Methods that read one, and the unit they give, as a name or as an argument says. */
  readonly read: Readonly<Record<string, string | (() => Value)>>;
}

/** A duration is a client whose options are its milliseconds, so that the method which reads it finds them. */
function durationCall({ path, form, instance, origin }: Pick<LibraryCall, "path" | "form" | "instance" | "origin">, calls: DurationCalls) {
  if (form === "new") return undefined;
  const name = path.join(".");
  const made = Object.hasOwn(calls.made, name) && !instance.made ? calls.made[name] : undefined;
  if (made) return { kind: "instance" as const, options: inUnit(made(), "milliseconds", origin), argument: 0 };
  const unit = Object.hasOwn(calls.read, name) && instance.made ? calls.read[name] : undefined;
  if (unit === undefined) return undefined;
  const value = inUnit(msOf(instance.options, "millisecond"), typeof unit === "string" ? unit : textOf(unit(), ""), origin);
  return { kind: "value" as const, value };
}

function textOf(value: Value, fallback: string): string {
  return value.kind === "primitive" && typeof value.value === "string" ? value.value : fallback;
}
