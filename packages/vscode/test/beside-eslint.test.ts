import { describe, expect, it } from "vitest";

import { reportedByEslint } from "../src/server/beside-eslint.ts";

describe("beside the ESLint extension", () => {
  const theirs = { source: "eslint", code: "holdfast/max-retries", line: 4 };

  it("a problem of the same rule on the same line is shown once", () => {
    expect(reportedByEslint([theirs])({ source: "holdfast", code: "max-retries", line: 4 })).toBe(true);
  });

  it.each([
    ["another rule", { source: "holdfast", code: "max-timeout", line: 4 }],
    ["another line", { source: "holdfast", code: "max-retries", line: 5 }],
  ])("%s stays", (_, ours) => {
    expect(reportedByEslint([theirs])(ours)).toBe(false);
  });

  it("other tools and ESLint's own rules of the same name do not count", () => {
    const others = [
      { source: "ts", code: "max-retries", line: 4 },
      { source: "eslint", code: "max-retries", line: 4 },
      { source: undefined, code: "holdfast/max-retries", line: 4 },
    ];
    expect(reportedByEslint(others)({ source: "holdfast", code: "max-retries", line: 4 })).toBe(false);
  });
});
