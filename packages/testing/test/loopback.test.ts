import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { expect, it } from "vitest";
import { describeWithServers, useKms, useMysql, usePostgres, useRedis, useVault } from "../src/vitest.ts";

describeWithServers("the servers", () => {
  const vault = useVault();
  const kms = useKms();
  const postgres = usePostgres();
  const redis = useRedis();
  const mysql = useMysql();

  it("are reached through 127.0.0.1 and no other address of the machine", async () => {
    const others = otherAddresses();
    const open = createServer().listen(0, "0.0.0.0");
    await once(open, "listening");
    const openPort = (open.address() as AddressInfo).port;
    // The measure itself: a server that listens everywhere is seen on the other addresses.
    expect(await reachable(openPort, others)).toEqual(others);
    open.close();

    const vaultPort = Number(new URL(vault.address).port);
    const ports = [vaultPort, vaultPort + 1, Number(new URL(kms.endpoint).port), postgres.port, redis.port, mysql.port];
    for (const port of ports) {
      expect(await reachable(port, ["127.0.0.1"])).toEqual(["127.0.0.1"]);
      expect(await reachable(port, others)).toEqual([]);
    }
  });
});

/** All of 127.0.0.0/8 is this machine on Linux; elsewhere only a network card has another address. */
function otherAddresses(): string[] {
  const cards = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const external = cards.filter(({ family, internal }) => family === "IPv4" && !internal).map(({ address }) => address);
  return process.platform === "linux" ? ["127.0.0.2", ...external] : external;
}

async function reachable(port: number, addresses: readonly string[]): Promise<string[]> {
  const answers = await Promise.all(
    addresses.map(async (address) => {
      const socket = connect(port, address);
      try {
        await once(socket, "connect");
        return [address];
      } catch {
        return [];
      } finally {
        socket.destroy();
      }
    }),
  );
  return answers.flat();
}
