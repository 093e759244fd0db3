import { RotationError } from "../../error.ts";
import { type KeyEntry, mapsIn, nameOf, readKeyEntries } from "./key-entry.ts";
import type { Unwrap } from "./keyring.ts";
import { damaged, keyUnavailable } from "./problems.ts";
import { combineShares } from "./shamir.ts";
import { findEntry, type MapNode } from "./tree.ts";

/** The `sops` block of a file. Only what is needed to open it is read; everything else stays in the file untouched. */
export interface Metadata {
  /** Its scalars by name: `mac`, `lastmodified`, the rules. */
  readonly scalars: ReadonlyMap<string, string>;
  /** Keys of any one group give its share; a file with one group has the data key itself there. */
  readonly groups: readonly KeyGroup[];
  readonly threshold: number;
}

/** Keys of which any one opens the share of the group. */
export type KeyGroup = readonly KeyEntry[];

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
  const own = readKeyEntries(block);
  const groups = own.length > 0 ? [own] : mapsIn(block, "key_groups").map(readKeyEntries);
  return { scalars, groups, threshold: Number(scalars.get("shamir_threshold") ?? groups.length) };
}

/** @throws RotationError `key-unavailable` when too few of the groups open; `unreachable`, `sealed`, … when a later try may open them. */
export async function unwrapDataKey(metadata: Metadata, unwrap: Unwrap, file: string): Promise<Uint8Array> {
  const shares: Uint8Array[] = [];
  const failures: RotationError[] = [];
  const split = metadata.groups.length > 1;
  for (const group of metadata.groups) {
    const share = await unwrapShare(group, unwrap, failures);
    if (share) shares.push(share);
    if (split && shares.length >= metadata.threshold) break;
  }
  if (shares.length === 0 || (split && shares.length < metadata.threshold)) throw noKeyFits(metadata, shares.length, failures, file);
  const dataKey = split ? combineShares(shares) : shares[0];
  if (dataKey?.length !== 32)
    throw damaged(file, "the data key in its `sops` block has the wrong length", "Restore it from version control or a backup.");
  return dataKey;
}

async function unwrapShare(group: KeyGroup, unwrap: Unwrap, failures: RotationError[]): Promise<Uint8Array | undefined> {
  for (const entry of group) {
    try {
      const share = await unwrap(entry);
      if (share) return share;
    } catch (error) {
      if (!(error instanceof RotationError)) throw error;
      failures.push(error);
    }
  }
  return undefined;
}

const passing: readonly string[] = ["unreachable", "sealed", "quota"];

function noKeyFits({ groups, threshold }: Metadata, opened: number, failures: readonly RotationError[], file: string): RotationError {
  const names = groups.flatMap((group) => group.map(nameOf));
  if (names.length === 0) {
    return keyUnavailable(file, "it is protected by no key at all", "Restore it from version control or a backup.");
  }
  const later = failures.find(({ code }) => passing.includes(code));
  if (later) return later;
  // What stopped a key that the policy names says more than that none fits.
  if (failures[0]) return failures[0];
  const needed =
    groups.length > 1
      ? `${threshold} of its ${groups.length} key groups are needed and the keys of this store open ${opened}`
      : "the keys of this store do not open it";
  return keyUnavailable(
    file,
    `${needed}; it is encrypted to ${names.join(", ")}`,
    "Use the key of one of them, or have its owner run `sops updatekeys` with yours.",
  );
}
