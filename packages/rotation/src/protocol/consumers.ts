import { RotationError } from "../error.ts";
import type { Document, Version, Versioned } from "../roles.ts";
import { Secret } from "../secret.ts";
import type { Promoted, Unpromoted } from "./state.ts";

/** The document that programs read a secret from: `value`, `previous` during the overlap, `generation` and `rotation` of who wrote it. */
export interface Consumers {
  readonly document: Document;
  readonly version: Version | "absent";
  readonly value: Secret | undefined;
  readonly previous: Secret | undefined;
  readonly generation: number | undefined;
  readonly rotation: string | undefined;
  readonly writtenAtMs: number | undefined;
}

/** @throws RotationError `damaged` when `value` or `previous` is no text. */
export function consumersOf(read: Versioned | undefined, path: string): Consumers {
  const document = read?.document ?? {};
  const secret = (field: "value" | "previous"): Secret | undefined => {
    const value = document[field];
    if (value === undefined || value === null || value instanceof Secret) return value ?? undefined;
    throw new RotationError(
      "damaged",
      `The field "${field}" of the document at ${path} is not a text. Nothing was changed. Put the value there as a text, then try again.`,
    );
  };
  const { generation, rotation } = document;
  return {
    document,
    version: read?.version ?? "absent",
    value: secret("value"),
    previous: secret("previous"),
    generation: typeof generation === "number" ? generation : undefined,
    rotation: rotation instanceof Secret ? rotation.reveal() : undefined,
    writtenAtMs: read?.writtenAtMs,
  };
}

/**
 * How the consumers' document stands to a rotation: still as it was when the rotation began, promoted, or changed by somebody else.
 * A previous value that is back although this rotation had been promoted was put back by hand, which is a change as well.
 */
export function standing(state: Unpromoted | Promoted, { value, rotation }: Consumers): "unchanged" | "promoted" | "changed" {
  if (state.pending.equals(value)) return "promoted";
  const asBefore = state.previous ? state.previous.equals(value) : value === undefined;
  const wasPromoted = rotation === state.rotation || state.phase === "promoted" || state.phase === "overlap";
  return asBefore && !wasPromoted ? "unchanged" : "changed";
}

/** Fields that other programs keep in the document stay. */
export function promotedDocument({ document }: Consumers, state: Unpromoted, previous: Secret | undefined): Document {
  return {
    ...withoutPrevious(document),
    value: state.pending,
    ...(previous && { previous }),
    generation: state.generation,
    rotation: Secret.of(state.rotation),
  };
}

export function withoutPrevious({ previous: _previous, ...rest }: Document): Document {
  return rest;
}
