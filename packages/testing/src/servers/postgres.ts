import { randomUUID } from "node:crypto";
import { chown, cp, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { run } from "../obtain/command.ts";
import { obtainPostgres } from "../obtain/postgres.ts";
import { serverEnvironment } from "./environment.ts";
import { startServer } from "./start-server.ts";

export interface PostgresServer {
  host: "127.0.0.1";
  port: number;
  /** A superuser, who logs in with SCRAM-SHA-256 as everybody does over TCP. */
  admin: { user: string; password: string };
  stop: () => Promise<void>;
}

/** PostgreSQL refuses to run as root; then it runs as `nobody`. */
export const runAs = process.getuid?.() === 0 ? { runAs: 65534 } : {};

/** A new PostgreSQL cluster that does not bother to write to disk durably. */
export async function startPostgres(): Promise<PostgresServer> {
  const installation = await obtainPostgres();
  const admin = { user: "admin", password: randomUUID() };
  const server = await startServer({
    label: "PostgreSQL",
    ports: 1,
    prepare: async ({ folder, port }) => {
      const { bin, env } = await createCluster(installation, folder, admin);
      const args = [...placeOf(folder, port), "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"];
      return { executable: join(bin, "postgres"), args, env, stopSignal: "SIGQUIT", ...runAs };
    },
    isReady: ({ output }) => Promise.resolve(output.includes("database system is ready to accept connections")),
  });
  return { host: server.host, port: server.port, admin, stop: server.stop };
}

export function placeOf(folder: string, port: number): string[] {
  return ["-D", join(folder, "data"), "-h", "127.0.0.1", "-p", String(port), "-k", ""];
}

/** Makes the cluster `folder/data`. */
export async function createCluster(
  installation: string,
  folder: string,
  admin: PostgresServer["admin"],
): Promise<{ bin: string; env: NodeJS.ProcessEnv }> {
  const bin = join(await readableInstallation(installation, folder), "bin");
  const env = serverEnvironment(folder);
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, admin.password, { mode: 0o600 });
  if (runAs.runAs !== undefined) for (const path of [folder, passwordFile]) await chown(path, runAs.runAs, runAs.runAs);
  const login = ["-U", admin.user, `--pwfile=${passwordFile}`, "--auth-local=reject", "--auth-host=scram-sha-256"];
  const shape = ["-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"];
  await run(join(bin, "initdb"), ["-D", join(folder, "data"), ...login, ...shape], { cwd: folder, env, ...runAs });
  return { bin, env };
}

/** The installation, or a copy of it in `folder` when another user may not enter where it lies (a checkout under root's home). */
async function readableInstallation(installation: string, folder: string): Promise<string> {
  if (runAs.runAs === undefined || (await othersMayEnter(installation))) return installation;
  const copy = join(folder, "installation");
  await cp(installation, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

async function othersMayEnter(folder: string): Promise<boolean> {
  const { mode } = await stat(folder);
  if ((mode & 0o001) === 0) return false;
  return folder === dirname(folder) || othersMayEnter(dirname(folder));
}
