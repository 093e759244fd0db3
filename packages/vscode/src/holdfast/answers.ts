/** What `holdfast … --json` prints, as far as the extension reads it. */

export interface SecretStatus {
  readonly secret: string;
  readonly store: string;
  readonly state: "fresh" | "overdue" | "missing" | "manual" | "overlap" | "unfinished" | "unknown";
  readonly generation: number | null;
  /** Instants in ISO 8601. */
  readonly rotatedAt: string | null;
  readonly dueAt: string | null;
  readonly overlapEndsAt: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

export interface StepEvent {
  readonly event: "step";
  readonly secret: string;
  readonly generation: number;
  readonly step: "prepare" | "apply" | "verify" | "promote" | "overlap" | "retire";
  readonly when: "before" | "after";
}

export interface OutcomeEvent {
  readonly event: "outcome";
  readonly secret: string;
  readonly result: "rotated" | "resumed" | "retired" | "skipped" | "busy" | "failed";
  readonly generation: number | null;
  readonly phase: "prepared" | "applied" | "verified" | "promoted" | "overlap" | "retired" | null;
  readonly note: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

export type RotationEvent = StepEvent | OutcomeEvent | { readonly event: "stopping" };

export interface Verification {
  readonly ok: boolean;
  readonly records: number;
  readonly findings: readonly { readonly code: string; readonly message: string }[];
}

/** Why the command could not do what it was asked: what happened, what was left as it was, what to do. */
export interface CommandError {
  readonly code: string;
  readonly message: string;
  readonly left?: string;
  readonly next?: string;
  readonly lines?: readonly string[];
}

/** The value of a whole output or of one of its lines; undefined for anything that is no JSON. */
export function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function errorIn(answer: unknown): CommandError | undefined {
  return isObject(answer) && isObject(answer["error"]) && !("event" in answer) ? (answer["error"] as unknown as CommandError) : undefined;
}

export function eventIn(answer: unknown): RotationEvent | undefined {
  return isObject(answer) && typeof answer["event"] === "string" ? (answer as unknown as RotationEvent) : undefined;
}

export function secretsIn(answer: unknown): readonly SecretStatus[] | undefined {
  return isObject(answer) && Array.isArray(answer["secrets"]) ? (answer["secrets"] as SecretStatus[]) : undefined;
}

export function verificationIn(answer: unknown): Verification | undefined {
  return isObject(answer) && typeof answer["ok"] === "boolean" && Array.isArray(answer["findings"])
    ? (answer as unknown as Verification)
    : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
