import { spawn } from "node:child_process";
import { once } from "node:events";
import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { obtainMariadb } from "../obtain/mariadb.ts";
import type { MariadbBinary } from "../obtain/mariadb.ts";
import { serverEnvironment } from "./environment.ts";
import { startServer } from "./start-server.ts";

export interface MysqlServer {
  host: "127.0.0.1";
  port: number;
  /** May do everything, from anywhere on this machine. */
  admin: { user: string; password: string };
  /** File with every statement that the server was sent. */
  generalLog: string;
  stop: () => Promise<void>;
}

/** A new MariaDB that does not bother to write to disk durably, and logs every statement. */
export async function startMysql(): Promise<MysqlServer> {
  const mariadb = await obtainMariadb();
  const admin = { user: "admin", password: randomUUID() };
  const server = await startServer({
    label: "MariaDB",
    ports: 1,
    prepare: async ({ folder, port }) => {
      const env = { ...serverEnvironment(folder), ...mariadb.env };
      await createSystemTables(mariadb, folder, env);
      const init = join(folder, "init.sql");
      await writeFile(
        init,
        [
          `CREATE USER '${admin.user}'@'%' IDENTIFIED BY '${admin.password}';`,
          `GRANT ALL ON *.* TO '${admin.user}'@'%' WITH GRANT OPTION;`,
          "DELETE FROM mysql.global_priv WHERE User IN ('root', '');",
          "FLUSH PRIVILEGES;",
        ].join("\n"),
        { mode: 0o600 },
      );
      const place = ["--bind-address=127.0.0.1", `--port=${port}`, `--socket=${join(folder, "s.sock")}`, `--init-file=${init}`];
      const log = ["--general-log", `--general-log-file=${join(folder, "general.log")}`];
      const args = [...settings(mariadb, folder), ...place, ...log, "--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0"];
      return { executable: mariadb.executable, args, env, stopSignal: "SIGKILL" };
    },
    isReady: async ({ port, signal }) => greets(port, signal),
  });
  return { host: server.host, port: server.port, admin, generalLog: join(server.folder, "general.log"), stop: server.stop };
}

function settings({ share }: MariadbBinary, folder: string): string[] {
  const user = process.getuid?.() === 0 ? ["--user=root"] : [];
  const small = ["--innodb-buffer-pool-size=16M", "--innodb-log-file-size=4M", "--skip-innodb-doublewrite"];
  // First of all, or it reads the machine's own configuration.
  return ["--no-defaults", `--datadir=${folder}`, `--lc-messages-dir=${share}`, `--pid-file=${join(folder, "pid")}`, ...user, ...small];
}

/** What `mariadb-install-db` does, without the programs of other packages that it needs. */
async function createSystemTables(mariadb: MariadbBinary, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const scripts = ["mysql_system_tables.sql", "mysql_performance_tables.sql", "mysql_system_tables_data.sql"];
  const texts = await Promise.all(scripts.map((script) => readFile(join(mariadb.share, script), "utf8")));
  const child = spawn(mariadb.executable, [...settings(mariadb, folder), "--bootstrap"], { env, stdio: ["pipe", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  child.stdin.on("error", () => undefined); // It ended early; its exit code says so.
  child.stdin.end(["CREATE DATABASE mysql;", "USE mysql;", "SET @auth_root_socket=NULL;", ...texts].join("\n"));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`MariaDB could not make its system tables (exit code ${String(code)})\n${said.slice(-2_000)}`);
}

/** The server speaks first. */
async function greets(port: number, signal: AbortSignal): Promise<boolean> {
  const connection = connect({ port, host: "127.0.0.1", signal });
  try {
    await once(connection, "data", { signal });
    return true;
  } finally {
    connection.destroy();
  }
}
