import type { LibraryDefinition } from "../library.ts";
import { inUnit, msOf, msOfParts } from "./duration.ts";

/** date-fns 2 to 4: `secondsToMilliseconds(5)`, `minutesToSeconds(1)`, `milliseconds({ seconds: 5 })` (date-fns@4.4.0 secondsToMilliseconds.js, milliseconds.js, measured). */
export const dateFns: LibraryDefinition = {
  name: "date-fns",
  packages: ["date-fns", "date-fns/*"],
  needsOthers: true,
  interpret({ path, form, argument, origin }) {
    const [name = "", ...rest] = path;
    if (form === "new" || rest.length > 0) return undefined;
    if (name === "milliseconds") return { kind: "value", value: inUnit(msOfParts(argument(0)), "milliseconds", origin) };
    const { from, to } =
      /^(?<from>milliseconds|seconds|minutes|hours)To(?<to>Milliseconds|Seconds|Minutes|Hours)$/u.exec(name)?.groups ?? {};
    if (from === undefined || to === undefined) return undefined;
    return { kind: "value", value: inUnit(msOf(argument(0), from), to, origin) };
  },
};
