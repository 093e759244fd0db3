import type { AuditRecord } from "@holdfast/audit";
import { describe, expect, it } from "vitest";

import { endingOf } from "../../src/protocol/abandoned.ts";
import { consumersOf } from "../../src/protocol/consumers.ts";
import type { RotationState } from "../../src/protocol/state.ts";
import type { Version } from "../../src/roles.ts";
import { Secret } from "../../src/secret.ts";

const begun = { rotation: "r2", generation: 2, beganAtMs: 1, lease: undefined };
const values = {
  pending: { value: Secret.of("new"), fields: {}, notes: {} },
  previous: { value: Secret.of("old"), fields: {} },
};
const verified: RotationState = { ...begun, ...values, phase: "verified" };
const retired: RotationState = { ...begun, phase: "retired", promotedAtMs: 1, retiredAtMs: 2 };
const document = (value: string) => consumersOf({ document: { value: Secret.of(value), generation: 1 }, version: "1" as Version }, "p");

function intent(action: string, more: Partial<AuditRecord> = {}): AuditRecord {
  const actor = { user: "u", host: "here", pid: 42 };
  return { sequence: 7, time: "", kind: "intent", actor, prev: "", action, rotation: "r2", generation: 2, ...more };
}

describe("the outcome a dead process still owes", () => {
  const verifiedBefore = { state: verified, consumers: document("old") };
  it.each([
    ["a step that the state has reached", intent("record", { phase: "applied" }), "done", "done"],
    ["a step that it has not reached", intent("record", { phase: "promoted" }), "failed", "unknown"],
    ["the beginning of this rotation", intent("prepare", { phase: "prepared" }), "done", "done"],
    ["the beginning of a rotation that never was", intent("prepare", { rotation: "r3", generation: 3 }), "failed", "unknown"],
    ["something of an earlier rotation", intent("record", { rotation: "r1", generation: 1, phase: "retired" }), "unknown", "unknown"],
    ["a change elsewhere that a later step proves", intent("apply"), "done", "done"],
    ["a promotion that consumers do not show", intent("promote"), "unknown", "unknown"],
    ["a revocation under way", intent("revoke"), "unknown", "unknown"],
    ["a renewal", intent("renew"), "unknown", "unknown"],
  ] as const)("of %s: %s", (_name, record, fenced, unfenced) => {
    expect(endingOf(record, verifiedBefore, "fenced")).toBe(fenced);
    expect(endingOf(record, verifiedBefore, "unfenced")).toBe(unfenced);
  });

  it("of a promotion that consumers show: done", () => {
    expect(endingOf(intent("promote"), { state: verified, consumers: document("new") }, "unfenced")).toBe("done");
  });

  it("of every step of a rotation that ended: done", () => {
    for (const action of ["prepare", "apply", "promote", "withdraw", "revoke"])
      expect(endingOf(intent(action), { state: retired, consumers: document("new") }, "unfenced")).toBe("done");
  });

  it("of a first rotation that left nothing in the store: failed only when it can no longer arrive", () => {
    const nothing = { state: undefined, consumers: consumersOf(undefined, "p") };
    expect(endingOf(intent("prepare", { generation: 1 }), nothing, "fenced")).toBe("failed");
    expect(endingOf(intent("prepare", { generation: 1 }), nothing, "unfenced")).toBe("unknown");
  });
});
