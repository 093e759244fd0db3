import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { obtainVault } from "../obtain/vault.ts";
import { createBlockableAudit } from "./blockable-audit.ts";
import { createCertificate } from "./certificate.ts";
import { serverEnvironment } from "./environment.ts";
import { startServer } from "./start-server.ts";
import { until } from "./until.ts";
import { kvIsReady, vaultClient } from "./vault-client.ts";
import type { VaultClient } from "./vault-client.ts";

export interface SealableVault extends VaultClient {
  /** `http://127.0.0.1:<port>`, or `https://…` when started with TLS. */
  address: string;
  /** A root token. */
  token: string;
  /** PEM file of the certificate authority that signed the server's certificate, and its content; only with TLS. */
  tls?: { caFile: string; ca: string };
  /** From now on every request except health and unseal answers 503, "Vault is sealed". */
  seal: () => Promise<void>;
  /** Resolves when the server is active again. */
  unseal: () => Promise<void>;
  /**
   * From now on the only audit device cannot write, so Vault refuses every request with 500 and carries out none. The answered function
   * makes it work again.
   */
  blockAudit: () => Promise<() => Promise<void>>;
  stop: () => Promise<void>;
}

export interface SealableVaultOptions {
  transport?: "http" | "https";
}

/** Vault as it is run for real, with a configuration file: initialised with one unseal key, unsealed, in memory, KV v2 at `secret/`. */
export async function startSealableVault({ transport = "http" }: SealableVaultOptions = {}): Promise<SealableVault> {
  const { vault } = await obtainVault();
  const server = await startServer({
    label: "Vault",
    ports: 2,
    prepare: async ({ folder, port }) => {
      const config = join(folder, "vault.json");
      await writeFile(config, JSON.stringify(await configuration(folder, port, transport)));
      return { executable: vault, args: ["server", `-config=${config}`], env: serverEnvironment(folder), stopSignal: "SIGTERM" };
    },
    isReady: async ({ folder, port }) => {
      const { status } = await vaultClient({
        address: `${transport}://127.0.0.1:${port}`,
        token: "",
        ...(await trust(folder, transport)),
      }).request("GET", "sys/health");
      return status === 501;
    },
  });

  const address = `${transport}://127.0.0.1:${server.port}`;
  const tls = await trust(server.folder, transport);
  const { token, unsealKey } = await initialise(vaultClient({ address, token: "", ...tls }));
  const client = vaultClient({ address, token, ...tls });
  const audit = createBlockableAudit(client);
  const unseal = async (): Promise<void> => {
    await client.must("PUT", "sys/unseal", { key: unsealKey });
    await until("Vault is active after unsealing", async () => (await client.request("GET", "sys/health")).status === 200);
  };

  await unseal();
  await client.must("POST", "sys/mounts/secret", { type: "kv", options: { version: "2" } });
  await kvIsReady(client, "secret");
  return {
    ...client,
    ...(tls.ca === undefined ? {} : { tls: { caFile: join(server.folder, "ca.pem"), ca: tls.ca } }),
    address,
    token,
    unseal,
    seal: async () => void (await client.must("PUT", "sys/seal")),
    blockAudit: audit.block,
    stop: async () => {
      audit.close();
      await server.stop();
    },
  };
}

async function configuration(folder: string, port: number, transport: "http" | "https"): Promise<object> {
  const listener = { address: `127.0.0.1:${port}`, ...(await listenerSecurity(folder, transport)) };
  return { storage: { inmem: {} }, listener: { tcp: listener }, api_addr: `${transport}://127.0.0.1:${port}`, disable_mlock: true };
}

async function listenerSecurity(folder: string, transport: "http" | "https"): Promise<object> {
  if (transport === "http") return { tls_disable: true };
  const { certificate, key } = await createCertificate(folder);
  return { tls_cert_file: certificate, tls_key_file: key };
}

async function trust(folder: string, transport: "http" | "https"): Promise<{ ca?: string }> {
  return transport === "http" ? {} : { ca: await readFile(join(folder, "ca.pem"), "utf8") };
}

async function initialise(client: VaultClient): Promise<{ token: string; unsealKey: string }> {
  const { body } = await client.must("PUT", "sys/init", { secret_shares: 1, secret_threshold: 1 });
  return { token: body.root_token, unsealKey: body.keys_base64[0] };
}
