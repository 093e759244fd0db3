import { randomUUID } from "node:crypto";
import { chown, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { obtainPostgres } from "../obtain/postgres.ts";
import { createCertificate } from "./certificate.ts";
import { freePort } from "./ports.ts";
import { createCluster, placeOf, runAs } from "./postgres.ts";
import { startProcess } from "./server-process.ts";
import type { ServerProcess } from "./server-process.ts";
import { until } from "./until.ts";

export interface OwnPostgres {
  host: "127.0.0.1";
  port: number;
  admin: { user: string; password: string };
  /** PEM file of the certificate authority. */
  caFile: string;
  /** Runs one statement as the superuser, or as another. */
  query: (sql: string, login?: { user: string; password: string }) => Promise<Record<string, unknown>[]>;
  /** Every statement, connection and error that the server wrote down since it was first started. */
  readLog: () => Promise<string>;
  /** Ends it as a power cut does. */
  kill: () => Promise<void>;
  /** Starts it again at the same port, with what it had; nothing when it runs. */
  start: () => Promise<void>;
  /** Stops it from answering, with its connections open, until `thaw`. */
  freeze: () => void;
  thaw: () => void;
  stop: () => Promise<void>;
}

/** A PostgreSQL of one's own, with TLS for who asks for it, which logs all it can and may be killed. */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  const installation = await obtainPostgres();
  const folder = await mkdtemp(join(tmpdir(), "holdfast-postgres-"));
  const [port, admin] = [await freePort(), { user: "admin", password: randomUUID() }];
  const certificate = await createCertificate(folder);
  for (const path of [folder, certificate.certificate, certificate.key])
    if (runAs.runAs !== undefined) await chown(path, runAs.runAs, runAs.runAs);
  const { bin, env } = await createCluster(installation, folder, admin);
  const settings = {
    logging_collector: "on",
    log_directory: folder,
    log_filename: "server.log",
    log_statement: "all",
    log_connections: "on",
    log_min_error_statement: "debug5",
    ssl: "on",
    ssl_cert_file: certificate.certificate,
    ssl_key_file: certificate.key,
  };
  const args = [...placeOf(folder, port), ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])];

  const query: OwnPostgres["query"] = async (sql, login = admin) => {
    const client = new Client({ host: "127.0.0.1", port, database: "postgres", ...login });
    client.on("error", () => undefined); // The rejection carries the same error.
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };

  let running: ServerProcess | undefined;
  const start = async (): Promise<void> => {
    if (running !== undefined) return;
    const home = await mkdtemp(join(tmpdir(), "holdfast-"));
    if (runAs.runAs !== undefined) await chown(home, runAs.runAs, runAs.runAs);
    running = await startProcess({ executable: join(bin, "postgres"), args, folder: home, env, stopSignal: "SIGQUIT", ...runAs });
    await until("PostgreSQL answers", async () => (await query("SELECT 1")).length === 1);
  };
  const kill = async (): Promise<void> => {
    await running?.stop();
    running = undefined;
  };
  await start();
  return {
    host: "127.0.0.1",
    port,
    admin,
    caFile: certificate.ca,
    query,
    readLog: () => readFile(join(folder, "server.log"), "utf8"),
    kill,
    start,
    freeze: () => running?.signal("SIGSTOP"),
    thaw: () => running?.signal("SIGCONT"),
    stop: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
