import fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";

import { RotationError } from "../../src/error.ts";
import { drive } from "../../src/protocol/drive.ts";
import { LEASE_MS } from "../../src/protocol/lease.ts";
import type { Runner } from "../../src/protocol/runner.ts";
import type { Credential, Rotator, Store } from "../../src/roles.ts";
import type { SecretOutcome } from "../../src/rotation.ts";
import { Secret } from "../../src/secret.ts";
import { createWorld, PATH, type World } from "./world.ts";

const DAY_MS = 86_400_000;

/** Stops a runner at one call until it is let go. */
function gate() {
  let open!: () => void;
  let reached!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const arrival = new Promise<void>((resolve) => (reached = resolve));
  return {
    open,
    arrival,
    async pass() {
      reached();
      await opened;
    },
  };
}

/** A runner whose step `step` waits at the gate, as if its process had been stopped. */
function pausedAfter(world: World, step: string): { outcome: Promise<SecretOutcome>; arrival: Promise<void>; open: () => void } {
  const door = gate();
  const outcome = world.drive("now", undefined, {
    onStep: async (told) => {
      if (told.step === step && told.when === "after") await door.pass();
    },
  });
  return { outcome, arrival: door.arrival, open: door.open };
}

describe("a second runner", () => {
  it("says who holds the rotation and until when, and changes nothing", async () => {
    const world = createWorld({ value: "old" });
    const first = pausedAfter(world, "apply");
    await first.arrival;
    const before = world.newest(`${PATH}.holdfast`)?.version;
    const second = await world.drive("force");
    expect(second).toMatchObject({ result: "busy", generation: 1, phase: "applied" });
    expect(second.note).toBe(`held by process 1 on here until ${new Date(world.nowMs + LEASE_MS).toISOString()} unless it is renewed`);
    expect(world.newest(`${PATH}.holdfast`)?.version).toBe(before);
    first.open();
    expect(await first.outcome).toMatchObject({ result: "rotated", phase: "retired" });
  });

  it("takes over when the lease has ended, and the first one writes nothing any more", async () => {
    const world = createWorld({ value: "old" });
    const first = pausedAfter(world, "verify");
    await first.arrival;
    world.nowMs += LEASE_MS;
    const second = await world.drive("finish");
    expect(second).toMatchObject({ result: "resumed", generation: 1, phase: "retired" });
    first.open();
    const late = await first.outcome;
    expect(late.error).toBeUndefined();
    expect(world.made).toEqual(["value-1"]);
    expect(world.text("value")).toBe("value-1");
    expect([...world.accepted]).toEqual(["value-1"]);
  });

  it("takes over at once when the holder is a dead process of this machine", async () => {
    const world = createWorld({ value: "old" });
    const dead = { host: "here", pid: 2 ** 22 + 1, machine: "m", run: "dead" };
    await world.drive("now", (call) => (call.kind === "verify" ? "crash-before" : undefined), { self: dead });
    expect(world.state()?.lease?.holder).toEqual(dead);
    const second = await world.drive("finish", undefined, { self: { host: "here", pid: process.pid, machine: "m", run: "alive" } });
    expect(second).toMatchObject({ result: "resumed", phase: "retired" });
  });

  it("waits for the lease of a dead process of another machine, which it cannot see", async () => {
    const world = createWorld({ value: "old" });
    const dead = { host: "there", pid: 2 ** 22 + 1, machine: "another", run: "dead" };
    await world.drive("now", (call) => (call.kind === "verify" ? "crash-before" : undefined), { self: dead });
    expect(await world.drive("finish")).toMatchObject({ result: "busy" });
    world.nowMs += LEASE_MS;
    expect(await world.drive("finish")).toMatchObject({ result: "resumed" });
  });

  it("can go on at once after a failure, because the first one let go of the rotation", async () => {
    const world = createWorld({ value: "old" });
    const first = await world.drive("now", (call) => (call.kind === "apply" ? "unreachable" : undefined));
    expect(first).toMatchObject({ result: "failed", phase: "prepared", error: { code: "unreachable", secret: "psp" } });
    expect(await world.drive("finish")).toMatchObject({ result: "resumed", generation: 1, phase: "retired" });
  });

  it("does not rotate again what another one rotated while it was looking", async () => {
    const world = createWorld({ value: "old" });
    const door = gate();
    const slow = world.runner();
    const outcome = world.drive("now", undefined, {
      rotator: { ...slow.rotator, prepare: async (context) => (await door.pass(), slow.rotator.prepare(context)) },
    });
    await door.arrival;
    expect(await world.drive("now")).toMatchObject({ result: "rotated", generation: 1 });
    door.open();
    expect(await outcome).toMatchObject({
      result: "skipped",
      note: "another runner rotated it meanwhile; nothing is unfinished",
      generation: 1,
    });
    expect(world.text("value")).toBe("value-1");
  });
});

describe("two runners in any interleaving of their calls", () => {
  it.each([0, DAY_MS])("rotate once, lose nothing and end at rest (overlap %d ms)", async (overlapMs) => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.constantFrom("old", undefined), async (scheduler, value) => {
        const world = createWorld({ ...(value && { value }), terms: { overlapMs } });
        world.nowMs += 31 * DAY_MS;
        world.check(() => {
          const current = world.text("value");
          if (current !== undefined) expect(world.accepted).toContain(current);
        });
        const outcomes = Promise.all([scheduled(world, scheduler), scheduled(world, scheduler)]);
        await scheduler.waitFor(outcomes);
        const results = (await outcomes).map(({ result, error }) => (error ? error.message : result));
        expect(results.filter((result) => result === "rotated" || result === "resumed")).toHaveLength(1);
        expect(results.filter((result) => result === "busy" || result === "skipped")).toHaveLength(1);
        expect(world.newest(PATH)?.document["generation"]).toBe(1);
        world.nowMs += overlapMs + 1;
        await world.drive("finish");
        expect([...world.accepted]).toEqual([world.text("value")]);
        expect(world.state()?.phase).toBe("retired");
      }),
      { numRuns: 400 },
    );
  });

  function scheduled(world: World, scheduler: fc.Scheduler): Promise<SecretOutcome> {
    const runner = world.runner();
    const turn = <Arguments extends unknown[], Result>(work: (...args: Arguments) => Promise<Result>) => scheduler.scheduleFunction(work);
    const store: Store = { ...runner.store, read: turn(runner.store.read), write: turn(runner.store.write) };
    const rotator = { ...runner.rotator, apply: turn(runner.rotator.apply), retire: turn(runner.rotator.retire) };
    return world.drive("when-due", undefined, { store, rotator });
  }
});

describe("a step that takes longer than the lease", () => {
  function slowly(world: World): { runner: Partial<Runner>; door: ReturnType<typeof gate> } {
    const door = gate();
    const { rotator } = world.runner();
    return { door, runner: { rotator: { ...rotator, apply: async (...args) => (await door.pass(), rotator.apply(...args)) } } };
  }

  it("keeps the rotation by renewing the lease", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const world = createWorld({ value: "old" });
    const { runner, door } = slowly(world);
    const outcome = world.drive("now", undefined, runner);
    await door.arrival;
    for (let third = 0; third < 9; third += 1) {
      world.nowMs += LEASE_MS / 3;
      await vi.advanceTimersByTimeAsync(LEASE_MS / 3);
      expect(world.state()?.lease?.endsAtMs).toBe(world.nowMs + LEASE_MS);
      expect(await world.drive("finish")).toMatchObject({ result: "busy" });
    }
    door.open();
    expect(await outcome).toMatchObject({ result: "rotated", phase: "retired" });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("writes nothing after losing it, and tells who has it", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const world = createWorld({ value: "old" });
    const { runner, door } = slowly(world);
    const outcome = world.drive("now", undefined, runner);
    await door.arrival;
    // The machine slept: time went on, no timer fired, and somebody else went on from there.
    world.nowMs += LEASE_MS + 1;
    const other = pausedAfter(world, "apply");
    await other.arrival;
    await vi.advanceTimersByTimeAsync(LEASE_MS / 3);
    door.open();
    expect(await outcome).toMatchObject({ result: "busy", phase: "applied" });
    other.open();
    expect(await other.outcome).toMatchObject({ result: "resumed", phase: "retired" });
  });
});

describe("a change by somebody else during a rotation", () => {
  it("keeps fields that other programs put beside the value, also those written in the middle", async () => {
    const world = createWorld({ value: "old" });
    await world.drive("now", undefined, {
      onStep: ({ step, when }) => {
        if (step === "promote" && when === "before")
          world.put(PATH, { value: "old", note: "kept by another program", owner: "payments", port: 5432 });
      },
    });
    expect(world.text("value")).toBe("value-1");
    expect(world.text("note")).toBe("kept by another program");
    expect(world.text("owner")).toBe("payments");
    expect(world.newest(PATH)?.document["port"]).toBe(5432);
  });

  it.each(["prepare", "apply", "verify"] as const)(
    "stops after %s when the value was changed by hand, and overwrites nothing",
    async (at) => {
      const world = createWorld({ value: "old" });
      world.accepted.add("by hand");
      const outcome = await world.drive("now", undefined, {
        onStep: ({ step, when }) => {
          if (step === at && when === "after") world.put(PATH, { value: "by hand" });
        },
      });
      expect(outcome).toMatchObject({ result: "failed", error: { code: "conflict" } });
      expect(outcome.error?.message).toMatch(/changed by somebody else.*left as it is.*--force/su);
      expect(world.text("value")).toBe("by hand");
      // Not even later, and not by another runner.
      expect(await world.drive("finish")).toMatchObject({ result: "failed", error: { code: "conflict" } });
      expect(world.text("value")).toBe("by hand");
    },
  );

  it("goes on from the value set by hand when forced, and revokes the candidate it gives up", async () => {
    const world = createWorld({ value: "old", terms: { overlapMs: DAY_MS } });
    world.accepted.add("by hand");
    await world.drive("now", undefined, {
      onStep: ({ step, when }) => {
        if (step === "apply" && when === "after") world.put(PATH, { value: "by hand" });
      },
    });
    const forced = await world.drive("force");
    expect(forced).toMatchObject({ result: "rotated", generation: 2, phase: "overlap" });
    expect(forced.note).toMatch(/^gave up generation 1/u);
    expect(world.text("value")).toBe("value-2");
    expect(world.text("previous")).toBe("by hand");
    expect(world.accepted).not.toContain("value-1");
  });

  it("does not revoke the previous value when somebody put it back during the overlap", async () => {
    const world = createWorld({ value: "old", terms: { overlapMs: DAY_MS } });
    await world.drive("now");
    world.put(PATH, { value: "old" });
    world.nowMs += DAY_MS;
    expect(await world.drive("finish")).toMatchObject({ result: "failed", phase: "overlap", error: { code: "conflict" } });
    expect(world.accepted).toContain("old");
    expect(await world.drive("force")).toMatchObject({ result: "rotated", generation: 2 });
    expect(world.text("value")).toBe("value-2");
    expect([...world.accepted].sort()).toEqual(["old", "value-2"]);
  });

  it("revokes nothing on a stale read, not even when forced", async () => {
    const world = createWorld({ value: "old", terms: { overlapMs: DAY_MS } });
    await world.drive("now");
    world.check(() => expect(world.accepted).toContain(world.text("value")));
    await world.drive("force", (call) => (call.kind === "read" && call.path === PATH ? "stale" : undefined));
    expect(world.accepted).toContain(world.text("value"));
  });
});

describe("a candidate that is refused", () => {
  it("never becomes the value in use, and stops there", async () => {
    const world = createWorld({ value: "old" });
    world.refuses = () => true;
    const outcome = await world.drive("now");
    expect(outcome).toMatchObject({ result: "failed", phase: "applied", error: { code: "refused" } });
    expect(world.text("value")).toBe("old");
    expect(world.accepted).toContain("old");
  });

  it("is tried again by resume", async () => {
    const world = createWorld({ value: "old" });
    world.refuses = () => true;
    await world.drive("now");
    world.refuses = () => false;
    expect(await world.drive("finish")).toMatchObject({ result: "resumed", phase: "retired" });
    expect(world.text("value")).toBe("value-1");
  });

  it("is given up when forced, and another one takes its place", async () => {
    const world = createWorld({ value: "old" });
    world.refuses = (value) => value === "value-1";
    await world.drive("now");
    expect(await world.drive("force")).toMatchObject({ result: "rotated", generation: 2, phase: "retired" });
    expect([...world.accepted]).toEqual(["value-2"]);
  });
});

describe("the overlap", () => {
  it("keeps both values until its end by the store's clock, then revokes the previous one", async () => {
    const world = createWorld({ value: "old", terms: { overlapMs: DAY_MS } });
    const rotated = await world.drive("now");
    expect(rotated).toMatchObject({
      result: "rotated",
      phase: "overlap",
      note: `the previous value stays valid until ${new Date(world.nowMs + DAY_MS).toISOString()}`,
    });
    expect([world.text("value"), world.text("previous")]).toEqual(["value-1", "old"]);
    world.nowMs += DAY_MS - 1;
    expect(await world.drive("finish")).toMatchObject({
      result: "skipped",
      phase: "overlap",
      note: `the previous value stays valid until ${new Date(world.nowMs + 1).toISOString()}`,
    });
    expect(await world.drive("now")).toMatchObject({ result: "skipped", phase: "overlap" });
    expect(world.accepted).toContain("old");
    world.nowMs += 1;
    expect(await world.drive("finish")).toMatchObject({ result: "retired", phase: "retired", generation: 1 });
    expect(world.text("previous")).toBeUndefined();
    expect([...world.accepted]).toEqual(["value-1"]);
  });

  it("is ended early by force", async () => {
    const world = createWorld({ value: "old", terms: { overlapMs: DAY_MS } });
    await world.drive("now");
    expect(await world.drive("force")).toMatchObject({ result: "rotated", generation: 2, phase: "overlap" });
    expect([...world.accepted].sort()).toEqual(["value-1", "value-2"]);
  });

  it("does not exist for a rotator that cannot keep two values, nor for a first value", async () => {
    const single = createWorld({ value: "old", terms: { overlapMs: DAY_MS }, overlaps: false });
    expect(await single.drive("now")).toMatchObject({ phase: "retired" });
    const fresh = createWorld({ terms: { overlapMs: DAY_MS } });
    expect(await fresh.drive("when-due")).toMatchObject({ result: "rotated", phase: "retired", generation: 1 });
  });

  it("is the one the policy had when the value was promoted", async () => {
    const world = createWorld({ value: "old", terms: { overlapMs: DAY_MS } });
    await world.drive("now");
    world.nowMs += 1_000;
    expect(await world.drive("finish", undefined, { terms: { everyMs: undefined, overlapMs: 0 } })).toMatchObject({
      result: "skipped",
      phase: "overlap",
    });
  });

  it("is followed by the next rotation in the same run when that is due", async () => {
    const world = createWorld({ value: "old", terms: { overlapMs: DAY_MS } });
    await world.drive("now");
    world.nowMs += 31 * DAY_MS;
    expect(await world.drive("when-due")).toMatchObject({ result: "rotated", generation: 2, phase: "overlap" });
    expect([...world.accepted].sort()).toEqual(["value-1", "value-2"]);
  });
});

describe("stopping by signal", () => {
  it.each(["prepare", "apply", "verify", "promote"] as const)("ends after %s, unfinished, and resume goes on from there", async (at) => {
    const world = createWorld({ value: "old" });
    const controller = new AbortController();
    const outcome = await world.drive("now", undefined, {
      signal: controller.signal,
      onStep: ({ step, when }) => {
        if (step === at && when === "after") controller.abort();
      },
    });
    expect(outcome).toMatchObject({ result: "failed", error: { code: "unfinished" } });
    expect(world.state()?.lease).toBeUndefined();
    expect(await world.drive("finish")).toMatchObject({ result: "resumed", generation: 1, phase: "retired" });
  });

  it("changes nothing when it comes before the beginning", async () => {
    const world = createWorld({ value: "old" });
    expect(await world.drive("now", undefined, { signal: AbortSignal.abort() })).toMatchObject({
      result: "failed",
      error: { code: "aborted" },
    });
    expect(world.state()).toBeUndefined();
  });
});

describe("what is announced", () => {
  it("has every change between an intent and its outcome", async () => {
    const world = createWorld({ value: "old" });
    const seen: string[] = [];
    world.check(() => seen.push(world.audit.at(-1)!.endings.length === 0 ? "announced" : "unannounced"));
    await world.drive("now");
    expect(new Set(seen)).toEqual(new Set(["announced"]));
    expect(world.audit.every(({ endings }) => endings.length === 1 && endings[0]!.result === "done")).toBe(true);
    expect(world.audit.map(({ facts }) => facts.action)).toEqual([
      "prepare",
      "apply",
      "record",
      "record",
      "promote",
      "record",
      "revoke",
      "record",
    ]);
  });

  it("calls a lost answer what reading back shows it to be", async () => {
    const world = createWorld({ value: "old" });
    await world.drive("now", (call) => (call.kind === "write" && call.path === PATH ? "lost" : undefined));
    expect(world.audit.filter(({ facts }) => facts.action === "promote").map(({ endings }) => endings)).toEqual([[{ result: "done" }]]);
  });

  it("calls a lost answer unknown when the store shows nothing of it, and writes again", async () => {
    const world = createWorld({ value: "old" });
    let dropped = false;
    await world.drive("now", (call) => {
      if (dropped || call.kind !== "write" || call.path !== PATH) return undefined;
      dropped = true;
      return "dropped";
    });
    const endings = world.audit.filter(({ facts }) => facts.action === "promote").flatMap(({ endings }) => endings);
    expect(endings).toEqual([{ result: "unknown", error: "unknown-outcome" }, { result: "done" }]);
    expect(world.text("value")).toBe("value-1");
  });

  it("tells each boundary of a phase once and in order", async () => {
    const world = createWorld({ value: "old", terms: { overlapMs: DAY_MS } });
    const told: string[] = [];
    const onStep: Runner["onStep"] = ({ step, when }) => void told.push(`${when} ${step}`);
    await world.drive("now", undefined, { onStep });
    world.nowMs += DAY_MS;
    await world.drive("finish", undefined, { onStep });
    expect(told).toEqual(
      ["prepare", "apply", "verify", "promote", "overlap", "retire"].flatMap((step) => [`before ${step}`, `after ${step}`]),
    );
  });
});

describe("an error of the rotator", () => {
  it("is not passed on when it was not made for people, because it could hold a value", async () => {
    const world = createWorld({ value: "old" });
    const { rotator } = world.runner();
    const outcome = await world.drive("now", undefined, {
      rotator: { ...rotator, apply: async ({ value }) => Promise.reject(new Error(`login failed with ${value?.reveal()}`)) },
    });
    expect(outcome.error).toBeInstanceOf(RotationError);
    expect(JSON.stringify(outcome) + outcome.error?.stack).not.toContain("value-1");
    expect(outcome.error?.cause).toBeUndefined();
  });
});

describe("a credential of several fields", () => {
  it("changes as a whole; the previous one is kept whole during the overlap and taken out after it", async () => {
    const world = createWorld({ value: "old", terms: { overlapMs: DAY_MS } });
    world.put(PATH, { value: "old", username: "app_a", note: "kept by another program" });
    const { rotator } = world.runner();
    const retired: Credential[] = [];
    const withUser: Rotator = {
      ...rotator,
      fields: ["username"],
      prepare: async (context) => ({ ...(await rotator.prepare(context)), fields: { username: Secret.of("app_b") } }),
      retire: async (previous, context) => {
        retired.push(previous);
        await rotator.retire(previous, context);
      },
    };
    await world.drive("now", undefined, { rotator: withUser });
    expect(["username", "previous", "previous_username", "note"].map(world.text)).toEqual([
      "app_b",
      "old",
      "app_a",
      "kept by another program",
    ]);
    world.nowMs += DAY_MS;
    await world.drive("finish", undefined, { rotator: withUser });
    expect(["username", "previous", "previous_username"].map(world.text)).toEqual(["app_b", undefined, undefined]);
    expect(retired.map(({ fields }) => fields["username"]?.reveal())).toEqual(["app_a"]);
  });

  it("may not have a name that Holdfast uses itself", async () => {
    const world = createWorld({ value: "old" });
    const { rotator } = world.runner();
    const prepare = async () => ({ value: Secret.of("new"), fields: { previous_value: Secret.of("x") } });
    const outcome = await world.drive("now", undefined, { rotator: { ...rotator, prepare } });
    expect(outcome.error).toMatchObject({ code: "invalid", message: expect.stringContaining('"previous_value"') });
    expect(world.text("value")).toBe("old");
  });
});

describe("a value that the other side chooses", () => {
  /** Gives out a value once a rotation; asked again for the same one, it gives the same. */
  function chooser(rotator: Rotator, given: Map<string, string>): Rotator {
    return {
      ...rotator,
      prepare: async () => ({ notes: { asked: Secret.of("once") } }),
      apply: async (pending, context) => {
        const value = given.get(context.rotation) ?? `chosen-${given.size + 1}`;
        given.set(context.rotation, value);
        await rotator.apply({ ...pending, value: Secret.of(value) }, context);
        return { value: Secret.of(value), fields: {} };
      },
    };
  }

  it("is stored before anything else happens to it, whichever call is the last of a process", async () => {
    for (let last = 0; last < 40; last += 1) {
      const world = createWorld({ value: "old" });
      const given = new Map<string, string>();
      const plan = (_call: unknown, index: number) => (index === last ? ("crash-after" as const) : undefined);
      const once = world.runner(plan);
      await drive({ ...once, rotator: chooser(once.rotator, given) }, "now");
      world.nowMs += 120_000;
      const again = world.runner();
      await drive({ ...again, rotator: chooser(again.rotator, given) }, "when-due");
      expect([...world.accepted], `after call ${last}`).toEqual([world.text("value")]);
      expect(given.size).toBeLessThanOrEqual(1);
    }
  });

  it("knows whether it may have been asked for before", async () => {
    const world = createWorld({ value: "old" });
    const repeated: boolean[] = [];
    const noting = (rotator: Rotator): Rotator => ({
      ...rotator,
      apply: (pending, context) => {
        repeated.push(context.repeated);
        return rotator.apply(pending, context);
      },
    });
    const first = world.runner((call) => (call.kind === "apply" ? "crash-before" : undefined));
    await drive({ ...first, rotator: noting(first.rotator) }, "now");
    world.nowMs += 120_000;
    const second = world.runner();
    await drive({ ...second, rotator: noting(second.rotator) }, "finish");
    expect(repeated).toEqual([false, true]);
  });
});
