import type { Printed } from "./print.ts";
import { findEntry, type MapNode, type Node } from "./tree.ts";
import type { Plain } from "./value.ts";

/** The lists of the `sops` block that hold wrapped data keys. */
export const keyLists = ["age", "kms", "hc_vault", "pgp", "gcp_kms", "azure_kv", "hckms"] as const;
export type KeyList = (typeof keyLists)[number];

/** One wrapped data key as it stands in the file. */
export interface KeyEntry {
  readonly list: KeyList;
  /** Its texts by name: `recipient`, `arn`, `enc`, … */
  readonly texts: ReadonlyMap<string, string>;
  /** The encryption context of a KMS entry. */
  readonly context: Readonly<Record<string, string>>;
}

/** The wrapped data keys of one key group, or of the block itself. */
export function readKeyEntries(map: MapNode): KeyEntry[] {
  return keyLists.flatMap((list) => mapsIn(map, list).map((entry) => toEntry(list, entry)));
}

export function mapsIn(map: MapNode, key: string): MapNode[] {
  const list: Node | undefined = findEntry(map, key)?.value;
  return list?.kind === "list" ? list.items.flatMap(({ value }) => (value.kind === "map" ? [value] : [])) : [];
}

/** Who opens an entry, as a person knows it: the recipient, the ARN, the place of the key. */
export function nameOf({ list, texts }: KeyEntry): string {
  switch (list) {
    case "age":
      return texts.get("recipient") ?? "";
    case "kms":
      return texts.get("arn") ?? "";
    case "hc_vault":
      return `${texts.get("vault_address") ?? ""}/v1/${texts.get("engine_path") ?? ""}/keys/${texts.get("key_name") ?? ""}`;
    case "pgp":
      return `pgp ${texts.get("fp") ?? ""}`;
    case "gcp_kms":
      return texts.get("resource_id") ?? "";
    case "azure_kv":
      return `${texts.get("vault_url") ?? ""}/keys/${texts.get("name") ?? ""}`;
    case "hckms":
      return `hckms ${texts.get("key_id") ?? ""}`;
  }
}

/** An entry as it is written, with its keys in the order that sops has. */
export function printKeyEntry({ list, texts, context }: KeyEntry): Printed {
  const fields = orders[list].flatMap((name): [string, Printed][] => {
    if (name === "context") {
      const pairs = Object.entries(context);
      return pairs.length === 0 ? [] : [[name, new Map(pairs.map(([key, value]) => [key, str(value)]))]];
    }
    const text = texts.get(name);
    return text === undefined ? [] : [[name, str(text)]];
  });
  return new Map(fields);
}

/** Source: the structs of getsops/sops v3.11.0, stores/stores.go. */
const orders: Readonly<Record<KeyList, readonly string[]>> = {
  age: ["recipient", "enc"],
  kms: ["arn", "role", "context", "created_at", "enc", "aws_profile"],
  hc_vault: ["vault_address", "engine_path", "key_name", "created_at", "enc"],
  pgp: ["created_at", "enc", "fp"],
  gcp_kms: ["resource_id", "created_at", "enc"],
  azure_kv: ["vault_url", "name", "version", "created_at", "enc"],
  hckms: ["key_id", "created_at", "enc"],
};

function toEntry(list: KeyList, map: MapNode): KeyEntry {
  const texts = new Map(map.entries.flatMap(({ key, value }) => (value.kind === "leaf" ? [[key, value.written.text] as const] : [])));
  const context = findEntry(map, "context")?.value;
  const pairs =
    context?.kind === "map"
      ? context.entries.flatMap(({ key, value }) => (value.kind === "leaf" ? [[key, value.written.text] as const] : []))
      : [];
  return { list, texts, context: Object.fromEntries(pairs) };
}

function str(text: string): Plain {
  return { type: "str", text };
}
