import { obtainSops } from "../obtain/sops.ts";
import { forSuite } from "./suite.ts";

/** The real `sops`: `executable` is its path. Run it with SOPS_DISABLE_VERSION_CHECK=1, or `--version` asks its makers for the newest one. */
export function useSops(): { executable: string } {
  return forSuite(async () => ({ value: { executable: await obtainSops() }, close: () => Promise.resolve() }));
}
