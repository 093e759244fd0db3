import { describe, expect, it } from "vitest";

import { consumersOf } from "../../src/protocol/consumers.ts";
import { decide, type Decision, type Observation, type Request } from "../../src/protocol/decide.ts";
import type { RotationState } from "../../src/protocol/state.ts";
import type { Version } from "../../src/roles.ts";
import { Secret } from "../../src/secret.ts";

const NOW = 1_000_000;
const DAY = 86_400_000;
const terms = { everyMs: 30 * DAY, overlapMs: DAY };
const begun = { rotation: "r2", generation: 2, beganAtMs: 1, lease: undefined };
const values = {
  pending: { value: Secret.of("new"), fields: {}, notes: {} },
  previous: { value: Secret.of("old"), fields: {} },
};
const requests: readonly Request[] = ["finish", "when-due", "now", "force"];

const states = {
  none: undefined,
  prepared: { ...begun, ...values, phase: "prepared" },
  applied: { ...begun, ...values, phase: "applied" },
  verified: { ...begun, ...values, phase: "verified" },
  promoted: { ...begun, ...values, phase: "promoted", promotedAtMs: NOW - 5, overlapEndsAtMs: NOW + DAY },
  "promoted, no overlap": { ...begun, ...values, phase: "promoted", promotedAtMs: NOW - 5, overlapEndsAtMs: NOW - 5 },
  overlap: { ...begun, ...values, phase: "overlap", promotedAtMs: NOW - 5, overlapEndsAtMs: NOW + DAY },
  "overlap, over": { ...begun, ...values, phase: "overlap", promotedAtMs: NOW - 2 * DAY, overlapEndsAtMs: NOW - DAY },
  "retired, fresh": { ...begun, phase: "retired", promotedAtMs: NOW - DAY, retiredAtMs: NOW },
  "retired, old": { ...begun, phase: "retired", promotedAtMs: NOW - 31 * DAY, retiredAtMs: NOW },
} satisfies Record<string, RotationState | undefined>;

/** What programs may have made of the consumers' document. */
const documents = {
  missing: undefined,
  unchanged: { value: Secret.of("old"), generation: 1, rotation: Secret.of("r1") },
  promoted: { value: Secret.of("new"), previous: Secret.of("old"), generation: 2, rotation: Secret.of("r2") },
  "promoted, withdrawn": { value: Secret.of("new"), generation: 2, rotation: Secret.of("r2") },
  "set by hand": { value: Secret.of("by hand") },
  "put back by hand": { value: Secret.of("old"), generation: 2, rotation: Secret.of("r2") },
};

function seen(state: keyof typeof states, document: keyof typeof documents, more: Partial<Observation> = {}): Observation {
  const found = documents[document];
  return {
    nowMs: NOW,
    state: states[state],
    stateVersion: "s1" as Version,
    consumers: consumersOf(found && { document: found, version: "c1" as Version }, "p"),
    lease: "mine",
    candidate: "untried",
    ...more,
  };
}

function says(decision: Decision): string {
  switch (decision.act) {
    case "nothing":
      return `nothing: ${decision.idle.reason}`;
    case "stop":
      return `stop: ${decision.because}`;
    default:
      return decision.act;
  }
}

const stop = "stop: changed-by-hand";
type Row = [finish: string, whenDue: string, now: string, force: string];
const same = (act: string): Row => [act, act, act, act];

const table: { [State in keyof typeof states]: { [Doc in keyof typeof documents]: Row } } = {
  none: {
    missing: ["nothing: finished", "prepare", "prepare", "prepare"],
    unchanged: ["nothing: finished", "prepare", "prepare", "prepare"],
    promoted: ["nothing: finished", "prepare", "prepare", "prepare"],
    "promoted, withdrawn": ["nothing: finished", "prepare", "prepare", "prepare"],
    "set by hand": ["nothing: finished", "prepare", "prepare", "prepare"],
    "put back by hand": ["nothing: finished", "prepare", "prepare", "prepare"],
  },
  prepared: {
    missing: [stop, stop, stop, "discard"],
    unchanged: same("apply"),
    promoted: same("apply"),
    "promoted, withdrawn": same("apply"),
    "set by hand": [stop, stop, stop, "discard"],
    "put back by hand": [stop, stop, stop, "discard"],
  },
  applied: {
    missing: [stop, stop, stop, "discard"],
    unchanged: same("verify"),
    promoted: same("verify"),
    "promoted, withdrawn": same("verify"),
    "set by hand": [stop, stop, stop, "discard"],
    "put back by hand": [stop, stop, stop, "discard"],
  },
  verified: {
    missing: [stop, stop, stop, "discard"],
    unchanged: same("promote"),
    promoted: same("record-promoted"),
    "promoted, withdrawn": same("record-promoted"),
    "set by hand": [stop, stop, stop, "discard"],
    "put back by hand": [stop, stop, stop, "discard"],
  },
  promoted: {
    missing: [stop, stop, stop, "discard"],
    unchanged: [stop, stop, stop, "discard"],
    promoted: same("overlap"),
    "promoted, withdrawn": same("overlap"),
    "set by hand": [stop, stop, stop, "discard"],
    "put back by hand": [stop, stop, stop, "discard"],
  },
  "promoted, no overlap": {
    missing: [stop, stop, stop, "discard"],
    unchanged: [stop, stop, stop, "discard"],
    promoted: same("withdraw"),
    "promoted, withdrawn": same("revoke"),
    "set by hand": [stop, stop, stop, "discard"],
    "put back by hand": [stop, stop, stop, "discard"],
  },
  overlap: {
    missing: ["nothing: overlap", "nothing: overlap", "nothing: overlap", "discard"],
    unchanged: ["nothing: overlap", "nothing: overlap", "nothing: overlap", "discard"],
    promoted: ["nothing: overlap", "nothing: overlap", "nothing: overlap", "withdraw"],
    "promoted, withdrawn": ["nothing: overlap", "nothing: overlap", "nothing: overlap", "revoke"],
    "set by hand": ["nothing: overlap", "nothing: overlap", "nothing: overlap", "discard"],
    "put back by hand": ["nothing: overlap", "nothing: overlap", "nothing: overlap", "discard"],
  },
  "overlap, over": {
    missing: [stop, stop, stop, "discard"],
    unchanged: [stop, stop, stop, "discard"],
    promoted: same("withdraw"),
    "promoted, withdrawn": same("revoke"),
    "set by hand": [stop, stop, stop, "discard"],
    "put back by hand": [stop, stop, stop, "discard"],
  },
  "retired, fresh": {
    missing: ["nothing: finished", "prepare", "prepare", "prepare"],
    unchanged: ["nothing: finished", "nothing: fresh", "prepare", "prepare"],
    promoted: ["nothing: finished", "nothing: fresh", "prepare", "prepare"],
    "promoted, withdrawn": ["nothing: finished", "nothing: fresh", "prepare", "prepare"],
    "set by hand": ["nothing: finished", "nothing: fresh", "prepare", "prepare"],
    "put back by hand": ["nothing: finished", "nothing: fresh", "prepare", "prepare"],
  },
  "retired, old": {
    missing: ["nothing: finished", "prepare", "prepare", "prepare"],
    unchanged: ["nothing: finished", "prepare", "prepare", "prepare"],
    promoted: ["nothing: finished", "prepare", "prepare", "prepare"],
    "promoted, withdrawn": ["nothing: finished", "prepare", "prepare", "prepare"],
    "set by hand": ["nothing: finished", "prepare", "prepare", "prepare"],
    "put back by hand": ["nothing: finished", "prepare", "prepare", "prepare"],
  },
};

const rows = Object.entries(table).flatMap(([state, byDocument]) =>
  Object.entries(byDocument).flatMap(([document, row]) =>
    requests.map((request, index) => [state as keyof typeof states, document as keyof typeof documents, request, row[index]!] as const),
  ),
);

describe("with the lease in hand", () => {
  it.each(rows)("state %s, consumers' document %s, asked to %s: %s", (state, document, request, expected) => {
    expect(says(decide(request, terms, seen(state, document)))).toBe(expected);
  });
});

describe("without the lease", () => {
  it.each(rows)("state %s, consumers' document %s, asked to %s: claims it before any change (%s)", (state, document, request, expected) => {
    const idle = expected.startsWith("nothing") || expected.startsWith("stop") || expected === "prepare";
    expect(says(decide(request, terms, seen(state, document, { lease: "free" })))).toBe(idle ? expected : "claim");
  });

  it.each(["prepared", "applied", "verified", "promoted"] as const)(
    "is busy in the phase %s while another runner holds it, whatever is asked",
    (state) => {
      const holder = { host: "other", pid: 7, machine: "", run: "x" };
      const held = { ...states[state], lease: { holder, endsAtMs: NOW + 1 } };
      for (const request of requests)
        for (const document of Object.keys(documents) as (keyof typeof documents)[])
          expect(decide(request, terms, { ...seen(state, document), state: held, lease: "theirs" })).toEqual({
            act: "busy",
            lease: held.lease,
          });
    },
  );
});

describe("with a candidate that was refused", () => {
  it.each(["applied", "verified"] as const)("stops in the phase %s, and gives it up only when forced", (state) => {
    const refused = { candidate: "refused" } as const;
    for (const request of ["finish", "when-due", "now"] as const)
      expect(says(decide(request, terms, seen(state, "unchanged", refused)))).toBe("stop: refused");
    expect(says(decide("force", terms, seen(state, "unchanged", refused)))).toBe("discard");
  });
});

describe("when the clock of the store goes back", () => {
  it("still retires at once what has no overlap", () => {
    expect(says(decide("finish", terms, seen("promoted, no overlap", "promoted", { nowMs: NOW - 6 })))).toBe("withdraw");
  });
});

describe("when a rotation is due", () => {
  const asked = (everyMs: number | undefined, state: keyof typeof states, document: keyof typeof documents) =>
    says(decide("when-due", { ...terms, everyMs }, seen(state, document)));

  it("is due in the very millisecond its age reaches the maximum, not one before", () => {
    expect(asked(DAY, "retired, fresh", "promoted")).toBe("prepare");
    expect(asked(DAY + 1, "retired, fresh", "promoted")).toBe("nothing: fresh");
  });

  it("is never due without a maximum age, unless there is no value yet", () => {
    expect(asked(undefined, "retired, old", "promoted")).toBe("nothing: manual");
    expect(asked(undefined, "none", "missing")).toBe("prepare");
  });

  it("is due when nothing tells the age of the value", () => {
    expect(asked(365 * DAY, "none", "set by hand")).toBe("prepare");
  });

  it("takes a value written over since the last rotation for as old as that write", () => {
    const observation = seen("retired, old", "set by hand");
    const consumers = { ...observation.consumers, writtenAtMs: NOW - DAY };
    expect(says(decide("when-due", terms, { ...observation, consumers }))).toBe("nothing: fresh");
  });
});
