import { parse } from "@lukeed/ms";
import { milliseconds, minutesToMilliseconds, secondsToMilliseconds } from "date-fns";
import dayjs from "dayjs";
import duration from "dayjs/plugin/duration.js";
import { Duration } from "luxon";
import ms from "ms";
import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";

import { callsOf } from "../calls/analyse-project.ts";

dayjs.extend(duration);

/** What the analysis reads from the code, beside what the library says it is. */
function read(imports: string, code: string): string {
  const [call] = callsOf({ "a.ts": `${imports}\nfetch("https://x.example/", { signal: AbortSignal.timeout(${code}) });` });
  return /(\S+) ms/u.exec(call ?? "")?.[1] ?? "nothing";
}

const text = (value: unknown) => String(value as number);

describe("durations (a changed fact belongs into src/calls/durations/)", () => {
  it.each(["5s", "100", "1.5h", "2 days", "1m", "10 minutes", "1w", "300ms"])("ms(%j)", (written) => {
    expect(read(`import ms from "ms";`, `ms("${written}")`)).toBe(text(ms(written as "5s")));
  });

  it.each(["5s", "1.5h", "1m", "300ms"])("parse(%j) of @lukeed/ms", (written) => {
    expect(read(`import { parse } from "@lukeed/ms";`, `parse("${written}")`)).toBe(text(parse(written)));
  });

  it("reads date-fns", () => {
    const imports = `import { milliseconds, minutesToMilliseconds, secondsToMilliseconds } from "date-fns";`;
    expect(read(imports, "secondsToMilliseconds(5)")).toBe(text(secondsToMilliseconds(5)));
    expect(read(imports, "minutesToMilliseconds(2)")).toBe(text(minutesToMilliseconds(2)));
    expect(read(imports, "milliseconds({ minutes: 1, seconds: 5 })")).toBe(text(milliseconds({ minutes: 1, seconds: 5 })));
  });

  it("reads luxon", () => {
    const imports = `import { Duration } from "luxon";`;
    expect(read(imports, "Duration.fromObject({ seconds: 5 }).toMillis()")).toBe(text(Duration.fromObject({ seconds: 5 }).toMillis()));
    expect(read(imports, `Duration.fromObject({ minutes: 1 }).as("milliseconds")`)).toBe(
      text(Duration.fromObject({ minutes: 1 }).as("milliseconds")),
    );
  });

  it("reads dayjs", () => {
    const imports = `import dayjs from "dayjs";`;
    expect(read(imports, `dayjs.duration(5, "seconds").asMilliseconds()`)).toBe(text(dayjs.duration(5, "seconds").asMilliseconds()));
    expect(read(imports, `dayjs.duration({ minutes: 2 }).asMilliseconds()`)).toBe(text(dayjs.duration({ minutes: 2 }).asMilliseconds()));
  });

  it("reads Temporal, whose durations of days and less have one length", () => {
    expect(read("", `Temporal.Duration.from({ seconds: 5 }).total("milliseconds")`)).toBe(
      text(Temporal.Duration.from({ seconds: 5 }).total("milliseconds")),
    );
    expect(
      read(`import { Temporal } from "temporal-polyfill";`, `Temporal.Duration.from({ minutes: 1 }).total({ unit: "milliseconds" })`),
    ).toBe(text(Temporal.Duration.from({ minutes: 1 }).total({ unit: "milliseconds" })));
  });

  it("knows nothing of a month, or of what is computed", () => {
    expect(read(`import { milliseconds } from "date-fns";`, "milliseconds({ months: 1 })")).toBe("nothing");
    expect(read(`import ms from "ms";`, "ms(process.env.TIMEOUT)")).toBe("nothing");
  });
});
