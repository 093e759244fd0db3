import type { StorePolicy } from "@holdfast/policy";

import type { Store } from "../roles.ts";
import { openSopsFile } from "./sops-file.ts";
import { openVaultKv } from "./vault-kv.ts";

interface OpenOptions {
  /** The folder of the policy: relative paths start there. */
  readonly directory: string;
  /** Where credentials are read from. */
  readonly env: NodeJS.ProcessEnv;
}

type Open<Kind extends StorePolicy["kind"]> = (policy: Extract<StorePolicy, { kind: Kind }>, options: OpenOptions) => Promise<Store>;

/** One line a kind of store. */
const kinds: { readonly [Kind in StorePolicy["kind"]]: Open<Kind> } = {
  vault: openVaultKv,
  sops: openSopsFile,
};

/** Opens a store of the policy; credentials are asked for by its first use. @throws RotationError */
export async function openStore(policy: StorePolicy, options: OpenOptions): Promise<Store> {
  const open = kinds[policy.kind] as (policy: StorePolicy, options: OpenOptions) => Promise<Store>;
  return open(policy, options);
}
