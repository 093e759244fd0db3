import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { obtainRedis } from "../obtain/redis.ts";
import { serverEnvironment } from "./environment.ts";
import { startServer } from "./start-server.ts";

export interface RedisServer {
  host: "127.0.0.1";
  port: number;
  /** Of the user `default`, who may do everything; without it the server refuses every command. */
  password: string;
  stop: () => Promise<void>;
}

/** Redis that keeps nothing on disk and asks everybody to log in. */
export async function startRedis(): Promise<RedisServer> {
  const redis = await obtainRedis();
  const password = randomUUID();
  const server = await startServer({
    label: "Redis",
    ports: 1,
    prepare: async ({ folder, port }) => {
      const config = join(folder, "redis.conf");
      await writeFile(
        config,
        [`port ${port}`, "bind 127.0.0.1", 'save ""', "appendonly no", `dir "${folder}"`, `requirepass ${password}`].join("\n"),
      );
      return { executable: redis.executable, args: [config], env: { ...serverEnvironment(folder), ...redis.env }, stopSignal: "SIGTERM" };
    },
    isReady: async ({ port, signal }) => (await pingOf(port, signal)).includes("NOAUTH"),
  });
  return { host: server.host, port: server.port, password, stop: server.stop };
}

/** What the server says to one unauthenticated PING before it is told to close the connection. */
async function pingOf(port: number, signal: AbortSignal): Promise<string> {
  const connection = connect({ port, host: "127.0.0.1", signal });
  connection.end("PING\r\nQUIT\r\n");
  return text(connection);
}
