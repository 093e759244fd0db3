import { readFile } from "node:fs/promises";

import { RotationError } from "../error.ts";
import { Secret } from "../secret.ts";
import type { VaultAnswer } from "./answer.ts";
import type { Body } from "./body.ts";

/** How to log in; each value is read when it is needed, so that a renewed file is noticed. */
export type VaultAuth =
  | { readonly method: "token"; readonly token: CredentialSource }
  | {
      readonly method: "approle";
      readonly mount: string;
      readonly roleId: CredentialSource;
      readonly secretId: CredentialSource | undefined;
    };

/** A file, or a variable of the environment as it was given. */
export type CredentialSource = { readonly file: string } | { readonly variable: string; readonly value: string | undefined };

/** One request without retries and without another login. */
export type Ask = (request: {
  method: "GET" | "POST";
  path: readonly string[];
  body?: Body;
  token: Secret | undefined;
  what: string;
}) => Promise<VaultAnswer>;

export interface Session {
  /** A token that is still good for a while: renewed, or from a new login. */
  token(): Promise<Secret>;
  /** Called when Vault refused a token: true when a new login gave another one. */
  replace(refused: Secret): Promise<boolean>;
  /** Revokes the token if the session logged in itself. */
  close(): Promise<void>;
}

interface Login {
  readonly token: Secret;
  readonly expiresAtMs: number;
  readonly renewable: boolean;
  /** Since when the lease counts. */
  readonly sinceMs: number;
}

/** Keeps a token alive: renewed when two thirds of its life are over, replaced by a new login when that is not enough. */
export function openSession(auth: VaultAuth, ask: Ask): Session {
  let current: Promise<Login> | undefined;

  const fresh = (): Promise<Login> => {
    current = logIn(auth, ask).catch((error: unknown) => {
      current = undefined;
      throw error;
    });
    return current;
  };
  const extended = (login: Login): Promise<Login> => {
    const next = extend(login, auth, ask);
    current = next;
    next.catch(() => (current = undefined));
    return next;
  };
  return {
    token: async () => {
      const seen = current ?? fresh();
      const login = await seen;
      if (!isLow(login)) return login.token;
      // Somebody else may have begun to renew it in between.
      return (await (current === undefined || current === seen ? extended(login) : current)).token;
    },
    replace: async (refused) => {
      const login = await current;
      if (login && !login.token.equals(refused)) return true;
      // A token file may have been renewed by its agent; a token of the environment stays what it is.
      const next = await fresh();
      return !next.token.equals(refused);
    },
    close: async () => {
      const login = await current?.catch(() => undefined);
      current = undefined;
      if (!login || auth.method === "token") return;
      await ask({
        method: "POST",
        path: ["auth", "token", "revoke-self"],
        token: login.token,
        what: "revoke the token of this run",
      });
    },
  };
}

async function logIn(auth: VaultAuth, ask: Ask): Promise<Login> {
  if (auth.method === "token") return lookUp(await readCredential(auth.token, "token"), ask);
  const roleId = await readCredential(auth.roleId, "role id");
  const secretId = auth.secretId && (await readCredential(auth.secretId, "secret id"));
  const answer = await ask({
    method: "POST",
    path: ["auth", ...auth.mount.split("/"), "login"],
    body: { role_id: roleId, ...(secretId && { secret_id: secretId }) },
    token: undefined,
    what: `log in at auth/${auth.mount}`,
  });
  return toLogin(answer);
}

/** How long a given token lives. A token that may not look itself up is used as it is. */
async function lookUp(token: Secret, ask: Ask): Promise<Login> {
  const forever = { token, expiresAtMs: Number.POSITIVE_INFINITY, renewable: false, sinceMs: Date.now() };
  try {
    const { body } = await ask({ method: "GET", path: ["auth", "token", "lookup-self"], token, what: "look up its token" });
    const { ttl, renewable } = (body.data ?? {}) as { ttl?: number; renewable?: boolean };
    return ttl ? { ...forever, expiresAtMs: Date.now() + ttl * 1000, renewable: renewable === true } : forever;
  } catch (error) {
    if (error instanceof RotationError && error.code === "denied") return forever;
    throw error;
  }
}

/** Renews a token; near the end of its longest life that gives little, and a new login is better. */
async function extend(login: Login, auth: VaultAuth, ask: Ask): Promise<Login> {
  const next = login.renewable ? await renew(login, ask).catch(() => undefined) : undefined;
  if (next && next.expiresAtMs - next.sinceMs > (login.expiresAtMs - login.sinceMs) / 3) return next;
  if (auth.method === "approle") return logIn(auth, ask).catch((error: unknown) => orUntilRefused(next ?? login, error));
  return next ?? login;
}

/** A token that could not be replaced is used as long as it lives. */
function orUntilRefused(login: Login, error: unknown): Login {
  if (login.expiresAtMs > Date.now()) return login;
  throw error;
}

async function renew(login: Login, ask: Ask): Promise<Login> {
  return toLogin(
    await ask({
      method: "POST",
      path: ["auth", "token", "renew-self"],
      body: {},
      token: login.token,
      what: "renew its token",
    }),
  );
}

function toLogin({ body }: VaultAnswer): Login {
  const {
    client_token: token,
    lease_duration: seconds = 0,
    renewable,
  } = (body.auth ?? {}) as { client_token?: string; lease_duration?: number; renewable?: boolean };
  if (!token)
    throw new RotationError("denied", "Vault's answer to the login has no token. Nothing was read. Check the auth method in the policy.");
  const now = Date.now();
  return {
    token: Secret.of(token),
    expiresAtMs: seconds > 0 ? now + seconds * 1000 : Number.POSITIVE_INFINITY,
    renewable: renewable === true,
    sinceMs: now,
  };
}

function isLow({ expiresAtMs, sinceMs }: Login): boolean {
  return expiresAtMs !== Number.POSITIVE_INFINITY && Date.now() > sinceMs + ((expiresAtMs - sinceMs) * 2) / 3;
}

async function readCredential(source: CredentialSource, what: string): Promise<Secret> {
  if ("variable" in source) {
    if (!source.value)
      throw new RotationError(
        "invalid",
        `The ${what} for Vault should be in ${source.variable}, which is not set. Nothing was read. Set it, or name a file in the policy.`,
      );
    return Secret.of(source.value.trim());
  }
  const text = await readFile(source.file, "utf8").catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code;
    throw new RotationError(
      "invalid",
      `The ${what} for Vault cannot be read from ${source.file} (${code}). Nothing was read. Check the path and its rights.`,
    );
  });
  if (text.trim() === "")
    throw new RotationError(
      "invalid",
      `The file ${source.file} should hold the ${what} for Vault and is empty. Nothing was read. Check what writes it.`,
    );
  return Secret.of(text.trim());
}
