import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@redis/client";
import { obtainRedis } from "../obtain/redis.ts";
import { createCertificate } from "./certificate.ts";
import { serverEnvironment } from "./environment.ts";
import { freePort } from "./ports.ts";
import { startProcess } from "./server-process.ts";
import type { ServerProcess } from "./server-process.ts";
import { until } from "./until.ts";

export interface OwnRedis {
  host: "127.0.0.1";
  port: number;
  /** Of the user `default`, who may do everything. */
  password: string;
  /** PEM file of the certificate authority; only with TLS. */
  caFile?: string;
  /** Sends one command as the user `default`, or as another. */
  command: (words: readonly string[], login?: { user: string; password: string }) => Promise<unknown>;
  /** Ends it as a power cut does. */
  kill: () => Promise<void>;
  /** Starts it again at the same port, with what it had saved. */
  start: () => Promise<void>;
  stop: () => Promise<void>;
}

export interface OwnRedisOptions {
  /** Where users are kept: in a file that ACL SAVE writes, or only in memory. */
  users?: "file" | "memory";
  tls?: "require" | "none";
}

/** A Redis of one's own, to kill and to start again. */
export async function startOwnRedis({ users = "memory", tls = "none" }: OwnRedisOptions = {}): Promise<OwnRedis> {
  const redis = await obtainRedis();
  const folder = await mkdtemp(join(tmpdir(), "holdfast-redis-"));
  const [port, password] = [await freePort(), randomUUID()];
  const certificate = tls === "require" ? await createCertificate(folder) : undefined;
  const config = join(folder, "redis.conf");
  const acl = join(folder, "users.acl");
  await writeFile(acl, `user default on >${password} ~* &* +@all\n`);
  await writeFile(
    config,
    [
      ...(certificate === undefined
        ? [`port ${port}`]
        : [
            "port 0",
            `tls-port ${port}`,
            `tls-cert-file "${certificate.certificate}"`,
            `tls-key-file "${certificate.key}"`,
            `tls-ca-cert-file "${certificate.ca}"`,
            "tls-auth-clients no",
          ]),
      ...["bind 127.0.0.1", 'save ""', "appendonly no", `dir "${folder}"`],
      users === "file" ? `aclfile "${acl}"` : `requirepass ${password}`,
    ].join("\n"),
  );
  const ca = certificate && (await readFile(certificate.ca, "utf8"));

  const command: OwnRedis["command"] = async (words, login = { user: "default", password }) => {
    const client = createClient({
      RESP: 2,
      username: login.user,
      password: login.password,
      socket: { host: "127.0.0.1", port, reconnectStrategy: false, ...(ca !== undefined && { tls: true, ca }) },
    });
    client.on("error", () => undefined); // The rejection carries the same error.
    await client.connect();
    try {
      return await client.sendCommand([...words]);
    } finally {
      client.destroy();
    }
  };

  let running: ServerProcess | undefined;
  const start = async (): Promise<void> => {
    const home = await mkdtemp(join(tmpdir(), "holdfast-"));
    running = await startProcess({
      executable: redis.executable,
      args: [config],
      folder: home,
      env: { ...serverEnvironment(home), ...redis.env },
      stopSignal: "SIGKILL",
    });
    await until("Redis answers", async () => (await command(["PING"]).catch(() => undefined)) === "PONG");
  };
  const kill = async (): Promise<void> => {
    await running?.stop();
    running = undefined;
  };
  await start();
  return {
    host: "127.0.0.1",
    port,
    password,
    ...(certificate && { caFile: certificate.ca }),
    command,
    kill,
    start,
    stop: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
