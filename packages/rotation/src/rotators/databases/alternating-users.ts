import { randomBytes } from "node:crypto";

import { RotationError } from "../../error.ts";
import type { Candidate, Credential, Pending, RotationContext, Rotator } from "../../roles.ts";
import { Secret } from "../../secret.ts";

/** A user with its password. */
export interface Login {
  readonly username: string;
  readonly password: Secret;
}

/** An open session of an administrator. Every method throws `RotationError` without a value in it. */
export interface Administrator {
  /** Which of the users the server does not have. */
  missing(users: readonly string[]): Promise<readonly string[]>;
  /** Makes the user one who may log in with this password. May be done again. */
  admit(login: Login): Promise<void>;
  /** Takes the user its password and the right to log in. May be done again. */
  shutOut(username: string): Promise<void>;
  /** What it may not do with the users, a sentence each. */
  obstacles(users: readonly string[]): Promise<readonly string[]>;
}

export interface AccountServer {
  /** For people: `PostgreSQL at db.internal:5432`. */
  describe(context: RotationContext): string;
  /** SQL that makes such a user, for whoever has to. */
  creating(username: string): string;
  /**
   * Logs in as the administrator, does the work and logs out.
   * @param alternative what the administrator's password may be as well: that of a rotation of this very password whose answer was lost.
   */
  asAdministrator<T>(context: RotationContext, work: (administrator: Administrator) => Promise<T>, alternative?: Login): Promise<T>;
  /** A real login and a query. @throws RotationError when it is not known whether the login is valid. */
  logIn(login: Login, context: RotationContext): Promise<"accepted" | "refused">;
}

interface Options {
  readonly kind: string;
  readonly users: readonly string[];
  readonly server: AccountServer;
}

/**
 * A password of one of two users that have the same rights: the one that is not in use gets the new password, and keeps it until the other one's turn.
 * Programs take the name from the field `username`. With one user the previous password ends at the moment the new one is applied.
 */
export function alternatingUsers({ kind, users, server }: Options): Rotator {
  async function prepare(context: RotationContext): Promise<Pending> {
    const inUse = context.current && (await ownerOf(context.current, context));
    const username = users.find((user) => user !== inUse?.username) ?? users[0]!;
    await server.asAdministrator(context, async (administrator) => requireUsers(await administrator.missing(users), context));
    // Only characters that no escaping, URL or SASLprep changes.
    return { value: Secret.of(randomBytes(32).toString("base64url")), fields: { username: Secret.of(username) } };
  }

  async function apply(pending: Pending, context: RotationContext): Promise<void> {
    const candidate = loginOf(pending);
    if (!candidate) throw incomplete(context);
    // Looked up first: who rotates its own password may no longer log in with the one that the store has.
    if (context.repeated && (await server.logIn(candidate, context)) === "accepted") return;
    await server.asAdministrator(context, async (administrator) => {
      requireUsers(await administrator.missing([candidate.username]), context);
      await administrator.admit(candidate);
    });
  }

  async function verify(candidate: Candidate, context: RotationContext): Promise<"accepted" | "refused"> {
    const login = loginOf(candidate);
    if (!login) throw incomplete(context);
    return server.logIn(login, context);
  }

  async function retire(previous: Credential, context: RotationContext): Promise<void> {
    const login = await ownerOf(previous, context);
    if (!login || !users.includes(login.username)) {
      context.advise(
        `its previous value belongs to a user that the policy does not name${login ? ` (${login.username})` : ""}, and was left valid. Revoke it yourself if nothing else uses it.`,
      );
      return;
    }
    if (login.username !== loginOf(context.current)?.username)
      await server.asAdministrator(context, (administrator) => administrator.shutOut(login.username));
    await requireRefused(login, context);
  }

  async function discard(pending: Pending, context: RotationContext): Promise<void> {
    const candidate = loginOf(pending);
    if (!candidate) return;
    const current = loginOf(context.current);
    await (current?.username === candidate.username
      ? restore(current, candidate, context)
      : server.asAdministrator(context, (administrator) => administrator.shutOut(candidate.username)));
    await requireRefused(candidate, context);
  }

  /** The candidate may have taken the place of the password in use, which programs still have. */
  async function restore(current: Login, candidate: Login, context: RotationContext): Promise<void> {
    if ((await server.logIn(current, context)) === "accepted") return;
    await server.asAdministrator(context, (administrator) => administrator.admit(current), candidate);
  }

  /** Whose password it is. One that was put into the store without the name is tried, so that a user in use is not taken for the other one. */
  async function ownerOf(credential: Credential, context: RotationContext): Promise<Login | undefined> {
    if ("username" in credential.fields) return loginOf(credential);
    for (const username of users) {
      const login = { username, password: credential.value };
      if ((await server.logIn(login, context)) === "accepted") return login;
    }
    return undefined;
  }

  async function requireRefused(login: Login, context: RotationContext): Promise<void> {
    if ((await server.logIn(login, context)) === "refused") return;
    throw new RotationError(
      "unfinished",
      `${server.describe(context)} still lets ${login.username} in with the password of ${context.secret} that was revoked. The new one is in use. ` +
        `Look for a rule of the server that asks for no password, then run "holdfast resume ${context.secret}".`,
    );
  }

  function requireUsers(missing: readonly string[], context: RotationContext): void {
    const [first] = missing;
    if (first === undefined) return;
    throw new RotationError(
      "invalid",
      `${server.describe(context)} has no user ${missing.join(" and no user ")}, which ${context.secret} needs. Nothing was changed. ` +
        `Create it with the rights of the program: ${missing.map((user) => server.creating(user)).join(" ")}`,
    );
  }

  async function obstacles(context: RotationContext): Promise<readonly string[]> {
    return server.asAdministrator(context, async (administrator) => {
      const missing = await administrator.missing(users);
      const present = users.filter((user) => !missing.includes(user));
      return [
        ...missing.map((user) => `${server.describe(context)} has no user ${user}. Create it: ${server.creating(user)}`),
        ...(await administrator.obstacles(present)),
      ];
    });
  }

  return {
    kind,
    overlaps: users.length > 1,
    fields: ["username"],
    sentences: {
      apply: `Give the new password to ${users.length > 1 ? `the user of ${users.join(" and ")} that is not in use` : `the user ${users[0]}`}.`,
      verify: "Log in with it.",
      retire:
        users.length > 1
          ? "Take the previous user its password, and show that its login is refused."
          : "Show that the previous password is refused.",
    },
    prepare,
    apply,
    verify,
    retire,
    discard,
    obstacles,
  };
}

function loginOf(credential: Pending | Credential | undefined): Login | undefined {
  const username = credential?.fields?.["username"]?.reveal();
  return credential?.value === undefined || username === undefined ? undefined : { username, password: credential.value };
}

function incomplete({ secret }: RotationContext): RotationError {
  return new RotationError(
    "damaged",
    `The new value of ${secret} in the store lacks its user. Nothing was changed. Run "holdfast rotate --force ${secret}".`,
  );
}
