import { randomUUID } from "node:crypto";
import { obtainVault } from "../obtain/vault.ts";
import { serverEnvironment } from "./environment.ts";
import { startServer } from "./start-server.ts";

export interface VaultServer {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  address: string;
  /** A root token. */
  token: string;
  stop: () => Promise<void>;
}

/** Vault in dev mode: unsealed, in memory, KV v2 at `secret/`, database plugins registered under `postgresql-database-plugin` and `redis-database-plugin`. */
export async function startVault(): Promise<VaultServer> {
  const { vault, plugins } = await obtainVault();
  const token = `test-${randomUUID()}`;
  const server = await startServer({
    label: "Vault",
    ports: 2,
    prepare: ({ folder, port }) =>
      Promise.resolve({
        executable: vault,
        args: ["server", "-dev", "-dev-no-store-token", `-dev-listen-address=127.0.0.1:${port}`, `-dev-plugin-dir=${plugins}`],
        env: { ...serverEnvironment(folder), VAULT_DEV_ROOT_TOKEN_ID: token },
        stopSignal: "SIGTERM",
      }),
    isReady: async ({ port, signal }) => (await fetch(`http://127.0.0.1:${port}/v1/sys/health`, { signal })).status === 200,
  });
  return { address: `http://127.0.0.1:${server.port}`, token, stop: server.stop };
}
