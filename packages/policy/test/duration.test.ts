import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { formatDuration, parseDuration } from "../src/index.ts";

describe("parseDuration", () => {
  it.each([
    ["300ms", 300],
    ["2s", 2_000],
    ["1.5s", 1_500],
    ["10m", 600_000],
    ["24h", 86_400_000],
    ["30d", 2_592_000_000],
    ["0s", 0],
  ])("reads %s as %d ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(["", "300", "ms", "-1s", "+1s", "1 s", " 1s", "1s\n", "1S", "1e3ms", ".5s", "1.s", "1.2.3s", "1w", "Infinityms"])(
    "refuses %j",
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});

describe("formatDuration", () => {
  it.each([
    [0, "0ms"],
    [300, "300ms"],
    [90_000, "90s"],
    [60_000, "1m"],
    [86_400_000, "1d"],
    [1_500, "1500ms"],
  ])("writes %d ms as %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it("is read back as the same length", () => {
    fc.assert(fc.property(fc.nat(), (ms) => parseDuration(formatDuration(ms)) === ms));
  });
});
