import { setTimeout } from "node:timers/promises";

import { RotationError } from "../../error.ts";
import { readSnapshot, type Snapshot } from "../atomic-file.ts";
import { withMetadata } from "./edit-document.ts";
import type { Keyring } from "./keyring.ts";
import { sealMac, sopsTime } from "./new-file.ts";
import { decryptFile, openFile, type OpenedFile } from "./opened-file.ts";
import { damaged } from "./problems.ts";
import type { Format } from "./tree.ts";

/** A file of a store, and what opens it. */
export interface Context {
  readonly file: string;
  readonly format: Format;
  readonly keyring: Keyring;
  readonly open: ReturnType<typeof openerOf>;
}

/** Opens what a file holds now; the newest text is kept opened, so that many secrets of one file cost one decryption. */
export function openerOf() {
  let newest: { readonly bytes: Buffer; readonly opened: Promise<OpenedFile> } | undefined;
  return async ({ file, format, keyring }: Context, bytes: Buffer): Promise<OpenedFile> => {
    if (newest?.bytes.equals(bytes)) return newest.opened;
    const opened = Promise.resolve().then(() => openFile(decode(bytes, file), format, file, keyring));
    newest = { bytes, opened };
    opened.catch(() => {
      if (newest?.opened === opened) newest = undefined;
    });
    return opened;
  };
}

/** sops writes in place, so a file may be seen half written: one that is damaged is read again as long as it still changes. */
export async function openCurrent(
  context: Context,
  target: string,
): Promise<{ readonly opened: OpenedFile; readonly snapshot: Snapshot } | undefined> {
  for (;;) {
    const snapshot = await readSnapshot(target);
    if (!snapshot) return undefined;
    try {
      return { snapshot, opened: await context.open(context, snapshot.bytes) };
    } catch (error) {
      if (!(error instanceof RotationError) || error.code !== "damaged") throw error;
      await setTimeout(150);
      if ((await readSnapshot(target))?.bytes.equals(snapshot.bytes) ?? false) throw error;
    }
  }
}

/** Gives an edited text its MAC, and opens the result as any reader would: what cannot be read back is never written. */
export async function authenticate(
  edited: string,
  { format, file, dataKey }: Pick<OpenedFile, "format" | "file" | "dataKey">,
): Promise<OpenedFile> {
  const { opened, mac } = await decryptFile(edited, format, file, { dataKey });
  const lastmodified = sopsTime(Date.now());
  return openFile(withMetadata(opened, { lastmodified, mac: sealMac(mac, dataKey, lastmodified) }), format, file, { dataKey });
}

function decode(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw damaged(file, "it is not UTF-8 text", "Restore it from version control or a backup.");
  }
}
