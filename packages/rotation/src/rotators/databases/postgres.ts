import { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

import { parseDuration } from "@holdfast/policy";
import { Client, DatabaseError, escapeIdentifier, escapeLiteral } from "pg";

import { RotationError } from "../../error.ts";
import type { RotationContext, Rotator } from "../../roles.ts";
import { type AccountServer, type Administrator, alternatingUsers, type Login } from "./alternating-users.ts";
import { addressOf, administratorOf, type DatabasePolicy, tlsOf } from "./address.ts";
import { type Attempt, brokenConnection } from "./failure.ts";
import { scramVerifier } from "./scram-verifier.ts";

type PostgresPolicy = Extract<DatabasePolicy, { with: "postgres" }>;

/**
 * Passwords of PostgreSQL roles that exist already. The server is told a SCRAM-SHA-256 verifier, never the password, so that no log of it can hold one.
 * The previous role keeps its rights and loses its password and its login; its open sessions go on unless the policy says `terminate: true`.
 */
export function postgres(policy: PostgresPolicy): Rotator {
  return alternatingUsers({ kind: "postgres", users: policy.users, server: serverOf(policy) });
}

function serverOf(policy: PostgresPolicy): AccountServer {
  const timeoutMs = (policy.timeout === undefined ? undefined : parseDuration(policy.timeout)) ?? 10_000;
  const describe = (context: RotationContext) => {
    const { host, port } = addressOf(policy, 5432, context);
    return `PostgreSQL at ${host}:${port}`;
  };

  /** @param limit what the server itself is to stop; a pooler in between may know no such limit, and only an administrator changes anything. */
  async function connect({ username, password }: Login, context: RotationContext, limit: { statement_timeout?: number }): Promise<Session> {
    const { host, port, database = "postgres" } = addressOf(policy, 5432, context);
    const socket = new Socket();
    // Everything is given: what is left out, the library would take from PG… variables and ~/.pgpass of whoever runs this.
    const client = new Client({
      ...limit,
      host,
      port,
      database,
      user: username,
      password: password.reveal(),
      ssl: (await tlsOf(policy, { host }, context)) ?? false,
      stream: () => socket,
      application_name: "holdfast",
      connectionTimeoutMillis: timeoutMs,
      query_timeout: timeoutMs + 1_000,
    });
    // A connection that breaks while nothing is asked: whatever is asked next fails by itself.
    client.on("error", () => undefined);
    const close = async () => {
      // A server that says nothing must not be waited for; a socket of our own can be closed in any state.
      await Promise.race([client.end().catch(() => undefined), delay(500, undefined, { ref: false })]);
      socket.destroy();
    };
    try {
      await client.connect();
    } catch (error) {
      await close();
      throw error;
    }
    return { query: async (sql, values = []) => (await client.query<Row>(sql, values as unknown[])).rows, close };
  }

  return {
    describe,
    creating: (username) => `CREATE ROLE ${escapeIdentifier(username)} NOLOGIN;`,
    async logIn(login, context) {
      const attempt: Attempt = { doing: `log in to ${describe(context)} as ${login.username}`, changes: "nothing" };
      let session: Session | undefined;
      try {
        session = await connect(login, context, {});
        await session.query("SELECT 1");
        return "accepted";
      } catch (error) {
        if (isRefusal(error)) return "refused";
        throw failureOf(error, attempt);
      } finally {
        await session?.close();
      }
    },
    async asAdministrator(context, work, alternative) {
      const login = await administratorOf(policy, context);
      const limit = { statement_timeout: timeoutMs };
      let session: Session;
      try {
        session = await connect(login, context, limit).catch((error: unknown) => {
          if (isRefusal(error) && alternative?.username === login.username) return connect(alternative, context, limit);
          throw error;
        });
      } catch (error) {
        throw failureOf(error, { doing: `log in to ${describe(context)} as the administrator ${login.username}`, changes: "nothing" });
      }
      try {
        return await work(administratorIn(session, policy, describe(context)));
      } finally {
        await session.close();
      }
    },
  };
}

type Row = Readonly<Record<string, unknown>>;

interface Session {
  query(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  close(): Promise<void>;
}

function administratorIn(session: Session, { terminate }: PostgresPolicy, server: string): Administrator {
  const ask = async (doing: string, sql: string, values?: readonly unknown[], changes: Attempt["changes"] = "nothing") => {
    try {
      return await session.query(sql, values);
    } catch (error) {
      throw failureOf(error, { doing: `${doing} in ${server}`, changes });
    }
  };
  const rolesNamed = (users: readonly string[]) =>
    ask("look at the roles", "SELECT rolname, rolcanlogin FROM pg_roles WHERE rolname = ANY($1)", [users]);

  return {
    async missing(users) {
      const present = (await rolesNamed(users)).map(({ rolname }) => rolname);
      return users.filter((user) => !present.includes(user));
    },
    async admit({ username, password }) {
      const [role] = await rolesNamed([username]);
      // Who may set its own password, and nothing else, is not asked for more.
      const login = role?.["rolcanlogin"] === true ? "" : "LOGIN ";
      const verifier = escapeLiteral(await scramVerifier(password));
      await ask(`set the password of ${username}`, `ALTER ROLE ${escapeIdentifier(username)} ${login}PASSWORD ${verifier}`, [], "perhaps");
    },
    async shutOut(username) {
      await ask(`revoke the password of ${username}`, `ALTER ROLE ${escapeIdentifier(username)} NOLOGIN PASSWORD NULL`, [], "perhaps");
      if (!terminate) return;
      const sessions = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1";
      await ask(`end the sessions of ${username}`, sessions, [username], "perhaps");
    },
    obstacles: async (users) =>
      (await ask("look at the administrator's rights", rights, [users])).flatMap((row) => missingRights(row, terminate)),
  };
}

/** One row a role: what the administrator may do with it. From PostgreSQL 16 on, CREATEROLE holds for roles that one administers. */
const rights = `
  SELECT role.rolname AS username, role.rolsuper AS is_super, me.rolname AS administrator, me.rolsuper AS all_rights,
    me.rolcreaterole AS may_alter,
    current_setting('server_version_num')::int < 160000 OR pg_has_role(me.oid, role.oid, 'MEMBER WITH ADMIN OPTION') AS administers,
    pg_has_role(me.oid, role.oid, 'USAGE') OR pg_has_role(me.oid, 'pg_signal_backend', 'USAGE') AS may_terminate
  FROM pg_roles role, pg_roles me WHERE role.rolname = ANY($1) AND me.rolname = current_user ORDER BY 1`;

function missingRights({ username, administrator, ...may }: Row, terminate: true | undefined): string[] {
  if (may["all_rights"] === true) return [];
  const [me, role] = [escapeIdentifier(String(administrator)), escapeIdentifier(String(username))];
  if (may["is_super"] === true) return [`${me} may not alter ${role}, which is a superuser. Use a role without that attribute.`];
  if (username === administrator) return [];
  return [
    may["may_alter"] !== true && `${me} may not alter ${role}: ALTER ROLE ${me} CREATEROLE;`,
    may["administers"] !== true && `${me} may not alter ${role}: GRANT ${role} TO ${me} WITH ADMIN OPTION;`,
    terminate && may["may_terminate"] !== true && `${me} may not end the sessions of ${role}: GRANT pg_signal_backend TO ${me};`,
  ].filter((sentence) => typeof sentence === "string");
}

/** 28P01 is a wrong password, 28000 a role that may not log in, at all or from here. */
function isRefusal(error: unknown): boolean {
  return error instanceof DatabaseError && (error.code === "28P01" || error.code === "28000");
}

/** The database's own text could repeat what it was sent: only its code is told. */
function failureOf(error: unknown, attempt: Attempt): RotationError {
  if (error instanceof RotationError) return error;
  if (!(error instanceof DatabaseError)) {
    if (error instanceof Error && /SSL connection/u.test(error.message))
      return new RotationError("invalid", `Could not ${attempt.doing}: the server offers no TLS. Nothing was sent. Switch it on there.`);
    return brokenConnection(error, attempt);
  }
  const { code = "" } = error;
  const because = (why: string) => `Could not ${attempt.doing}: ${why} (${code}).`;
  if (isRefusal(error)) return new RotationError("denied", because("the login was refused"));
  switch (code) {
    case "42501":
      return new RotationError("denied", `${because("a right is missing")} Run "holdfast plan" to see which.`);
    case "3D000":
      return new RotationError("invalid", `${because("there is no such database")} Name another one with "database:".`);
    case "25006":
      return new RotationError("read-only", `${because("the server takes no changes")} Name the primary server.`);
    case "53300":
      return new RotationError("quota", `${because("it has too many connections")} Try again later.`);
  }
  // 08 connection, 53 resources, 55P03 and 57 operator intervention (shutdown, start-up, a statement that took too long): nothing was changed.
  if (/^(?:08|53|55P03|57)/u.test(code))
    return new RotationError("unreachable", `${because("the server cannot do it now")} The phase is kept. Try again later.`);
  return new RotationError("unfinished", `${because("the server refused")} The value in use was left as it was.`);
}
