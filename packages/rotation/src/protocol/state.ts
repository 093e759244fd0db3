import { RotationError } from "../error.ts";
import type { Document, Field } from "../roles.ts";
import type { Phase } from "../rotation.ts";
import { Secret } from "../secret.ts";
import type { Holder } from "./holder.ts";

/** Until `endsAtMs` of the store's clock the rotation belongs to `holder`. */
export interface Lease {
  readonly holder: Holder;
  readonly endsAtMs: number;
}

interface Begun {
  /** Random; the same for every attempt at this rotation, so that a version number used again is not taken for this one. */
  readonly rotation: string;
  readonly generation: number;
  readonly beganAtMs: number;
  readonly lease: Lease | undefined;
}

interface WithValues extends Begun {
  readonly pending: Secret;
  /** The value in use when the rotation began; undefined when there was none. */
  readonly previous: Secret | undefined;
}

/** The candidate is stored, perhaps accepted, not yet given to consumers. */
export type Unpromoted = WithValues & { readonly phase: "prepared" | "applied" | "verified" };

/** Consumers have the candidate. Times are the store's, in milliseconds since 1970. */
export type Promoted = WithValues & {
  readonly phase: "promoted" | "overlap";
  readonly promotedAtMs: number;
  readonly overlapEndsAtMs: number;
};

/** Holds no value any more. `promotedAtMs` is undefined when the candidate was discarded. */
export type Retired = Begun & { readonly phase: "retired"; readonly promotedAtMs: number | undefined; readonly retiredAtMs: number };

/** What the document beside a secret says of its newest rotation. */
export type RotationState = Unpromoted | Promoted | Retired;

/** The path of the state document of the secret at `path`. */
export function statePath(path: string): string {
  return `${path}.holdfast`;
}

const FORMAT = 1;

export function documentOf(state: RotationState): Document {
  const { lease, rotation, pending, previous, ...numbers } = { pending: undefined, previous: undefined, ...state };
  return {
    holdfast: FORMAT,
    ...numbersOf(numbers),
    phase: Secret.of(state.phase),
    rotation: Secret.of(rotation),
    ...(pending && { pending }),
    ...(previous && { previous }),
    ...(lease && {
      holder: {
        host: Secret.of(lease.holder.host),
        pid: lease.holder.pid,
        machine: Secret.of(lease.holder.machine),
        run: Secret.of(lease.holder.run),
      },
      leaseEndsAtMs: lease.endsAtMs,
    }),
  };
}

/** @throws RotationError `damaged` when the document at `path` is not one that `documentOf` makes. */
export function stateOf(document: Document, path: string): RotationState {
  const wrong = (field: string): never => {
    throw new RotationError(
      "damaged",
      `The document at ${path} is not the state of a rotation: its field "${field}" is missing or wrong. Nothing was changed. ` +
        `Restore an earlier version of it; if there is none, compare the secret with the place that accepts it, then delete ${path}.`,
    );
  };
  const number = (field: string): number => {
    const value = document[field];
    return typeof value === "number" && Number.isFinite(value) ? value : wrong(field);
  };
  const secret = (field: string): Secret => (document[field] instanceof Secret ? document[field] : wrong(field));
  const text = (field: string): string => secret(field).reveal();

  if (document["holdfast"] !== FORMAT) wrong("holdfast");
  const phase = text("phase");
  const begun: Begun = {
    rotation: text("rotation"),
    generation: number("generation"),
    beganAtMs: number("beganAtMs"),
    lease:
      document["holder"] === undefined
        ? undefined
        : { holder: holderOf(document["holder"]) ?? wrong("holder"), endsAtMs: number("leaseEndsAtMs") },
  };
  const values = () => ({ pending: secret("pending"), previous: document["previous"] === undefined ? undefined : secret("previous") });
  switch (phase as Phase) {
    case "prepared":
    case "applied":
    case "verified":
      return { ...begun, ...values(), phase: phase as Unpromoted["phase"] };
    case "promoted":
    case "overlap":
      return {
        ...begun,
        ...values(),
        phase: phase as Promoted["phase"],
        promotedAtMs: number("promotedAtMs"),
        overlapEndsAtMs: number("overlapEndsAtMs"),
      };
    case "retired":
      return {
        ...begun,
        phase: "retired",
        promotedAtMs: document["promotedAtMs"] === undefined ? undefined : number("promotedAtMs"),
        retiredAtMs: number("retiredAtMs"),
      };
    default:
      return wrong("phase");
  }
}

function numbersOf(fields: object): Record<string, number> {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, number] => typeof entry[1] === "number"));
}

function holderOf(field: Field): Holder | undefined {
  if (typeof field !== "object" || field === null || field instanceof Secret || Array.isArray(field)) return undefined;
  const { host, pid, machine, run } = field as Readonly<Record<string, Field>>;
  if (!(host instanceof Secret && machine instanceof Secret && run instanceof Secret && typeof pid === "number")) return undefined;
  return { host: host.reveal(), pid, machine: machine.reveal(), run: run.reveal() };
}

const order: readonly Phase[] = ["prepared", "applied", "verified", "promoted", "overlap", "retired"];

export function hasReached(phase: Phase, wanted: Phase): boolean {
  return order.indexOf(phase) >= order.indexOf(wanted);
}
