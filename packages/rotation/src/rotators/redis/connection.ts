import { createClient } from "@redis/client";

import { RotationError } from "../../error.ts";
import type { Secret } from "../../secret.ts";

/** One server, as messages name it and as it is reached. */
export interface Node {
  /** As in `Redis at redis.internal:6379`. */
  readonly who: string;
  readonly host: string;
  readonly port: number;
  /** Undefined: no TLS. `ca` is the PEM of a private certificate authority. */
  readonly tls: { readonly ca: string | undefined } | undefined;
}

export interface Login {
  readonly username: string;
  readonly password: Secret;
}

/** Sends one command; the reply is what Redis answers in version 2 of its protocol. */
export type Send = (words: readonly string[]) => Promise<unknown>;

const limits = { connectMs: 5_000, totalMs: 10_000 };

/**
 * Logs in on a connection of its own, does `work` with it and closes it. Nothing is repeated, kept open or sent on a later connection.
 * @throws RotationError `unreachable`, `denied` (the login was refused, or a right is missing) or `invalid`, without any word of what was sent.
 */
export async function connected<T>(node: Node, login: Login, work: (send: Send) => Promise<T>): Promise<T> {
  const client = createClient({
    RESP: 2,
    // Without these the client sends commands of its own, which a user with few rights may not use.
    disableClientInfo: true,
    maintNotifications: "disabled",
    disableOfflineQueue: true,
    username: login.username,
    password: login.password.reveal(),
    socket: {
      host: node.host,
      port: node.port,
      connectTimeout: limits.connectMs,
      reconnectStrategy: false,
      ...(node.tls && { tls: true as const, servername: nameFor(node.host), ...(node.tls.ca !== undefined && { ca: node.tls.ca }) }),
    },
  });
  // The rejections below carry the same errors; without a listener they would end the process.
  client.on("error", () => undefined);
  const stop = new AbortController();
  const late = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new LateError()), limits.totalMs);
    stop.signal.addEventListener("abort", () => clearTimeout(timer));
  });
  try {
    await Promise.race([client.connect(), late]);
    return await Promise.race([work((words) => client.sendCommand([...words])), late]);
  } catch (error) {
    throw explain(error, node, login);
  } finally {
    stop.abort();
    client.destroy();
  }
}

/** Whether the server takes this login: a connection of its own that does nothing else. */
export async function logsIn(node: Node, login: Login): Promise<boolean> {
  try {
    await connected(node, login, async () => undefined);
    return true;
  } catch (error) {
    if (error instanceof LoginRefused) return false;
    throw error;
  }
}

/** The password was refused, or the user is switched off or unknown: Redis answers the same to all three. */
export class LoginRefused extends RotationError {}

class LateError extends Error {}

/** TLS takes no address as a server name. */
function nameFor(host: string): string {
  return /^[\d.]+$|:/u.test(host) ? "" : host;
}

function explain(error: unknown, { who }: Node, { username }: Login): RotationError {
  if (error instanceof RotationError) return error;
  // The first word of an error of Redis is its code; the rest may repeat what was sent.
  const [word = ""] = error instanceof Error ? error.message.split(" ", 1) : [];
  const { code = "" } = error as NodeJS.ErrnoException;
  switch (word) {
    case "WRONGPASS":
    case "NOAUTH":
      return new LoginRefused(
        "denied",
        `${who} refused the login of the user ${username}. Nothing was changed there. Check its password, and that the user is switched on.`,
      );
    case "NOPERM":
      return new RotationError(
        "denied",
        `${who}: the user ${username} lacks a right. Nothing was changed there. Grant it with ACL SETUSER ${username} +acl|getuser +acl|setuser +acl|save.`,
      );
    case "LOADING":
    case "BUSY":
    case "MASTERDOWN":
    case "MISCONF":
      return new RotationError("unreachable", `${who} is not ready (${word}). Try again later.`);
    case "ERR":
      return new RotationError("invalid", `${who} refused a command (ERR). Check that it is Redis 6 or newer, which has ACL users.`);
  }
  if (error instanceof LateError)
    return new RotationError("unreachable", `${who} did not answer within ${limits.totalMs} ms. Try again later.`);
  if (/CERT|SIGNATURE|ISSUER|ALTNAME/u.test(code))
    return new RotationError(
      "unreachable",
      `${who}: its certificate is not trusted (${code}). Nothing was sent. Name its certificate authority in the policy (ca), or use the name it is for.`,
    );
  if (code === "EPROTO" || code.startsWith("ERR_SSL"))
    return new RotationError(
      "unreachable",
      `${who} does not speak TLS there (${code}). Nothing was sent. Check the port, or say "tls: none" in the policy.`,
    );
  return new RotationError(
    "unreachable",
    `${who} cannot be reached${/^[A-Z_]{3,40}$/u.test(code) ? ` (${code})` : ""}. Check the address, the network and that it runs, then try again.`,
  );
}
