import type { SopsStorePolicy } from "@holdfast/policy";

import { ageArmor, ageKey } from "../../keys/age.ts";
import { RotationError } from "../../error.ts";
import type { Key } from "../../roles.ts";
import type { Secret } from "../../secret.ts";
import type { Vault, VaultSession } from "../../vault/vault.ts";
import { once } from "../once.ts";
import { findIdentities } from "./identity.ts";
import type { KeyEntry } from "./key-entry.ts";

/** The keys that a policy protects a file with. */
export interface Keyring {
  readonly unwrap: Unwrap;
  /** A new data key wrapped for everybody whom the policy names. */
  wrap(dataKey: Uint8Array): Promise<KeyEntry[]>;
  /** Wraps again for the key of an entry of a file; undefined for a key that the policy does not name. Any age recipient can be wrapped for. */
  rewrap(entry: KeyEntry, dataKey: Uint8Array): Promise<KeyEntry | undefined>;
  close(): Promise<void>;
}

/**
 * Opens one wrapped data key of a file; undefined when it is not for a key that is here.
 * @throws RotationError when a key that could open it cannot be used.
 */
export type Unwrap = (entry: KeyEntry) => Promise<Uint8Array | undefined>;

export interface KeyringOptions {
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  /** The Vault of another store of the policy, for `vault-transit: { store: … }`. */
  readonly vault?: (store: string) => Promise<{ readonly address: string; readonly session: VaultSession }>;
  readonly onWarning?: (message: string) => void;
}

/** Nothing is loaded or asked before it is needed: age alone needs neither Vault's client nor the SDK of AWS. */
export function openKeyring(policy: SopsStorePolicy, options: KeyringOptions): Keyring {
  const { age, "aws-kms": kms, "vault-transit": transit } = policy.key;
  const identities = once(() => findIdentities(policy, options));
  const vault = once(() => openTransit(policy, options));

  /** A key of a server. Only what the policy names is asked, and only where it says: what else a file names is sent nowhere. */
  async function keyOf({ list, texts, context }: KeyEntry): Promise<Key | undefined> {
    const arn = texts.get("arn") ?? "";
    if (list === "kms" && kms?.arns.includes(arn))
      return (await import("../../keys/aws-kms.ts")).awsKmsKey({ arn, context, profile: kms.profile, endpoint: kms.endpoint });
    const { mount, key } = placeOf(transit);
    if (list === "hc_vault" && transit && texts.get("engine_path") === mount && texts.get("key_name") === key)
      return (await import("../../keys/vault-transit.ts")).vaultTransitKey({ vault: (await vault()).session, mount, key });
    return undefined;
  }

  async function rewrap(entry: KeyEntry, dataKey: Uint8Array): Promise<KeyEntry | undefined> {
    if (entry.list === "age") return wrapForAge(entry.texts.get("recipient") ?? "", dataKey);
    const wrapped = await (await keyOf(entry))?.wrap(dataKey);
    if (!wrapped) return undefined;
    const now = new Date().toISOString().replace(/\.\d+Z$/u, "Z");
    return { ...entry, texts: new Map(entry.texts).set("created_at", now).set("enc", encoded(entry, wrapped.ciphertext)) };
  }

  return {
    async unwrap(entry) {
      if (entry.list === "age") return age && ageOpener(await identities())(entry);
      return (await keyOf(entry))?.unwrap({ key: "", ciphertext: decoded(entry) });
    },
    rewrap,
    async wrap(dataKey) {
      const named: KeyEntry[] = [
        ...[...new Set(age?.recipients)].map((recipient) => entryOf("age", { recipient })),
        ...[...new Set(kms?.arns)].map((arn) => ({ ...entryOf("kms", { arn, aws_profile: "" }), context: kms?.context ?? {} })),
      ];
      if (transit) {
        const { mount, key } = placeOf(transit);
        named.push(entryOf("hc_vault", { vault_address: (await vault()).address, engine_path: mount, key_name: key }));
      }
      const wrapped = await Promise.all(named.map((entry) => rewrap(entry, dataKey)));
      return wrapped.filter((entry) => entry !== undefined);
    },
    // A Vault of another store is closed by that store.
    close: async () => (transit?.address !== undefined ? (await vault().catch(() => undefined))?.own?.close() : undefined),
  };
}

/** Opens what age identities open. */
export function ageOpener(identities: readonly Secret[]): Unwrap {
  return async ({ list, texts }) => {
    if (list !== "age") return undefined;
    try {
      const ciphertext = ageArmor.decode(texts.get("enc") ?? "");
      return await ageKey({ recipient: texts.get("recipient") ?? "", identities }).unwrap({ key: "", ciphertext });
    } catch {
      // Encrypted to somebody else, or not an armoured age file: another entry may still open.
      return undefined;
    }
  };
}

/** @throws RotationError `invalid` when it is no recipient. */
export async function wrapForAge(recipient: string, dataKey: Uint8Array): Promise<KeyEntry> {
  const { ciphertext } = await ageKey({ recipient, identities: [] }).wrap(dataKey);
  return entryOf("age", { recipient, enc: ageArmor.encode(ciphertext) });
}

type Transit = NonNullable<SopsStorePolicy["key"]["vault-transit"]>;

function placeOf(transit: Transit | undefined): { mount: string; key: string } {
  return { mount: (transit?.mount ?? "transit").replace(/^\/+|\/+$/gu, ""), key: transit?.key ?? "" };
}

async function openTransit(
  { name, line, key: { "vault-transit": transit } }: SopsStorePolicy,
  options: KeyringOptions,
): Promise<{ readonly address: string; readonly session: VaultSession; readonly own?: Vault }> {
  if (transit?.address !== undefined) {
    const { address, namespace, ca, auth } = transit;
    const { openVaultKv } = await import("../vault-kv.ts");
    const place = { ...(namespace !== undefined && { namespace }), ...(ca !== undefined && { ca }), ...(auth && { auth }) };
    const { vault } = await openVaultKv({ kind: "vault", name, line, address, ...place }, options);
    return { address: address.replace(/\/$/u, ""), session: vault, own: vault };
  }
  if (transit?.store !== undefined && options.vault) return options.vault(transit.store);
  throw new RotationError(
    "invalid",
    `The store ${name} takes its key from Vault through another store, which is not known here. Nothing was read. Give the address in the policy (key.vault-transit.address).`,
  );
}

function entryOf(list: KeyEntry["list"], texts: Readonly<Record<string, string>>): KeyEntry {
  return { list, texts: new Map(Object.entries(texts)), context: {} };
}

/** How sops writes what a server wrapped: base64 of what KMS gave, the text of Vault. */
function encoded({ list }: KeyEntry, ciphertext: Uint8Array): string {
  return Buffer.from(ciphertext).toString(list === "kms" ? "base64" : "utf8");
}

function decoded({ list, texts }: KeyEntry): Uint8Array {
  return Buffer.from(texts.get("enc") ?? "", list === "kms" ? "base64" : "utf8");
}
