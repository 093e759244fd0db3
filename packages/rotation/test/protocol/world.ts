import type { ActFacts, Announced, Ending, Trail } from "../../src/audit/trail.ts";
import { RotationError } from "../../src/error.ts";
import { drive } from "../../src/protocol/drive.ts";
import type { Request, Terms } from "../../src/protocol/decide.ts";
import type { Runner } from "../../src/protocol/runner.ts";
import { stateOf, statePath, type RotationState } from "../../src/protocol/state.ts";
import type { Document, Rotator, Store, Version, Versioned } from "../../src/roles.ts";
import type { SecretOutcome } from "../../src/rotation.ts";
import { Secret } from "../../src/secret.ts";

export const PATH = "payments/psp";

/**
 * What a call to the store or to the place that accepts the secret can do instead of working.
 * `lost`: done, and the answer is lost (a 500 after the effect). `dropped`: not done, and the answer is lost. `late`: the answer is lost,
 * and the write arrives some calls later. `stale`: a read answers with the version before the newest. `crash-*`: the process ends there.
 */
export type Fault = "lost" | "dropped" | "late" | "stale" | "unreachable" | "crash-before" | "crash-after";

/** Not a RotationError: nothing may take it for an answer. */
export class Crash extends Error {}

export interface Call {
  readonly kind: "read" | "write" | "apply" | "verify" | "retire";
  readonly path?: string;
}

/** Looked at when every call begins; `undefined` lets it work. */
export type Plan = (call: Call, index: number) => Fault | undefined;

interface Kept {
  readonly history: Versioned[];
}

interface Late {
  readonly path: string;
  readonly document: Document;
  readonly expected: Version | "absent";
  callsLeft: number;
}

/** A store, the place that accepts the secret, and a clock, shared by runners that come and go. */
export function createWorld(options: { readonly value?: string; readonly terms?: Partial<Terms>; readonly overlaps?: boolean } = {}) {
  const documents = new Map<string, Kept>();
  const accepted = new Set<string>();
  const made: string[] = [];
  const audit: { facts: ActFacts; endings: Ending[] }[] = [];
  const late: Late[] = [];
  const afterEach: (() => void)[] = [];
  const world = {
    nowMs: 1_700_000_000_000,
    terms: { everyMs: 30 * 86_400_000, overlapMs: 0, ...options.terms } as Terms,
    accepted,
    made,
    audit,
    calls: 0,
    refuses: (_value: string): boolean => false,
    newest: (path: string): Versioned | undefined => documents.get(path)?.history.at(-1),
    text: (field: string): string | undefined => (world.newest(PATH)?.document[field] as Secret | undefined)?.reveal(),
    state: (): RotationState | undefined => {
      const found = world.newest(statePath(PATH));
      return found && stateOf(found.document, statePath(PATH));
    },
    /** Writes as another program does. */
    put(path: string, fields: Readonly<Record<string, string | number>>): void {
      const document = Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [name, typeof value === "string" ? Secret.of(value) : value]),
      );
      write(path, document, world.newest(path)?.version ?? "absent");
    },
    /** Called whenever something was written or changed. */
    check: (invariant: () => void): void => void afterEach.push(invariant),
    runner: (plan: Plan = () => undefined): Runner => runner(plan, {}),
    drive: (request: Request, plan?: Plan, extra?: Partial<Runner>): Promise<SecretOutcome> =>
      drive(runner(plan ?? (() => undefined), extra ?? {}), request),
  };
  if (options.value !== undefined) {
    world.put(PATH, { value: options.value, note: "kept by another program" });
    accepted.add(options.value);
  }
  return world;

  function write(path: string, document: Document, expected: Version | "absent"): Version {
    const kept = documents.get(path) ?? { history: [] };
    const now = kept.history.at(-1)?.version ?? "absent";
    if (now !== expected) throw new RotationError("conflict", `${path} was written by somebody else`);
    const version = `v${kept.history.length + 1}` as Version;
    kept.history.push({ document, version, writtenAtMs: world.nowMs });
    documents.set(path, kept);
    for (const invariant of afterEach) invariant();
    return version;
  }

  function arrive(): void {
    world.calls += 1;
    for (const waiting of [...late]) {
      waiting.callsLeft -= 1;
      if (waiting.callsLeft > 0) continue;
      late.splice(late.indexOf(waiting), 1);
      try {
        write(waiting.path, waiting.document, waiting.expected);
      } catch (error) {
        if (!(error instanceof RotationError)) throw error;
      }
    }
  }

  function runner(plan: Plan, extra: Partial<Runner>): Runner {
    let index = 0;
    let dead = false;
    const die = (): never => {
      dead = true;
      throw new Crash("the process ended");
    };
    /** One call with its fault; `work` is the effect. */
    async function call<T>(what: Call, work: (fault: Fault | undefined) => T): Promise<T> {
      await Promise.resolve();
      if (dead) return die();
      arrive();
      const fault = plan(what, index++);
      switch (fault) {
        case undefined:
        case "stale":
        case "late":
          return work(fault);
        case "crash-before":
          return die();
        case "crash-after":
          work(fault);
          return die();
        case "unreachable":
          throw new RotationError("unreachable", "the store does not answer");
        case "lost":
          work(fault);
          throw new RotationError("unknown-outcome", "the answer was lost");
        case "dropped":
          throw new RotationError("unknown-outcome", "the answer was lost");
      }
    }

    const store: Store = {
      name: "memory",
      kind: "memory",
      read: (path) =>
        call({ kind: "read", path }, (fault) => {
          const history = documents.get(path)?.history ?? [];
          return history.at(fault === "stale" && history.length > 1 ? -2 : -1);
        }),
      write: (path, document, expected) =>
        call({ kind: "write", path }, (fault) => {
          if (fault !== "late") return { version: write(path, document, expected) };
          late.push({ path, document, expected, callsLeft: 4 });
          throw new RotationError("unknown-outcome", "the answer was lost");
        }),
      remove: async () => void documents.clear(),
      probe: async () => ({ canRead: true, canWrite: true }),
      now: async () => world.nowMs,
      close: async () => undefined,
    };

    /** Knows every accepted value; applying and revoking may be repeated. */
    const rotator: Rotator = {
      kind: "test",
      overlaps: options.overlaps ?? true,
      async prepare() {
        const value = `value-${made.length + 1}`;
        made.push(value);
        return { value: Secret.of(value) };
      },
      apply: async ({ value }) => call({ kind: "apply" }, () => changed(() => accepted.add(value!.reveal()))),
      verify: ({ value }) =>
        call({ kind: "verify" }, () => (accepted.has(value.reveal()) && !world.refuses(value.reveal()) ? "accepted" : "refused")),
      retire: ({ value }) => call({ kind: "retire" }, () => changed(() => accepted.delete(value.reveal()))),
    };

    const trail: Trail = {
      async announce(facts): Promise<Announced> {
        if (dead) return die();
        audit.push({ facts, endings: [] });
        return { sequence: audit.length - 1, facts };
      },
      async conclude(announced, ending) {
        if (dead) die();
        if (announced) audit[announced.sequence]!.endings.push(ending);
      },
      read: async () => undefined,
      abandoned: async () => [],
      checkpoint: async () => undefined,
      close: async () => undefined,
    };

    return {
      secret: "psp",
      path: PATH,
      store,
      rotator,
      trail,
      surroundings: {
        env: {},
        resolve: (path) => path,
        vault: () => Promise.reject(new RotationError("invalid", "there is no Vault here")),
        read: () => Promise.reject(new RotationError("invalid", "there is no other secret here")),
        advise: () => undefined,
      },
      terms: world.terms,
      self: { host: "here", pid: 1, machine: "", run: `run-${Math.random()}` },
      clock: async () => world.nowMs,
      onStep: () => undefined,
      signal: undefined,
      ...extra,
    };
  }

  function changed(change: () => unknown): void {
    change();
    for (const invariant of afterEach) invariant();
  }
}

export type World = ReturnType<typeof createWorld>;
