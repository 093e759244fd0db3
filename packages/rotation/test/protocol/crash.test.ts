import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Request } from "../../src/protocol/decide.ts";
import { LEASE_MS } from "../../src/protocol/lease.ts";
import { createWorld, type Fault, PATH, type World } from "./world.ts";

const DAY_MS = 86_400_000;
const faults: readonly Fault[] = ["lost", "dropped", "late", "stale", "unreachable", "crash-before", "crash-after"];
const terms = { none: { overlapMs: 0 }, "a day": { overlapMs: DAY_MS } };

/** What must be true after every single change of the world. */
function watch(world: World, first: string | undefined): void {
  let had = first !== undefined;
  world.check(() => {
    const value = world.text("value");
    if (had) expect(value, "the value in use was lost").toBeDefined();
    had ||= value !== undefined;
    if (value !== undefined) expect(world.accepted, "the value in use is not accepted").toContain(value);
    if (value !== undefined) expect([first, ...world.made], "the value in use comes from nowhere").toContain(value);
    const previous = world.text("previous");
    if (previous !== undefined) expect(world.accepted, "consumers are told of a value that is revoked").toContain(previous);
    expect(world.accepted.size, "more than the value in use and one beside it are accepted").toBeLessThanOrEqual(2);
  });
}

/** Three runs without faults: a write that arrives late may begin a rotation after the first one looked, and its overlap has to pass. */
async function finish(world: World): Promise<void> {
  for (let time = 0; time < 3; time += 1) {
    world.nowMs += LEASE_MS + world.terms.overlapMs + 1;
    expect((await world.drive("finish")).error).toBeUndefined();
  }
}

function expectAtRest(world: World): void {
  const value = world.text("value");
  const state = world.state();
  expect([undefined, "retired"]).toContain(state?.phase);
  expect(JSON.stringify(Object.keys(world.newest(`${PATH}.holdfast`)?.document ?? {}))).not.toMatch(/pending|previous/u);
  expect(world.text("previous")).toBeUndefined();
  expect([...world.accepted]).toEqual(value === undefined ? [] : [value]);
  if (state) expect(world.newest(PATH)?.document["generation"]).toBe(state.generation);
}

describe("a single fault at any call", () => {
  for (const [overlap, { overlapMs }] of Object.entries(terms)) {
    for (const value of ["old", undefined]) {
      for (const fault of faults) {
        it(`${fault}: the value is old or new and never lost; resume finishes (overlap: ${overlap}, ${value ?? "no value yet"})`, async () => {
          const reference = createWorld({ ...(value && { value }), terms: { overlapMs } });
          await reference.drive("now");
          const calls = reference.calls;
          expect(calls).toBeGreaterThan(15);
          for (let at = 0; at < calls; at += 1) {
            const world = createWorld({ ...(value && { value }), terms: { overlapMs } });
            watch(world, value);
            await world.drive("now", (_call, index) => (index === at ? fault : undefined));
            await finish(world);
            expectAtRest(world);
            expect(world.made.length).toBeLessThanOrEqual(1 + Number(fault === "stale"));
          }
        });
      }
    }
  }
});

const run = fc.record({
  request: fc.constantFrom<Request>("finish", "when-due", "now"),
  faults: fc.array(fc.record({ at: fc.nat(40), fault: fc.constantFrom(...faults) }), { maxLength: 4 }),
  laterMs: fc.constantFrom(0, 1_000, LEASE_MS + 1, DAY_MS + 1, 31 * DAY_MS),
});

describe("any sequence of runs with any faults", () => {
  it("never loses the value in use and ends with exactly one accepted value", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(0, DAY_MS),
        fc.constantFrom("old", undefined),
        fc.array(run, { minLength: 1, maxLength: 6 }),
        async (overlapMs, value, runs) => {
          const world = createWorld({ ...(value && { value }), terms: { overlapMs } });
          watch(world, value);
          for (const { request, faults, laterMs } of runs) {
            await world.drive(request, (_call, index) => faults.find(({ at }) => at === index)?.fault);
            world.nowMs += laterMs;
          }
          await finish(world);
          expectAtRest(world);
        },
      ),
      { numRuns: 1_500 },
    );
  });
});

const forcedRun = fc.record({
  request: fc.constantFrom<Request>("finish", "when-due", "now", "force"),
  faults: fc.array(fc.record({ at: fc.nat(40), fault: fc.constantFrom(...faults) }), { maxLength: 3 }),
  /** Call of the run at which a person sets a value, if one does. */
  byHandAt: fc.option(fc.nat(40), { nil: undefined }),
  refused: fc.boolean(),
  laterMs: fc.constantFrom(0, LEASE_MS + 1, DAY_MS + 1, 31 * DAY_MS),
});

describe("any sequence of runs, forced ones too, while people set values by hand and candidates are refused", () => {
  it("never revokes the value in use, never writes over a value set by hand unasked, and can always be brought to rest", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(0, DAY_MS), fc.array(forcedRun, { minLength: 1, maxLength: 6 }), async (overlapMs, runs) => {
        const world = createWorld({ value: "old", terms: { overlapMs } });
        world.check(() => expect(world.accepted, "the value in use is not accepted").toContain(world.text("value")));
        let people = 0;
        for (const { request, faults, byHandAt, refused, laterMs } of runs) {
          world.refuses = () => refused;
          let setByHand: string | undefined;
          let madeBefore = 0;
          await world.drive(request, (_call, index) => {
            if (index === byHandAt) {
              setByHand = `by-hand-${(people += 1)}`;
              madeBefore = world.made.length;
              world.accepted.add(setByHand);
              world.put(PATH, { value: setByHand });
            }
            return faults.find(({ at }) => at === index)?.fault;
          });
          // Only a rotation that began after the change, with it as its current value, may replace it.
          if (setByHand !== undefined) expect([setByHand, ...world.made.slice(madeBefore)]).toContain(world.text("value"));
          world.nowMs += laterMs;
        }
        world.refuses = () => false;
        world.nowMs += LEASE_MS + 1;
        expect((await world.drive("force")).error).toBeUndefined();
        await finish(world);
        expect(world.state()?.phase).toBe("retired");
        expect(world.text("previous")).toBeUndefined();
      }),
      { numRuns: 1_500 },
    );
  });
});
