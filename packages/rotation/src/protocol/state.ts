import { RotationError } from "../error.ts";
import type { Candidate, Credential, Document, Field, Fields, Pending } from "../roles.ts";
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

/** `previous`: what was in use when the rotation began; undefined when there was nothing. */
interface WithPrevious extends Begun {
  readonly previous: Credential | undefined;
}

/** The candidate is stored; where the other side chooses its value, only what is known of it. */
export type Prepared = WithPrevious & { readonly phase: "prepared"; readonly pending: Pending };

/** The candidate is whole and perhaps accepted, not yet given to consumers. */
export type Applied = WithPrevious & { readonly phase: "applied" | "verified"; readonly pending: Candidate };

export type Unpromoted = Prepared | Applied;

/** Consumers have the candidate. Times are the store's, in milliseconds since 1970. */
export type Promoted = WithPrevious & {
  readonly phase: "promoted" | "overlap";
  readonly pending: Candidate;
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
    ...(pending?.value && { pending: pending.value }),
    ...nested("pendingFields", pending?.fields),
    ...nested("notes", pending?.notes),
    ...(previous && { previous: previous.value }),
    ...nested("previousFields", previous?.fields),
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
  const phase = text("phase") as Phase;
  const begun: Begun = {
    rotation: text("rotation"),
    generation: number("generation"),
    beganAtMs: number("beganAtMs"),
    lease:
      document["holder"] === undefined
        ? undefined
        : { holder: holderOf(document["holder"]) ?? wrong("holder"), endsAtMs: number("leaseEndsAtMs") },
  };
  const fields = (field: string): Fields => (document[field] === undefined ? {} : (fieldsOf(document[field]) ?? wrong(field)));
  const previous = () => (document["previous"] === undefined ? undefined : { value: secret("previous"), fields: fields("previousFields") });
  const candidate = () => ({ value: secret("pending"), fields: fields("pendingFields"), notes: fields("notes") });
  const values = () => ({ pending: candidate(), previous: previous() });
  switch (phase) {
    case "prepared": {
      const rest = { fields: fields("pendingFields"), notes: fields("notes") };
      return { ...begun, phase, pending: document["pending"] === undefined ? rest : candidate(), previous: previous() };
    }
    case "applied":
    case "verified":
      return { ...begun, ...values(), phase };
    case "promoted":
    case "overlap":
      return {
        ...begun,
        ...values(),
        phase,
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

function nested(name: string, fields: Fields | undefined): Document {
  return fields && Object.keys(fields).length > 0 ? { [name]: fields } : {};
}

function fieldsOf(field: Field | undefined): Fields | undefined {
  if (typeof field !== "object" || field === null || field instanceof Secret || Array.isArray(field)) return undefined;
  const entries = Object.entries(field as Readonly<Record<string, Field>>);
  return entries.every((entry): entry is [string, Secret] => entry[1] instanceof Secret) ? Object.fromEntries(entries) : undefined;
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
