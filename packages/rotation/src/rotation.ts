import type { PolicyFile } from "@holdfast/policy";

import type { RotationError } from "./error.ts";
import type { Fields } from "./roles.ts";
import type { Secret } from "./secret.ts";

/** Where a rotation is. `overlap`: promoted, the previous value is still valid. */
export type Phase = "prepared" | "applied" | "verified" | "promoted" | "overlap" | "retired";

export interface RotationOptions {
  readonly policy: PolicyFile;
  /** Where credentials of the stores are read from; the environment of this process without it. */
  readonly env?: NodeJS.ProcessEnv;
  /** Awaited at every phase boundary: progress for people, and the place where tests stop the process. */
  readonly onStep?: (step: Step) => void | Promise<void>;
  /** Stops between two phases; the rotation can be resumed. */
  readonly signal?: AbortSignal;
  /** Milliseconds since 1970; the clock of each store without it. */
  readonly now?: () => number;
  /** What went wrong beside the work and did not stop it: an audit log that may be incomplete, a checkpoint not anchored. `process.emitWarning` without it. */
  readonly onWarning?: (message: string) => void;
  /** Where the audit sink `stdout` writes its lines. Standard error without it: standard output belongs to the answer of a command. */
  readonly records?: NodeJS.WritableStream;
}

/** A step that is about to be done or was done. */
export interface Step {
  readonly secret: string;
  readonly generation: number;
  readonly rotation: string;
  readonly step: "prepare" | "apply" | "verify" | "promote" | "overlap" | "retire";
  readonly when: "before" | "after";
}

export interface SecretStatus {
  readonly secret: string;
  readonly store: string;
  /** 0 for a value that no rotation made; undefined when the store holds no value yet. */
  readonly generation: number | undefined;
  /** Undefined when no rotation was ever begun. */
  readonly phase: Phase | undefined;
  /** Milliseconds since 1970, the store's clock where it has one. */
  readonly rotatedAtMs: number | undefined;
  readonly dueAtMs: number | undefined;
  /** `manual`: the policy names no rotator or no `every`. `missing`: no value in the store. `unfinished`: a rotation waits for resume. `unknown`: see `error`. */
  readonly state: "fresh" | "overdue" | "missing" | "manual" | "overlap" | "unfinished" | "unknown";
  readonly overlapEndsAtMs: number | undefined;
  readonly error?: RotationError;
}

export interface SecretPlan {
  readonly secret: string;
  readonly store: string;
  readonly action: "rotate" | "resume" | "retire" | "nothing";
  /** Why: `overdue by 3d`, `no value yet`, `fresh for 12d`. */
  readonly reason: string;
  /** What would happen, in order, each a sentence. */
  readonly steps: readonly string[];
  /** What would stop it: missing permissions, a sealed store. */
  readonly obstacles: readonly string[];
}

export interface SecretOutcome {
  readonly secret: string;
  readonly result: "rotated" | "resumed" | "retired" | "skipped" | "busy" | "failed";
  readonly generation: number | undefined;
  readonly phase: Phase | undefined;
  /** For people: why it was skipped, who holds it, when the previous value ends. */
  readonly note?: string;
  readonly error?: RotationError;
}

export interface SecretValue {
  readonly secret: string;
  readonly value: Secret;
  /** Other texts of the document, such as `username`. */
  readonly fields: Fields;
  /** During the overlap. */
  readonly previous: Secret | undefined;
  readonly previousFields: Fields;
  readonly generation: number | undefined;
}

/** One of the equal parts of a fleet's secrets, by their names: part `index` of `count`, from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** How many runners share the work, and how much of it one does at a time. */
export interface Share {
  /** Only the secrets of this part; all of them without it. Shards only spread the load: the store sees to it that each secret is rotated once. */
  readonly shard?: Shard;
  /** How many rotations are under way at the same time, from 1 to 64; 1 without it, so that an outage leaves one unfinished, not many. */
  readonly concurrency?: number;
}

export interface Choice extends Share {
  /** Every secret that can be rotated, due or not. */
  readonly all?: boolean;
  /** Rotate although not due, even if that ends an overlap early or gives up an unfinished rotation that cannot go on. */
  readonly force?: boolean;
}

/** The secrets of one policy. Nothing is opened before it is needed. Names that the policy lacks are a RotationError `invalid`. */
export interface Rotation {
  status(names?: readonly string[]): Promise<SecretStatus[]>;
  plan(names?: readonly string[], choice?: Choice): Promise<SecretPlan[]>;
  /** One outcome a secret; a failure of one does not stop the others. */
  rotate(names?: readonly string[], choice?: Choice): Promise<SecretOutcome[]>;
  /** Finishes what a crash or an outage left, and retires what has overlapped long enough. */
  resume(names?: readonly string[], share?: Share): Promise<SecretOutcome[]>;
  /** Each read leaves a record in the audit log. @throws RotationError for the first that cannot be read. */
  read(names: readonly string[]): Promise<SecretValue[]>;
  /**
   * Puts a value that was issued elsewhere into the store, beside whatever other programs keep there.
   * @throws RotationError `invalid` for a secret that a rotator makes the values of; `conflict` when somebody else wrote meanwhile.
   */
  set(name: string, value: Secret): Promise<void>;
  close(): Promise<void>;
}
