import { RotationError } from "../error.ts";
import type { Credential, Document, Fields, Version, Versioned } from "../roles.ts";
import { Secret } from "../secret.ts";
import type { Promoted, Unpromoted } from "./state.ts";

/** The document that programs read a secret from: `value`, `previous` during the overlap, `generation` and `rotation` of who wrote it. */
export interface Consumers {
  readonly document: Document;
  readonly version: Version | "absent";
  readonly current: Credential | undefined;
  readonly previous: Credential | undefined;
  readonly generation: number | undefined;
  readonly rotation: string | undefined;
  readonly writtenAtMs: number | undefined;
}

/** What Holdfast itself writes into the document; no field of a credential has one of these names. */
const ownNames = ["value", "previous", "generation", "rotation"];

const previousPrefix = "previous_";

/**
 * @param names the fields that belong to the value; every text of the document without it.
 * @throws RotationError `damaged` when `value`, `previous` or one of the fields is no text.
 */
export function consumersOf(read: Versioned | undefined, path: string, names?: readonly string[]): Consumers {
  const document = read?.document ?? {};
  const text = (field: string): Secret | undefined => {
    const value = document[field];
    if (value === undefined || value === null || value instanceof Secret) return value ?? undefined;
    throw new RotationError(
      "damaged",
      `The field "${field}" of the document at ${path} is not a text. Nothing was changed. Put the value there as a text, then try again.`,
    );
  };
  const belonging = names ?? Object.keys(document).filter((name) => isFieldName(name) && document[name] instanceof Secret);
  const credential = (field: "value" | "previous", prefix: string): Credential | undefined => {
    const value = text(field);
    if (value === undefined) return undefined;
    const fields = belonging.map((name) => [name, text(prefix + name)] as const);
    return { value, fields: Object.fromEntries(fields.filter((entry): entry is [string, Secret] => entry[1] !== undefined)) };
  };
  const { generation, rotation } = document;
  return {
    document,
    version: read?.version ?? "absent",
    current: credential("value", ""),
    previous: credential("previous", previousPrefix),
    generation: typeof generation === "number" ? generation : undefined,
    rotation: rotation instanceof Secret ? rotation.reveal() : undefined,
    writtenAtMs: read?.writtenAtMs,
  };
}

export function isFieldName(name: string): boolean {
  return !ownNames.includes(name) && !name.startsWith(previousPrefix);
}

/**
 * How the consumers' document stands to a rotation: still as it was when the rotation began, promoted, or changed by somebody else.
 * A previous value that is back although this rotation had been promoted was put back by hand, which is a change as well.
 */
export function standing(state: Unpromoted | Promoted, { current, rotation }: Consumers): "unchanged" | "promoted" | "changed" {
  if (current && state.pending.value?.equals(current.value)) return "promoted";
  const asBefore = state.previous ? state.previous.value.equals(current?.value) : current === undefined;
  const wasPromoted = rotation === state.rotation || state.phase === "promoted" || state.phase === "overlap";
  return asBefore && !wasPromoted ? "unchanged" : "changed";
}

/** Fields that other programs keep in the document stay. */
export function promotedDocument(
  { document }: Consumers,
  { generation, rotation, pending }: { generation: number; rotation: string; pending: Credential },
  previous: Credential | undefined,
): Document {
  return {
    ...withoutPrevious(document),
    ...pending.fields,
    value: pending.value,
    ...(previous && { previous: previous.value, ...prefixed(previous.fields) }),
    generation,
    rotation: Secret.of(rotation),
  };
}

export function withoutPrevious(document: Document): Document {
  return Object.fromEntries(Object.entries(document).filter(([name]) => name !== "previous" && !name.startsWith(previousPrefix)));
}

function prefixed(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [previousPrefix + name, value]));
}
