import { createHash } from "node:crypto";

import type { Unwrap } from "./keyring.ts";
import { type Metadata, readMetadata, unwrapDataKey } from "./metadata.ts";
import { damaged, printPath } from "./problems.ts";
import { type CommentStack, encryptionRule, type Encrypts } from "./rules.ts";
import { type Format, type Leaf, type MapNode, type Node, parseTree } from "./tree.ts";
import { looksSealed, type Plain, unseal } from "./value.ts";

/** A SOPS file with every leaf decrypted and its MAC verified. */
export interface OpenedFile {
  readonly file: string;
  readonly format: Format;
  readonly text: string;
  /** The documents of the file; Holdfast reads and writes in the first, the others are kept. */
  readonly roots: readonly MapNode[];
  readonly root: MapNode;
  readonly plain: ReadonlyMap<Leaf, Plain>;
  readonly encrypts: Encrypts;
  readonly dataKey: Uint8Array;
  readonly metadata: Metadata;
}

/** How the data key is found: by unwrapping it, or known already because the file was just written. */
export type DataKeySource = { readonly unwrap: Unwrap } | { readonly dataKey: Uint8Array };

/**
 * @throws RotationError `damaged` when the file is not one of sops, was changed without its data key, or was cut short;
 * `key-unavailable` when no key opens it.
 */
export async function openFile(text: string, format: Format, file: string, source: DataKeySource): Promise<OpenedFile> {
  const { opened, mac, metadata } = await decryptFile(text, format, file, source);
  const stored = unseal(metadata.scalars.get("mac") ?? "", opened.dataKey, metadata.scalars.get("lastmodified") ?? "");
  if (stored?.text !== mac) {
    throw damaged(
      file,
      "its MAC does not fit: something in it was changed by other means than sops and Holdfast",
      "Restore it from version control or a backup; do not go on with values of unknown origin.",
    );
  }
  return opened;
}

/** As `openFile`, but gives the MAC that the leaves have instead of asking for it. */
export async function decryptFile(
  text: string,
  format: Format,
  file: string,
  source: DataKeySource,
): Promise<{ readonly opened: OpenedFile; readonly mac: string; readonly metadata: Metadata }> {
  const roots = shallow(() => parseTree(text, format, file), file);
  const [root] = roots;
  if (!root) throw damaged(file, "it is empty", "Remove it, or restore it from version control or a backup.");
  const metadata = readMetadata(root, file);
  const encrypts = encryptionRule(metadata.scalars, file);
  const dataKey = "dataKey" in source ? source.dataKey : await unwrapDataKey(metadata, source.unwrap, file);
  const plain = new Map<Leaf, Plain>();
  const hash = createHash("sha512");
  const macOnlyEncrypted = metadata.scalars.get("mac_only_encrypted") === "True";
  if (macOnlyEncrypted) hash.update(macOnlyEncryptedPrefix);
  for (const { leaf, path, comments } of shallow(() => [...leavesOf(roots)], file)) {
    const encrypted = encrypts(path, comments);
    const value = encrypted ? decryptLeaf(leaf, path, dataKey, file) : leaf.written;
    plain.set(leaf, value);
    if (encrypted || !macOnlyEncrypted) hash.update(value.text, "utf8");
  }
  return {
    opened: { file, format, text, roots, root, plain, encrypts, dataKey, metadata },
    mac: hash.digest("hex").toUpperCase(),
    metadata,
  };
}

/** Both the parser and the walk over its tree call themselves once a level. */
function shallow<T>(work: () => T, file: string): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw damaged(file, "it is nested too deeply", restore);
  }
}

/** What sops authenticates with a value: the keys that lead to it; list indexes are left out. */
export function additionalData(path: readonly string[]): string {
  return `${path.join(":")}:`;
}

/** SHA-256 of `sops`: makes a MAC over encrypted values alone differ from one over all. Source: sops v3.11.0, sops.go. */
const macOnlyEncryptedPrefix = createHash("sha256").update("sops").digest();

function decryptLeaf(leaf: Leaf, path: readonly string[], dataKey: Uint8Array, file: string): Plain {
  const { written } = leaf;
  if (written.type === "null") return written;
  const value = written.type === "str" ? unseal(written.text, dataKey, additionalData(path)) : undefined;
  if (value) return value;
  if (written.type === "str" && looksSealed(written.text)) {
    throw damaged(
      file,
      `the value at ${printPath(path)} cannot be decrypted: it was changed, moved from another place, or encrypted for another file`,
      restore,
    );
  }
  throw damaged(
    file,
    `the value at ${printPath(path)} is in clear although this file encrypts it`,
    "Encrypt it with `sops edit`; if the file was ever shared, rotate that value.",
  );
}

const restore = "Restore it from version control or a backup.";

interface Visit {
  readonly leaf: Leaf;
  readonly path: readonly string[];
  readonly comments: CommentStack;
}

/** Every leaf in the order of the file, without the `sops` block of each document. */
export function* leavesOf(roots: readonly MapNode[]): Generator<Visit> {
  for (const root of roots) {
    for (const { key, value, comments } of root.entries) if (key !== "sops") yield* leavesUnder(value, [key], [comments]);
  }
}

export function* leavesUnder(node: Node, path: readonly string[], comments: CommentStack): Generator<Visit> {
  if (node.kind === "leaf") yield { leaf: node, path, comments };
  else if (node.kind === "list") for (const item of node.items) yield* leavesUnder(item.value, path, [...comments, item.comments]);
  else for (const entry of node.entries) yield* leavesUnder(entry.value, [...path, entry.key], [...comments, entry.comments]);
}
