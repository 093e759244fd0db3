import type { StorePolicy } from "@holdfast/policy";

import type { Store } from "../roles.ts";
import type { VaultSession } from "../vault/vault.ts";

interface OpenOptions {
  /** The folder of the policy: relative paths start there. */
  readonly directory: string;
  /** Where credentials are read from. */
  readonly env: NodeJS.ProcessEnv;
  /** The Vault of another store of the policy. */
  readonly vault?: (store: string) => Promise<{ readonly address: string; readonly session: VaultSession }>;
  /** Told, once, what is worth knowing about the store and stops nothing; never a value. */
  readonly onWarning?: (message: string) => void;
}

type Open<Kind extends StorePolicy["kind"]> = (policy: Extract<StorePolicy, { kind: Kind }>, options: OpenOptions) => Promise<Store>;

/** One line a kind of store. Each is loaded when one is opened: who keeps secrets in a file does not wait for Vault's client to load. */
const kinds: { readonly [Kind in StorePolicy["kind"]]: Open<Kind> } = {
  vault: async (policy, options) => (await import("./vault-kv.ts")).openVaultKv(policy, options),
  sops: async (policy, options) => (await import("./sops-file.ts")).openSopsFile(policy, options),
};

/** Opens a store of the policy; credentials are asked for by its first use. @throws RotationError */
export async function openStore(policy: StorePolicy, options: OpenOptions): Promise<Store> {
  const open = kinds[policy.kind] as (policy: StorePolicy, options: OpenOptions) => Promise<Store>;
  return open(policy, options);
}
