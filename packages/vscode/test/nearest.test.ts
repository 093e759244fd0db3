import { describe, expect, it } from "vitest";

import { nearestFirst } from "../src/policy/nearest.ts";

describe("which policy a command works with", () => {
  const policies = ["/app/services/pay/holdfast.yaml", "/app/holdfast.yaml", "/app/services/mail/holdfast.yaml"];

  it("is first the nearest one above the open file", () => {
    expect(nearestFirst(policies, "/app/services/pay/src/a.ts")).toEqual([
      "/app/services/pay/holdfast.yaml",
      "/app/holdfast.yaml",
      "/app/services/mail/holdfast.yaml",
    ]);
  });

  it("is the one nearest to the root when no file is open, or one elsewhere", () => {
    expect(nearestFirst(policies, undefined)[0]).toBe("/app/holdfast.yaml");
    expect(nearestFirst(policies, "/elsewhere/a.ts")[0]).toBe("/app/holdfast.yaml");
  });
});
