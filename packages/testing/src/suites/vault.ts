import { randomUUID } from "node:crypto";
import { kvIsReady, vaultClient } from "../servers/vault-client.ts";
import type { VaultClient } from "../servers/vault-client.ts";
import { forSuite, sharedServer } from "./suite.ts";

export interface SuiteVault extends VaultClient {
  /** `http://127.0.0.1:<port>` of the Vault that all suites share: never seal it, never enable an audit device (see useSealableVault). */
  address: string;
  /** A root token. */
  token: string;
  /** This suite's own KV v2 mount, without slashes. */
  mount: string;
  /** Mounts another secrets engine ("transit", "database", "kv", …) for this suite alone and answers its path. */
  enableEngine: (type: string, settings?: object) => Promise<string>;
  /** The same for an auth method ("approle", "userpass", …); its path comes after `auth/`. */
  enableAuth: (type: string) => Promise<string>;
}

/** A real Vault for the suite: the shared server, with mounts of its own that are removed afterwards. */
export function useVault(): SuiteVault {
  return forSuite(async () => {
    const { address, token } = await sharedServer("vault");
    const client = vaultClient({ address, token });
    const enabled: string[] = [];
    const enable = async (kind: "mounts" | "auth", type: string, settings: object): Promise<string> => {
      const path = `${type}-${randomUUID().slice(0, 8)}`;
      await client.must("POST", `sys/${kind}/${path}`, { type, ...settings });
      enabled.push(`sys/${kind}/${path}`);
      return path;
    };
    const enableEngine: SuiteVault["enableEngine"] = (type, settings = {}) => enable("mounts", type, settings);
    const mount = await enableEngine("kv", { options: { version: "2" } });
    await kvIsReady(client, mount);
    return {
      value: { ...client, address, token, mount, enableEngine, enableAuth: (type) => enable("auth", type, {}) },
      close: async () => void (await Promise.all(enabled.map((path) => client.request("DELETE", path)))),
    };
  });
}
