import { startSealableVault } from "../servers/sealable-vault.ts";
import type { SealableVault, SealableVaultOptions } from "../servers/sealable-vault.ts";
import { forSuite } from "./suite.ts";

/** A Vault server of the suite's own, to seal, unseal, block and reconfigure; KV v2 at `secret/`. It is ready in about a second. */
export function useSealableVault(options: SealableVaultOptions = {}): Omit<SealableVault, "stop"> {
  return forSuite(async () => {
    const value = await startSealableVault(options);
    return { value, close: value.stop };
  });
}
