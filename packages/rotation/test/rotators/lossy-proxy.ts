import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

import { onTestFinished } from "vitest";

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Stands between a rotator and a server on loopback, and hands on every byte until it is told otherwise. */
export interface LossyProxy {
  readonly address: Address;
  /**
   * Loses the answer that comes `number`th from now (from 1), once: the server has done what it was asked, and whoever asked never learns.
   * `reset` breaks the connection, `stall` keeps it open and silent.
   */
  loseAnswer(number: number, how?: "reset" | "stall"): void;
  /** Whether the answer that was to be lost has been. */
  lost(): boolean;
  /** Refuses connections and breaks those there are, as a server that is down. */
  down(): Promise<void>;
  up(): Promise<void>;
}

/** An answer is what a server sends between two requests of one connection; what it says first counts as one too. */
export async function lossyProxy(upstream: Address): Promise<LossyProxy> {
  const open = new Set<Socket>();
  let toLose: { left: number; readonly how: "reset" | "stall" } | undefined;
  let hasLost = false;
  let server = listener();

  function listener() {
    return createServer((client) => {
      const behind = connect(upstream);
      let answering = false;
      let silent = false;
      for (const socket of [client, behind]) {
        open.add(socket);
        socket.on("error", () => undefined).once("close", () => open.delete(socket));
      }
      client.on("data", (bytes) => {
        answering = false;
        if (!silent) behind.write(bytes);
      });
      behind.on("data", (bytes) => {
        if (silent) return;
        if (!answering && isToBeLost()) {
          silent = true;
          // The server learns that nobody is there any more only after it has answered.
          if (toLose?.how === "reset") client.resetAndDestroy();
          toLose = undefined;
          return;
        }
        answering = true;
        client.write(bytes);
      });
      client.once("close", () => behind.end());
      behind.once("close", () => (silent ? undefined : client.end()));
    });
  }

  function isToBeLost(): boolean {
    if (!toLose) return false;
    toLose.left -= 1;
    hasLost = toLose.left === 0;
    return hasLost;
  }

  async function listen(port: number): Promise<number> {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }

  async function down(): Promise<void> {
    if (!server.listening) return;
    server.close();
    for (const socket of open) socket.resetAndDestroy();
    await once(server, "close");
  }

  const port = await listen(0);
  onTestFinished(down);
  return {
    address: { host: "127.0.0.1", port },
    loseAnswer(number, how = "reset") {
      hasLost = false;
      toLose = { left: number, how };
    },
    lost: () => hasLost,
    down,
    async up() {
      server = listener();
      await listen(port);
    },
  };
}
