import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { until } from "./until.ts";
import type { VaultClient } from "./vault-client.ts";

/** An audit device that writes to a TCP collector of this process: taking the collector away is how the device comes to block. */
export function createBlockableAudit(vault: VaultClient): { block: () => Promise<() => Promise<void>>; close: () => void } {
  const connections = new Set<Socket>();
  let collector: Server | undefined;
  let port: number | undefined;

  const open = async (): Promise<void> => {
    collector = createServer((socket) => {
      connections.add(socket);
      socket.resume().on("error", () => undefined);
      socket.once("close", () => connections.delete(socket));
    });
    await new Promise<void>((settle, reject) => void collector?.once("error", reject).listen(port ?? 0, "127.0.0.1", settle));
    port = (collector.address() as AddressInfo).port;
  };
  const close = (): void => {
    collector?.close();
    // A reset, so that Vault's next write fails at once instead of vanishing in a half-closed connection.
    for (const socket of connections) socket.resetAndDestroy();
  };
  const enable = async (): Promise<void> => {
    await open();
    const options = { address: `127.0.0.1:${String(port)}`, socket_type: "tcp", write_timeout: "1s" };
    await vault.must("PUT", "sys/audit/blockable", { type: "socket", options });
  };
  const answers = async (): Promise<number> => (await vault.request("GET", "sys/mounts")).status;

  return {
    close,
    block: async () => {
      if (port === undefined) await enable();
      close();
      await until("the audit device blocks", async () => (await answers()) === 500);
      return async () => {
        await open();
        await until("the audit device writes again", async () => (await answers()) === 200);
      };
    },
  };
}
