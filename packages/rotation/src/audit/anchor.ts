import { RotationError } from "../error.ts";
import type { Store } from "../roles.ts";
import { Secret } from "../secret.ts";

/** Where the newest checkpoint is kept outside the log. */
export interface AnchorPlace {
  readonly store: Store;
  readonly path: string;
}

/** The anchored checkpoint, or undefined when none was anchored yet. @throws RotationError `damaged` when something else is kept there. */
export async function readAnchor(place: AnchorPlace): Promise<string | undefined> {
  const read = await place.store.read(place.path);
  return read && checkpointIn(read.document, place);
}

/** Replaces the anchored checkpoint unless a longer one is there by now. @throws RotationError, with the anchor as it was. */
export async function writeAnchor(place: AnchorPlace, checkpoint: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const read = await place.store.read(place.path);
    const anchored = read && checkpointIn(read.document, place);
    if (anchored !== undefined && sizeOf(anchored) >= sizeOf(checkpoint)) return;
    try {
      await place.store.write(place.path, { ...read?.document, checkpoint: Secret.of(checkpoint) }, read?.version ?? "absent");
      return;
    } catch (error) {
      const readAgain = error instanceof RotationError && (error.code === "conflict" || error.code === "unknown-outcome");
      if (!readAgain || attempt >= 5) throw error;
    }
  }
}

/**
 * Refuses to go on with a log that does not hold what was anchored: the next anchor would hide that it was cut or replaced.
 * @throws RotationError `audit`.
 */
export async function checkAgainstAnchor(place: AnchorPlace, log: { readonly directory: string }, verifierKey: string): Promise<void> {
  const anchor = await readAnchor(place);
  if (anchor === undefined) return;
  const { verifyAuditLog } = await import("@holdfast/audit");
  const { findings } = await verifyAuditLog({ directory: log.directory, trust: verifierKey, anchor });
  const finding = findings.find(({ severity }) => severity === "error");
  if (finding === undefined) return;
  throw new RotationError(
    "audit",
    `The audit log ${log.directory} is not the one whose checkpoint is kept in the store ${place.store.name} at ${place.path}: ${finding.message} ` +
      `Nothing was done. Run "holdfast audit verify"; a log of another machine needs its own "audit: anchor: path".`,
  );
}

function checkpointIn(document: Readonly<Record<string, unknown>>, { store, path }: AnchorPlace): string | undefined {
  const { checkpoint } = document;
  if (checkpoint === undefined) return undefined;
  if (checkpoint instanceof Secret && Number.isSafeInteger(sizeOf(checkpoint.reveal()))) return checkpoint.reveal();
  throw new RotationError(
    "damaged",
    `The field "checkpoint" at ${path} in the store ${store.name} is no checkpoint of an audit log. Nothing was changed. ` +
      `Restore an earlier version of it, or choose another path for the anchor.`,
  );
}

function sizeOf(checkpoint: string): number {
  return Number(checkpoint.split("\n", 2)[1] || Number.NaN);
}
