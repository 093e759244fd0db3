import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { forSuite, sharedServer } from "./suite.ts";
import type { Shared } from "./broker.ts";

export interface SuitePostgres extends Shared<"postgres"> {
  /** This suite's own database. */
  database: string;
  /** Runs one statement in that database as the superuser and answers its rows. */
  query: (sql: string) => Promise<Record<string, unknown>[]>;
  /** Creates a user who may log in, with a name no other suite uses. */
  createUser: () => Promise<{ user: string; password: string }>;
  /** Opens and closes a connection; rejects with PostgreSQL's error (`code` 28P01: wrong password). Answers the name the session runs as. */
  logIn: (login: { user: string; password: string }) => Promise<string>;
}

/** A real PostgreSQL for the suite: the shared server, with a database and users of its own. */
export function usePostgres(): SuitePostgres {
  return forSuite(async () => {
    const server = await sharedServer("postgres");
    const id = randomUUID().slice(0, 8);
    const database = `suite_${id}`;
    const users: string[] = [];
    const queryIn = (name: string, login: { user: string; password: string }, sql: string): Promise<Record<string, unknown>[]> =>
      queryOnce({ host: server.host, port: server.port, database: name, ...login }, sql);
    await queryIn("postgres", server.admin, `CREATE DATABASE ${database}`);
    return {
      value: {
        ...server,
        database,
        query: (sql) => queryIn(database, server.admin, sql),
        createUser: async () => {
          const login = { user: `user_${id}_${users.length}`, password: randomUUID() };
          await queryIn(database, server.admin, `CREATE ROLE ${login.user} LOGIN PASSWORD '${login.password}'`);
          users.push(login.user);
          return login;
        },
        logIn: async (login) => String((await queryIn(database, login, "SELECT current_user AS name"))[0]?.["name"]),
      },
      close: async () => {
        await queryIn("postgres", server.admin, `DROP DATABASE ${database} WITH (FORCE)`);
        for (const user of users) await queryIn("postgres", server.admin, `DROP ROLE IF EXISTS ${user}`);
      },
    };
  });
}

async function queryOnce(connection: ConstructorParameters<typeof Client>[0], sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client(connection);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
