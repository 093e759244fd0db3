import { ageArmor, ageKey } from "../../keys/age.ts";
import { RotationError } from "../../error.ts";
import type { Secret } from "../../secret.ts";
import { damaged, keyUnavailable } from "./problems.ts";
import { combineShares } from "./shamir.ts";
import { findEntry, type ListNode, type MapNode, type Node } from "./tree.ts";

/** The `sops` block of a file. Only what is needed to open it is read; everything else stays in the file untouched. */
export interface Metadata {
  /** Its scalars by name: `mac`, `lastmodified`, the rules. */
  readonly scalars: ReadonlyMap<string, string>;
  /** Keys of any one group give its share; a file with one group has the data key itself there. */
  readonly groups: readonly KeyGroup[];
  readonly threshold: number;
}

interface KeyGroup {
  readonly age: readonly { readonly recipient: string; readonly enc: string }[];
  /** Kinds of the other keys, to tell people who could open it. */
  readonly others: readonly string[];
}

const kinds = ["kms", "gcp_kms", "azure_kv", "hc_vault", "pgp"] as const;

/** @throws RotationError `damaged` when there is no such block, or a needed part of it is missing. */
export function readMetadata(root: MapNode, file: string): Metadata {
  const block = findEntry(root, "sops")?.value;
  if (block?.kind !== "map") {
    throw damaged(
      file,
      "it has no `sops` block, so it is not encrypted by sops",
      "Encrypt it with `sops encrypt --in-place`, or name another file in the policy.",
    );
  }
  const scalars = new Map(
    block.entries.flatMap(({ key, value }) => (value.kind === "leaf" && value.written.type !== "null" ? [[key, value.written.text]] : [])),
  );
  for (const name of ["lastmodified", "mac"]) {
    if (!scalars.get(name)) throw damaged(file, `its \`sops\` block has no ${name}`, "Restore it from version control or a backup.");
  }
  const own = readGroup(block);
  const groups = own.age.length + own.others.length > 0 ? [own] : listOf(block, "key_groups").map(readGroup);
  return { scalars, groups, threshold: Number(scalars.get("shamir_threshold") ?? groups.length) };
}

/** @throws RotationError `key-unavailable` when the identities open too few of the groups. */
export async function unwrapDataKey(metadata: Metadata, identities: readonly Secret[], file: string): Promise<Uint8Array> {
  const shares: Uint8Array[] = [];
  for (const group of metadata.groups) {
    const share = await unwrapShare(group, identities);
    if (share) shares.push(share);
  }
  const split = metadata.groups.length > 1;
  if (shares.length === 0 || (split && shares.length < metadata.threshold)) throw noKeyFits(metadata, shares.length, file);
  const dataKey = split ? combineShares(shares) : shares[0];
  if (dataKey?.length !== 32)
    throw damaged(file, "the data key in its `sops` block has the wrong length", "Restore it from version control or a backup.");
  return dataKey;
}

async function unwrapShare(group: KeyGroup, identities: readonly Secret[]): Promise<Uint8Array | undefined> {
  for (const { recipient, enc } of group.age) {
    try {
      return await ageKey({ recipient, identities }).unwrap({ key: recipient, ciphertext: ageArmor.decode(enc) });
    } catch (error) {
      if (error instanceof RotationError) continue;
      // Not an armoured age file: another entry may still be one.
    }
  }
  return undefined;
}

function noKeyFits({ groups, threshold }: Metadata, opened: number, file: string): RotationError {
  const recipients = groups.flatMap(({ age }) => age.map(({ recipient }) => recipient));
  const others = [...new Set(groups.flatMap((group) => group.others))];
  if (recipients.length === 0) {
    return keyUnavailable(
      file,
      `it is protected by ${others.join(", ") || "no key at all"} and by no age key`,
      "Add one with `sops rotate --in-place --add-age <recipient>`.",
    );
  }
  const needed =
    groups.length > 1
      ? `${threshold} of its ${groups.length} key groups are needed and this age identity opens ${opened}`
      : "this age identity does not open it";
  return keyUnavailable(
    file,
    `${needed}; it is encrypted to ${recipients.join(", ")}`,
    "Use the identity of one of them, or have its owner run `sops updatekeys` with yours.",
  );
}

function readGroup(map: MapNode): KeyGroup {
  const age = listOf(map, "age").map((entry) => ({ recipient: textOf(entry, "recipient"), enc: textOf(entry, "enc") }));
  return { age, others: kinds.filter((kind) => listOf(map, kind).length > 0) };
}

function listOf(map: MapNode, key: string): MapNode[] {
  const list: Node | undefined = findEntry(map, key)?.value;
  return list?.kind === "list" ? (list satisfies ListNode).items.flatMap(({ value }) => (value.kind === "map" ? [value] : [])) : [];
}

function textOf(map: MapNode, key: string): string {
  const value = findEntry(map, key)?.value;
  return value?.kind === "leaf" ? value.written.text : "";
}
