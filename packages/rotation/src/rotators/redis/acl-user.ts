import { createHash } from "node:crypto";

import { RotationError } from "../../error.ts";
import type { Secret } from "../../secret.ts";
import type { Node, Send } from "./connection.ts";

/** What Redis keeps of a password: the hexadecimal SHA-256. It is all that is ever sent of one that is set or taken away. */
export function hashOf(password: Secret): string {
  return createHash("sha256").update(password.reveal(), "utf8").digest("hex");
}

export interface AclUser {
  readonly flags: readonly string[];
  /** Hashes, in hexadecimal. */
  readonly passwords: readonly string[];
}

/** Undefined when there is no such user. */
export async function readUser(send: Send, user: string): Promise<AclUser | undefined> {
  const reply = await send(["ACL", "GETUSER", user]);
  if (!Array.isArray(reply)) return undefined;
  const part = (name: string): readonly string[] => {
    const value: unknown = reply[reply.indexOf(name) + 1];
    return reply.includes(name) && Array.isArray(value) ? value.map(String) : [];
  };
  return { flags: part("flags"), passwords: part("passwords") };
}

/** Adds and takes away hashes in one command, which Redis does whole or not at all; what is so already is left out. */
export async function changePasswords(
  send: Send,
  user: string,
  has: AclUser,
  { add = [], remove = [] }: { readonly add?: readonly string[]; readonly remove?: readonly string[] },
): Promise<"changed" | "as it was"> {
  const rules = [
    ...add.filter((hash) => !has.passwords.includes(hash)).map((hash) => `#${hash}`),
    ...remove.filter((hash) => has.passwords.includes(hash)).map((hash) => `!${hash}`),
  ];
  if (rules.length === 0) return "as it was";
  await send(["ACL", "SETUSER", user, ...rules]);
  return "changed";
}

/** `no file`: this server keeps its users in no file of their own. */
export async function saveUsers(send: Send): Promise<"saved" | "no file"> {
  try {
    await send(["ACL", "SAVE"]);
    return "saved";
  } catch (error) {
    if (error instanceof Error && /not configured to use an ACL file/u.test(error.message)) return "no file";
    throw error;
  }
}

/** What keeps a password from being worth anything there; undefined when nothing does. */
export function flaw(user: string, found: AclUser | undefined, { who }: Node): string | undefined {
  if (found === undefined)
    return `${who} has no ACL user ${user}. Create it with its rights: ACL SETUSER ${user} on ~app:* +@read +@write.`;
  if (found.flags.includes("nopass"))
    return `${who} lets the user ${user} in with any password. Take that away with ACL SETUSER ${user} resetpass.`;
  if (found.flags.includes("off")) return `${who} has switched the user ${user} off. Switch it on with ACL SETUSER ${user} on.`;
  return undefined;
}

/** @throws RotationError `invalid` */
export function requireSound(user: string, found: AclUser | undefined, node: Node): AclUser {
  const problem = flaw(user, found, node);
  if (problem === undefined && found) return found;
  throw new RotationError("invalid", `${problem} Nothing was changed there.`);
}
