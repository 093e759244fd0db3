import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createConnection } from "mysql2/promise";
import { forSuite, sharedServer } from "./suite.ts";
import type { Shared } from "./broker.ts";

export interface SuiteMysql extends Shared<"mysql"> {
  /** This suite's own database. */
  database: string;
  /** Runs one statement in that database as the administrator and answers its rows. */
  query: (sql: string) => Promise<Record<string, unknown>[]>;
  /** Opens and closes a connection; rejects with the server's error (`errno` 1045: wrong password). Answers the name the session runs as. */
  logIn: (login: { user: string; password: string }) => Promise<string>;
  /** What the server logged of every statement it was sent, whoever sent it. */
  readLog: () => Promise<string>;
}

/** A real MariaDB for the suite: the shared server, with a database of its own. Name the users after it. */
export function useMysql(): SuiteMysql {
  return forSuite(async () => {
    const server = await sharedServer("mysql");
    const database = `suite_${randomUUID().slice(0, 8)}`;
    const queryAs = async (login: { user: string; password: string }, sql: string, name?: string): Promise<Record<string, unknown>[]> => {
      const connection = await createConnection({
        host: server.host,
        port: server.port,
        ...login,
        ...(name !== undefined && { database: name }),
      });
      try {
        const [rows] = await connection.query(sql);
        return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
      } finally {
        connection.destroy();
      }
    };
    await queryAs(server.admin, `CREATE DATABASE ${database}`);
    return {
      value: {
        ...server,
        database,
        query: (sql) => queryAs(server.admin, sql, database),
        logIn: async (login) => String((await queryAs(login, "SELECT CURRENT_USER() AS name"))[0]?.["name"]),
        readLog: () => readFile(server.generalLog, "utf8"),
      },
      close: async () => void (await queryAs(server.admin, `DROP DATABASE ${database}`)),
    };
  });
}
