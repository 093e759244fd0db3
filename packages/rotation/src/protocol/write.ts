import type { ActFacts, Ending, Trail } from "../audit/trail.ts";
import { RotationError } from "../error.ts";
import type { Document, Field, Store, Version } from "../roles.ts";
import { Secret } from "../secret.ts";

export interface Write {
  readonly path: string;
  readonly document: Document;
  readonly expected: Version | "absent";
  readonly facts: ActFacts;
}

const ATTEMPTS = 3;

/**
 * Writes a document between an intent and an outcome of the audit log.
 * When the answer is lost, the document is read back and compared: only what the store holds decides whether it was written.
 * @throws RotationError `conflict` when somebody else's write is there instead; everything else the store throws.
 */
export async function writeAnnounced({ store, trail }: { store: Store; trail: Trail }, write: Write): Promise<Version> {
  for (let attempt = 1; ; attempt += 1) {
    const announced = await trail.announce(write.facts);
    const landing = await land(store, write);
    await trail.conclude(announced, landing.ending);
    if (landing.version !== undefined) return landing.version;
    if (!landing.again || attempt === ATTEMPTS) throw landing.error;
  }
}

type Landing =
  | { readonly version: Version; readonly ending: Ending }
  | { readonly version: undefined; readonly ending: Ending; readonly error: RotationError; readonly again: boolean };

async function land(store: Store, { path, document, expected }: Write): Promise<Landing> {
  try {
    const { version, request } = await store.write(path, document, expected);
    return { version, ending: { result: "done", ...(request !== undefined && { request }) } };
  } catch (thrown) {
    const error = thrown instanceof RotationError ? thrown : lostAnswer(store, path);
    if (error.code !== "conflict" && error.code !== "unknown-outcome") return missed("failed", error);
    const found = await store.read(path).catch(() => "unreadable" as const);
    const version = found === "unreadable" ? undefined : found?.version;
    // The version has to be another one: a document that is written unchanged, read back from a replica that lags, looks like the new one.
    if (found !== "unreadable" && found && version !== expected && sameDocument(found.document, document))
      return { version: found.version, ending: { result: "done" } };
    if (error.code === "conflict") return missed("failed", error);
    if (found === "unreadable") return missed("unknown", error);
    // Still as it was: writing again is safe, since at most one of the two writes can be based on this version.
    if ((version ?? "absent") === expected) return { ...missed("unknown", error), again: true };
    return missed(
      "unknown",
      new RotationError("conflict", `The document at ${path} in the store ${store.name} was written by somebody else meanwhile.`),
    );
  }
}

function missed(result: "failed" | "unknown", error: RotationError): Extract<Landing, { version: undefined }> {
  return { version: undefined, ending: { result, error: error.code }, error, again: false };
}

function lostAnswer(store: Store, path: string): RotationError {
  return new RotationError(
    "unknown-outcome",
    `Writing ${path} to the store ${store.name} ended without a usable answer. It may have been written or not.`,
  );
}

export function sameDocument(one: Field | undefined, other: Field | undefined): boolean {
  if (one instanceof Secret) return other instanceof Secret && one.equals(other);
  if (typeof one !== "object" || one === null || typeof other !== "object" || other === null || other instanceof Secret)
    return one === other;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [left, right] = [one as Readonly<Record<string, Field>>, other as Readonly<Record<string, Field>>];
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => Object.hasOwn(right, key) && sameDocument(left[key], right[key]));
}
