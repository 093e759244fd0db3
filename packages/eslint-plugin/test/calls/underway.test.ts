import { expect, it } from "vitest";

import { createUnderway } from "../../src/calls/underway.ts";

/** What each letter leads to, worked out and kept as the evaluator does: all letters that are reached from it. */
function reachable(leadsTo: Readonly<Record<string, readonly string[]>>) {
  const kept = new Map<string, ReadonlySet<string>>();
  const underway = createUnderway<string>();
  return { kept, of };

  function of(letter: string): ReadonlySet<string> {
    const known = kept.get(letter);
    if (known) return known;
    if (underway.leadsBackTo(letter)) return new Set();
    return underway.answer(
      letter,
      () => new Set(leadsTo[letter]!.flatMap((next) => [next, ...of(next)])),
      (answer) => kept.set(letter, answer),
    );
  }
}

it.each(["abcd", "dcba", "bcad"])("gives the same answers whatever is asked first (%s)", (order) => {
  const { of } = reachable({ a: ["b"], b: ["c"], c: ["a", "d"], d: [] });
  const answers = Object.fromEntries(Array.from(order, (letter) => [letter, [...of(letter)].sort().join("")]));
  expect(answers).toEqual({ a: "abcd", b: "abcd", c: "abcd", d: "" });
});

it("keeps what does not depend on an open question, also below one that does", () => {
  const { of, kept } = reachable({ a: ["b", "d"], b: ["a"], d: ["e"], e: ["d"] });
  of("a");
  expect([...kept.keys()].sort()).toEqual(["a", "d"]);
});

it("keeps nothing of what was given up", () => {
  const underway = createUnderway<string>();
  const kept: string[] = [];
  underway.answer(
    "a",
    () =>
      underway.answer(
        "b",
        () => underway.giveUp(),
        () => kept.push("b"),
      ),
    () => kept.push("a"),
  );
  underway.answer(
    "c",
    () => undefined,
    () => kept.push("c"),
  );
  expect(kept).toEqual(["c"]);
});

it("comes to an end where everything leads to everything", () => {
  const letters = Array.from({ length: 40 }, (_, index) => String(index));
  const { of } = reachable(Object.fromEntries(letters.map((letter) => [letter, letters])));
  expect(of("0").size).toBe(40);
});
