import { randomBytes } from "node:crypto";

import type { SopsStorePolicy } from "@holdfast/policy";

import { followLinks, removeLeftovers, replaceFile, withFileLock } from "../atomic-file.ts";
import { resolvePath } from "../resolve-path.ts";
import { authenticate, type Context, openCurrent, openerOf } from "./current-file.ts";
import { blockEdits } from "./edit-document.ts";
import { type KeyEntry, keyLists, nameOf, readKeyEntries } from "./key-entry.ts";
import { type Keyring, type KeyringOptions, openKeyring } from "./keyring.ts";
import { formatOf, printedKeys } from "./new-file.ts";
import { additionalData, leavesOf, openFile, type OpenedFile } from "./opened-file.ts";
import { printLeaf, type Printed } from "./print.ts";
import { invalid } from "./problems.ts";
import { applyEdits, type Edit } from "./text-edits.ts";
import { findEntry, type Leaf, type MapNode, type Node } from "./tree.ts";
import { resealComment, seal } from "./value.ts";

/** Whom a file was opened to by a change, and whom no more: recipients, ARNs, places of keys. */
export interface Rekeyed {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly kept: readonly string[];
}

/**
 * Gives the file of a store a new data key, for the same keys as before, and encrypts every value and comment with it. The values stay the same, every
 * version changes: a rotation in flight then stops with `conflict`. Whoever has an old copy of the file can still open that copy.
 * @throws RotationError `invalid` when a key of the file is not in the policy or of a kind that cannot be wrapped for here, or when there is no file;
 * the file is then as it was. Otherwise as a write of the store.
 */
export async function rotateDataKey(policy: SopsStorePolicy, options: KeyringOptions): Promise<Rekeyed> {
  return rekey(policy, options, async ({ present, keyring, dataKey, file }) => {
    const entries = await Promise.all(present.map((entry) => keyring.rewrap(entry, dataKey)));
    const missing = present.filter((_entry, index) => entries[index] === undefined);
    if (missing.length > 0) throw cannotWrap(file, missing);
    return entries.filter((entry) => entry !== undefined);
  });
}

/**
 * Opens the file of a store to the keys of its policy and to nobody else, with a new data key: whoever is not named any more cannot open what is
 * written from now on. Keys that stay keep their encryption context and role.
 * @param foreign what becomes of keys of a kind that Holdfast does not have (pgp, gcp_kms, …).
 * @throws RotationError as `rotateDataKey`; `key-unavailable` when the policy would shut out its own store.
 */
export async function setRecipients(
  policy: SopsStorePolicy,
  options: KeyringOptions,
  foreign: "refuse" | "remove" = "refuse",
): Promise<Rekeyed> {
  return rekey(policy, options, async ({ present, keyring, dataKey, file }) => {
    const others = present.filter(({ list }) => !ownLists.has(list));
    if (others.length > 0 && foreign === "refuse") throw cannotWrap(file, others);
    const wanted = await keyring.wrap(dataKey);
    return Promise.all(
      wanted.map(async (entry) => {
        const before = present.find((known) => known.list === entry.list && nameOf(known) === nameOf(entry));
        return (before && (await keyring.rewrap(before, dataKey))) ?? entry;
      }),
    );
  });
}

interface Choice {
  /** The keys of the file as it is. */
  readonly present: readonly KeyEntry[];
  readonly keyring: Keyring;
  /** The new one. */
  readonly dataKey: Uint8Array;
  readonly file: string;
}

const ownLists: ReadonlySet<string> = new Set(["age", "kms", "hc_vault"]);

async function rekey(
  policy: SopsStorePolicy,
  options: KeyringOptions,
  choose: (choice: Choice) => Promise<readonly KeyEntry[]>,
): Promise<Rekeyed> {
  const file = resolvePath(policy.file, options.directory, options.env);
  const keyring = openKeyring(policy, options);
  const context: Context = { file, format: formatOf(file), keyring, open: openerOf() };
  try {
    const target = await followLinks(file);
    return await withFileLock(target, async (holdsLock) => {
      await removeLeftovers(target);
      const current = await openCurrent(context, target);
      if (!current)
        throw invalid(file, "there is no such file", "It is made, with a data key of its own, by the first write of the store.");
      const present = presentKeys(current.opened);
      const dataKey = randomBytes(32);
      const entries = await choose({ present, keyring, dataKey, file });
      const edited = reencrypted(current.opened, dataKey, entries);
      const { text } = await authenticate(edited, { ...current.opened, dataKey });
      // As any run from now on will open it: a file that this store could not open is never written.
      requireSame(current.opened, await openFile(text, context.format, file, keyring));
      await replaceFile(target, text, current.snapshot, holdsLock);
      return difference(present, entries);
    });
  } finally {
    await keyring.close();
  }
}

function presentKeys({ root, metadata, file }: OpenedFile): readonly KeyEntry[] {
  const block = findEntry(root, "sops")?.value;
  if (block?.kind === "map" && metadata.groups.length === 1 && !findEntry(block, "key_groups")) return readKeyEntries(block);
  throw invalid(file, "its data key is split among key groups", "Change such a file with `sops rotate` or `sops updatekeys`.");
}

function reencrypted(opened: OpenedFile, dataKey: Uint8Array, entries: readonly KeyEntry[]): string {
  const block = findEntry(opened.root, "sops")?.value as MapNode;
  const others = block.entries.filter(({ key }) => !keyLists.some((list) => list === key));
  const printed = new Map([...printedKeys(entries), ...others.map(({ key, value }): [string, Printed] => [key, printedOf(value)])]);
  return applyEdits(opened.text, [...valueEdits(opened, dataKey), ...commentEdits(opened, dataKey), ...blockEdits(opened, printed)]);
}

function valueEdits({ text, roots, plain, encrypts }: OpenedFile, dataKey: Uint8Array): Edit[] {
  return [...leavesOf(roots)].flatMap(({ leaf, path, comments }) => {
    const value = plain.get(leaf);
    if (!value || leaf.written.type !== "str" || leaf.written.text === "" || !encrypts(path, comments)) return [];
    return [leafEdit(text, leaf, seal(value, dataKey, additionalData(path)))];
  });
}

/** A value keeps the quotes that it has. */
function leafEdit(text: string, { start, end, written }: Leaf, sealed: string): Edit {
  const source = text.slice(start, end);
  const replaced = source.includes(written.text)
    ? source.replace(written.text, () => sealed)
    : printLeaf({ type: "str", text: sealed }, "flow");
  return { start, end, text: replaced };
}

/** Comments are sealed with the keys that lead to the map they stand in. One that does not open now did not before, and is kept. */
function commentEdits({ text, roots, dataKey }: OpenedFile, to: Uint8Array): Edit[] {
  const found = [...text.matchAll(/(?<sealed>ENC\[AES256_GCM,[^\]\s]*,type:comment\])/gu)];
  if (found.length === 0) return [];
  const places = new Set([...leavesOf(roots)].flatMap(({ path }) => path.map((_key, depth) => additionalData(path.slice(0, depth)))));
  for (const { path } of leavesOf(roots)) places.add(additionalData(path));
  return found.flatMap((match) => {
    const sealed = match.groups?.["sealed"] ?? "";
    const fresh = resealComment(sealed, { from: dataKey, to }, [":", ...places]);
    return fresh === undefined ? [] : [{ start: match.index, end: match.index + sealed.length, text: fresh }];
  });
}

function printedOf(node: Node): Printed {
  if (node.kind === "leaf") return node.written;
  if (node.kind === "list") return node.items.map(({ value }) => printedOf(value));
  return new Map(node.entries.map(({ key, value }) => [key, printedOf(value)]));
}

function requireSame(before: OpenedFile, after: OpenedFile): void {
  const [a, b] = [[...before.plain.values()], [...after.plain.values()]];
  if (a.length === b.length && a.every(({ type, text }, index) => type === b[index]?.type && text === b[index].text)) return;
  throw invalid(before.file, "its values would not read back as they are", "Change its data key with `sops rotate`.");
}

function difference(before: readonly KeyEntry[], after: readonly KeyEntry[]): Rekeyed {
  const [old, now] = [before.map(nameOf), after.map(nameOf)];
  return {
    added: now.filter((name) => !old.includes(name)),
    removed: old.filter((name) => !now.includes(name)),
    kept: now.filter((name) => old.includes(name)),
  };
}

function cannotWrap(file: string, entries: readonly KeyEntry[]): Error {
  return invalid(
    file,
    `a new data key cannot be wrapped for ${entries.map(nameOf).join(", ")}`,
    "Name the key in the policy of the store, take it out of the file, or use `sops rotate`.",
  );
}
