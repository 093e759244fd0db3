import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";

/** A port of 127.0.0.1 that nothing listens on now, followed by `neighbours - 1` others that are free too. */
export async function freePort(neighbours = 1): Promise<number> {
  for (;;) {
    const first = await listen(0);
    const port = (first.address() as AddressInfo).port;
    const others = await Promise.allSettled(Array.from({ length: neighbours - 1 }, (_, offset) => listen(port + offset + 1)));
    await close(first);
    await Promise.all(others.filter((other) => other.status === "fulfilled").map((other) => close(other.value)));
    if (others.every((other) => other.status === "fulfilled")) return port;
  }
}

function listen(port: number): Promise<Server> {
  return new Promise((settle, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => settle(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((settle) => void server.close(() => settle()));
}
