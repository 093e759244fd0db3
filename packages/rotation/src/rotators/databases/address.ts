import { readFile } from "node:fs/promises";
import { isIP } from "node:net";

import type { RotatorPolicy } from "@holdfast/policy";

import { RotationError } from "../../error.ts";
import type { RotationContext } from "../../roles.ts";
import { Secret } from "../../secret.ts";
import type { Login } from "./alternating-users.ts";

export type DatabasePolicy = Extract<RotatorPolicy, { with: "postgres" }>;

export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string | undefined;
}

export interface Tls {
  readonly ca?: string;
  readonly rejectUnauthorized: true;
}

/** Where the server is, by the policy and, for what that leaves out, by the URL in the environment. @throws RotationError `invalid` */
export function addressOf(policy: DatabasePolicy, usualPort: number, context: Pick<RotationContext, "env">): DatabaseAddress {
  const url = urlOf(policy, context);
  const host = policy.host ?? url?.hostname.replace(/^\[(.*)\]$/u, "$1");
  if (!host)
    throw new RotationError(
      "invalid",
      `The policy names no host of the database, and neither does ${policy.admin.urlEnv}. Nothing was done.`,
    );
  const database = policy.database ?? (decodeURIComponent(url?.pathname.slice(1) ?? "") || undefined);
  return { host, port: policy.port ?? (Number(url?.port) || usualPort), database };
}

/** @throws RotationError `invalid` when its name is nowhere, whatever reading the secret throws. */
export async function administratorOf({ admin }: DatabasePolicy, context: RotationContext): Promise<Login> {
  const url = urlOf({ admin }, context);
  if (url) return { username: decodeURIComponent(url.username), password: Secret.of(decodeURIComponent(url.password)) };
  const secret = admin.secret ?? "";
  const { value, fields } = await context.read(secret);
  const username = admin.username ?? fields["username"]?.reveal();
  if (username !== undefined) return { username, password: value };
  throw new RotationError(
    "invalid",
    `The secret ${secret} has no field "username", and the policy names no administrator. Nothing was done. Add "username:" beside "admin: { secret: ${secret} }".`,
  );
}

/** The certificate is verified, always. Undefined only towards this machine, when the policy does not ask for TLS. */
export async function tlsOf(
  { tls, ca }: DatabasePolicy,
  { host }: Pick<DatabaseAddress, "host">,
  context: Pick<RotationContext, "resolve">,
): Promise<Tls | undefined> {
  if (tls === undefined && ca === undefined && isLoopback(host)) return undefined;
  if (ca === undefined) return { rejectUnauthorized: true };
  const file = context.resolve(ca);
  try {
    return { ca: await readFile(file, "utf8"), rejectUnauthorized: true };
  } catch (error) {
    throw new RotationError("invalid", `The certificate authorities of the database (${file}) cannot be read. Nothing was done.`, {
      cause: error,
    });
  }
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/** The text of the variable holds a password: no error repeats it. */
function urlOf({ admin: { urlEnv } }: Pick<DatabasePolicy, "admin">, { env }: Pick<RotationContext, "env">): URL | undefined {
  if (urlEnv === undefined) return undefined;
  const text = env[urlEnv];
  if (!text)
    throw new RotationError(
      "invalid",
      `The environment variable ${urlEnv} is not set. Nothing was done. Set it to the URL of the database's administrator.`,
    );
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url?.username || !isDecodable(url)) {
    throw new RotationError(
      "invalid",
      `The environment variable ${urlEnv} is no URL such as postgres://user:password@host:port/database. Nothing was done.`,
    );
  }
  const isHeeded = ([name, value]: [string, string]) => name === "sslmode" && /^(?:require|verify-full)$/u.test(value);
  if (![...url.searchParams].every(isHeeded)) {
    throw new RotationError(
      "invalid",
      `The URL in ${urlEnv} has parameters that would not be heeded. Nothing was done. Leave out what follows "?" and say it in the policy.`,
    );
  }
  return url;
}

function isDecodable({ username, password, pathname }: URL): boolean {
  try {
    return [username, password, pathname].every((part) => typeof decodeURIComponent(part) === "string");
  } catch {
    return false;
  }
}
