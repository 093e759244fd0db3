import { describe, expect, it } from "vitest";

import type { OutcomeEvent, SecretStatus } from "../src/holdfast/answers.ts";
import { progressText, rotationEnd } from "../src/secrets/rotation-text.ts";
import { secretItem, type Translate } from "../src/secrets/secret-text.ts";

const t: Translate = (message, ...args) => message.replace(/\{(\d)\}/g, (_, index) => String(args[Number(index)]));
const now = new Date("2026-03-10T12:00:00Z");

const wording = { t, language: "en", now };

describe("a secret in a list", () => {
  const status: SecretStatus = {
    secret: "psp/webhook",
    store: "local",
    state: "fresh",
    generation: 3,
    rotatedAt: "2026-03-01T12:00:00Z",
    dueAt: "2026-03-31T12:00:00Z",
    overlapEndsAt: null,
    error: null,
  };
  const item = (changes: Partial<SecretStatus>, language = "en") => secretItem({ ...status, ...changes }, { t, language, now });

  it("says when it is due, and what is kept where", () => {
    expect(item({})).toMatchObject({
      label: "$(pass) psp/webhook",
      description: "due in 21 days",
      detail: "store local · generation 3 · rotated 9 days ago",
    });
  });

  it.each([
    [{ state: "overdue", dueAt: "2026-03-08T12:00:00Z" }, "$(warning) psp/webhook", "was due 2 days ago"],
    [{ state: "missing", generation: null, rotatedAt: null, dueAt: null }, "$(warning) psp/webhook", "no value yet"],
    [{ state: "unfinished" }, "$(debug-pause) psp/webhook", "unfinished: resume it"],
    [{ state: "overlap", overlapEndsAt: "2026-03-11T11:59:00Z" }, "$(history) psp/webhook", "previous value ends in 24 hours"],
    [{ state: "manual", dueAt: null }, "$(person) psp/webhook", "rotated by hand"],
  ] satisfies [Partial<SecretStatus>, string, string][])("shows its state: %o", (changes, label, description) => {
    expect(item(changes)).toMatchObject({ label, description });
  });

  it("says why it could not be read instead of facts that are not known", () => {
    const error = { code: "unreachable", message: "The store prod cannot be reached." };
    expect(item({ state: "unknown", error })).toMatchObject({ description: "could not be read", detail: error.message });
  });

  it("tells times in the language of the editor", () => {
    expect(item({}, "es").description).toBe("due dentro de 21 días");
  });
});

describe("a rotation", () => {
  const outcome: OutcomeEvent = {
    event: "outcome",
    secret: "psp/webhook",
    result: "rotated",
    generation: 4,
    phase: "overlap",
    note: null,
    error: null,
  };

  it("tells each step as it begins", () => {
    const step = { event: "step", secret: "psp/webhook", generation: 4, step: "verify" } as const;
    expect(progressText({ ...step, when: "before" }, t)).toBe("trying the new value …");
    expect(progressText({ ...step, when: "after" }, t)).toBeUndefined();
    expect(progressText({ event: "stopping" }, t)).toBe("stopping after the step that runs now …");
  });

  it("ends with what to do next", () => {
    expect(rotationEnd(outcome, wording)).toEqual({
      severity: "information",
      text: "psp/webhook has a new value, generation 4. Restart the programs that read it before the previous value ends.",
      next: "verify-audit-log",
    });
    const note = "the previous value stays valid until 2026-03-11T12:00:00.000Z";
    expect(rotationEnd({ ...outcome, note }, { ...wording, language: "es" }).text).toMatch(/until 11 mar 2026, \d\d:00\)/);
    expect(rotationEnd({ ...outcome, phase: "retired" }, wording).text).toContain("the previous value is no longer valid");
  });

  it("that was stopped offers to resume it, and does not call it an error", () => {
    const stopped = (code: string, phase: OutcomeEvent["phase"]) =>
      rotationEnd({ ...outcome, result: "failed", phase, error: { code, message: "stopped" } }, wording);
    expect(stopped("unfinished", "applied")).toMatchObject({ severity: "warning", next: "resume" });
    expect(stopped("aborted", null)).toMatchObject({ severity: "warning", text: expect.stringContaining("Nothing was changed") });
  });

  it("that failed before anything was stored offers the output, later ones to resume", () => {
    const error = { code: "unreachable", message: "The store prod cannot be reached." };
    const failed: OutcomeEvent = { ...outcome, result: "failed", error };
    expect(rotationEnd({ ...failed, phase: null }, wording)).toEqual({ severity: "error", text: error.message, next: "show-output" });
    expect(rotationEnd({ ...failed, phase: "applied" }, wording).next).toBe("resume");
  });

  it("that another runner holds is left alone", () => {
    expect(rotationEnd({ ...outcome, result: "busy", note: "lease until 12:05" }, wording)).toMatchObject({
      severity: "warning",
      text: "psp/webhook is being rotated by another runner (lease until 12:05). Nothing was done.",
    });
  });
});
