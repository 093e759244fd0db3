import { createHash, randomBytes } from "node:crypto";

import { RotationError } from "../../error.ts";
import { replaceFile, withFileLock } from "../atomic-file.ts";
import { type KeyEntry, keyLists, printKeyEntry } from "./key-entry.ts";
import { wrapForAge } from "./keyring.ts";
import { printEntry, type Printed } from "./print.ts";
import type { Format } from "./tree.ts";
import { seal } from "./value.ts";

/** The release of sops whose format is written. */
const version = "3.11.0";

/** YAML or JSON, by the extension of the file. @throws RotationError `invalid` for another. */
export function formatOf(file: string): Format {
  if (/\.ya?ml$/iu.test(file)) return "yaml";
  if (/\.json$/iu.test(file)) return "json";
  throw new RotationError(
    "invalid",
    `${file} ends in neither .yaml, .yml nor .json, so its format is unknown. Nothing was written. Rename it.`,
  );
}

/** An encrypted file that holds nothing yet, with a new data key that `wrap` wraps for everybody. */
export async function newSopsText(
  format: Format,
  wrap: (dataKey: Uint8Array) => Promise<readonly KeyEntry[]>,
): Promise<{ readonly text: string; readonly dataKey: Uint8Array }> {
  const dataKey = randomBytes(32);
  const now = sopsTime(Date.now());
  const block = new Map<string, Printed>([
    ...printedKeys(await wrap(dataKey)),
    ["lastmodified", str(now)],
    ["mac", str(sealMac(createHash("sha512").digest("hex").toUpperCase(), dataKey, now))],
    ["unencrypted_suffix", str("_unencrypted")],
    ["version", str(version)],
  ]);
  return { text: printFile(block, format), dataKey };
}

/** The lists of a `sops` block, in the order that sops has. */
export function printedKeys(entries: readonly KeyEntry[]): [string, Printed][] {
  return keyLists.flatMap((list): [string, Printed][] => {
    const own = entries.filter((entry) => entry.list === list);
    return own.length === 0 ? [] : [[list, own.map(printKeyEntry)]];
  });
}

/**
 * Makes an empty SOPS file, for `holdfast init`.
 * @throws RotationError `invalid` when the file exists or a recipient is not one; then nothing was written.
 */
export async function createSopsFile({
  file,
  recipients,
}: {
  readonly file: string;
  readonly recipients: readonly string[];
}): Promise<void> {
  if (recipients.length === 0)
    throw new RotationError("invalid", `${file} needs at least one age recipient. Nothing was written. Name one that starts with age1.`);
  const { text } = await newSopsText(formatOf(file), (dataKey) =>
    Promise.all([...new Set(recipients)].map((recipient) => wrapForAge(recipient, dataKey))),
  );
  try {
    await withFileLock(file, (holdsLock) => replaceFile(file, text, undefined, holdsLock));
  } catch (error) {
    if (!(error instanceof RotationError) || error.code !== "conflict") throw error;
    throw new RotationError("invalid", `${file} exists already and was left as it was. Name another file, or remove it.`);
  }
}

/** A time as sops writes it, in whole seconds; also what it authenticates with the MAC. */
export function sopsTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/u, "Z");
}

export function sealMac(mac: string, dataKey: Uint8Array, lastModified: string): string {
  return seal(str(mac), dataKey, lastModified);
}

function printFile(block: ReadonlyMap<string, Printed>, format: Format): string {
  if (format === "yaml") return `${printEntry("sops", block, { style: "block", indent: "", unit: "    " })}\n`;
  return `{\n\t${printEntry('"sops"', block, { style: "flow", indent: "\t", unit: "\t" })}\n}\n`;
}

function str(text: string): { readonly type: "str"; readonly text: string } {
  return { type: "str", text };
}
