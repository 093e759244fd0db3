import type { PolicyFile } from "@holdfast/policy";

import { RotationError } from "./error.ts";
import type { Store } from "./roles.ts";
import { openStore } from "./stores/open-store.ts";
import type { VaultSession } from "./vault/vault.ts";

/** The stores of one policy: each is opened when it is first needed, and once. */
export interface Stores {
  /** @throws RotationError; the next call tries again. */
  open(name: string): Promise<Store>;
  /** The client of a store of kind `vault`. @throws RotationError `invalid` for another kind. */
  vault(name: string): Promise<VaultSession>;
  close(): Promise<void>;
}

export function openStores(
  { directory, policy }: PolicyFile,
  env: NodeJS.ProcessEnv,
  onWarning: (message: string) => void = () => undefined,
): Stores {
  const opened = new Map<string, Promise<Store>>();
  const vaultOf = async (name: string): Promise<{ address: string; session: VaultSession }> => {
    const session = await stores.vault(name);
    const declared = policy.stores.find((store) => store.name === name);
    return { address: declared?.kind === "vault" ? declared.address.replace(/\/$/u, "") : "", session };
  };
  const stores: Stores = {
    async vault(name) {
      const store = await stores.open(name);
      if (store.vault) return store.vault;
      throw new RotationError(
        "invalid",
        `The store "${name}" is of kind ${store.kind}, and a store of kind vault is needed here. Nothing was done. Name one in the policy.`,
      );
    },
    open(name) {
      const before = opened.get(name);
      if (before) return before;
      const declared = policy.stores.find((store) => store.name === name);
      if (declared === undefined) {
        return Promise.reject(
          new RotationError("invalid", `The policy declares no store "${name}". Nothing was done. Add it under "stores:".`),
        );
      }
      const opening = openStore(declared, { directory, env, onWarning, vault: vaultOf });
      opened.set(name, opening);
      opening.catch(() => opened.delete(name));
      return opening;
    },
    async close() {
      const stores = await Promise.allSettled(opened.values());
      opened.clear();
      await Promise.allSettled(stores.map(async (store) => (store.status === "fulfilled" ? store.value.close() : undefined)));
    },
  };
  return stores;
}
