import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

import { onTestFinished } from "vitest";

/** What the server says to one AUTH, and nothing else. */
export async function authenticates(port: number, user: string, password: string): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    socket.write(`AUTH ${user} ${password}\r\n`);
    const [reply] = (await once(socket, "data")) as [Buffer];
    return reply.toString().startsWith("+OK");
  } finally {
    socket.destroy();
  }
}

/** Every command that the server carries out from here on, as MONITOR shows it. */
export async function monitor(port: number, password: string): Promise<{ readonly seen: () => string }> {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  socket.write(`AUTH ${password}\r\nMONITOR\r\n`);
  while (!text.includes("+OK\r\n+OK\r\n")) await once(socket, "data");
  return { seen: () => text };
}

/** `lost`: carried out, and the answer does not arrive. `dropped`: never arrives. `silent`: carried out, and neither an answer nor an end comes. */
export type Fault = "lost" | "dropped" | "silent";

/** A way to the server that does `fault` to the first command with `word` in it. */
export async function faultyWay(
  to: number,
  word: string,
  fault: Fault,
): Promise<{ readonly port: number; readonly struck: () => boolean }> {
  let hasStruck = false;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(to, "127.0.0.1");
    let isHit = false;
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => (near.destroy(), far.destroy()));
    }
    near.on("data", (chunk: Buffer) => {
      if (!hasStruck && chunk.toString().includes(word)) {
        hasStruck = isHit = true;
        if (fault === "dropped") return void near.destroy();
      }
      far.write(chunk);
    });
    far.on("data", (chunk: Buffer) => {
      if (!isHit) near.write(chunk);
      else if (fault === "lost") near.destroy();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: (server.address() as { port: number }).port, struck: () => hasStruck };
}
