import { describe, expect, it } from "vitest";

import { documentOf, type RotationState, stateOf } from "../../src/protocol/state.ts";
import { sameDocument } from "../../src/protocol/write.ts";
import type { Document } from "../../src/roles.ts";
import { Secret } from "../../src/secret.ts";

const lease = { holder: { host: "here", pid: 42, machine: "m", run: "r" }, endsAtMs: 5_000 };
const begun = { rotation: "id", generation: 3, beganAtMs: 1_000, lease: undefined };
const values = {
  pending: { value: Secret.of("new"), fields: { username: Secret.of("app_b") }, notes: { began: Secret.of("then") } },
  previous: { value: Secret.of("old"), fields: { username: Secret.of("app_a") } },
};

const states: Record<string, RotationState> = {
  prepared: { ...begun, ...values, phase: "prepared", lease },
  "a first value": { ...begun, phase: "applied", pending: { value: Secret.of("new"), fields: {}, notes: {} }, previous: undefined },
  "a value that the other side chooses": { ...begun, phase: "prepared", pending: { fields: {}, notes: {} }, previous: undefined },
  overlap: { ...begun, ...values, phase: "overlap", promotedAtMs: 2_000, overlapEndsAtMs: 3_000 },
  retired: { ...begun, phase: "retired", promotedAtMs: 2_000, retiredAtMs: 4_000 },
  discarded: { ...begun, phase: "retired", promotedAtMs: undefined, retiredAtMs: 4_000 },
};

/** Every secret as its text, so that equality compares what is in it. */
function revealed(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, revealed(member)]));
}

describe("the state document", () => {
  it.each(Object.entries(states))("of %s reads back as it was", (_name, state) => {
    expect(revealed(stateOf(documentOf(state), "p"))).toEqual(revealed(state));
  });

  it.each(["retired", "discarded"])("of %s holds no value", (name) => {
    const fields = Object.keys(documentOf(states[name]!));
    expect(fields).toContain("retiredAtMs");
    expect(fields.filter((field) => field === "pending" || field === "previous")).toEqual([]);
  });

  const whole = documentOf(states["overlap"]!);
  const damages: Record<string, Document> = {
    "without its format": { ...whole, holdfast: 2 },
    "with an unknown phase": { ...whole, phase: Secret.of("promotid") },
    "without a rotation": { ...whole, rotation: null },
    "with a generation that is a text": { ...whole, generation: Secret.of("3") },
    "without the pending value": Object.fromEntries(Object.entries(whole).filter(([name]) => name !== "pending")),
    "without the end of the overlap": { ...whole, overlapEndsAtMs: Number.NaN },
    "with a holder that is a text": { ...whole, holder: Secret.of("me") },
    "that is empty": {},
  };
  it.each(Object.entries(damages))("%s is damaged, and says where it is and what to do", (_name, document) => {
    expect(() => stateOf(document, "payments/psp.holdfast")).toThrow(
      expect.objectContaining({ code: "damaged", message: expect.stringMatching(/payments\/psp\.holdfast.*Nothing was changed/su) }),
    );
  });
});

describe("two documents", () => {
  it("are the same when every field is, whatever the order", () => {
    expect(sameDocument({ a: 1, b: { c: Secret.of("x") } }, { b: { c: Secret.of("x") }, a: 1 })).toBe(true);
  });
  it.each<[string, Document, Document]>([
    ["a value differs", { a: Secret.of("x") }, { a: Secret.of("y") }],
    ["a field is missing", { a: 1, b: null }, { a: 1 }],
    ["a field is more", { a: 1 }, { a: 1, b: null }],
    ["a text stands where a number was", { a: 1 }, { a: Secret.of("1") }],
    ["a list stands where a map was", { a: ["x"].map(Secret.of) }, { a: { 0: Secret.of("x") } }],
    ["an entry of a list differs", { a: [1, 2] }, { a: [1, 3] }],
  ])("are not when %s", (_name, one, other) => {
    expect(sameDocument(one, other)).toBe(false);
    expect(sameDocument(other, one)).toBe(false);
  });
});
