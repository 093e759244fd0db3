import { RotationError } from "../error.ts";
import { Secret } from "../secret.ts";
import type { VaultAnswer } from "./answer.ts";
import { closeAtExit } from "./exit.ts";
import type { Ask, LoginMethod } from "./logins/login.ts";

export interface Session {
  /** A token that is still good for a while: renewed, or from a new login. */
  token(): Promise<Secret>;
  /** Called when Vault refused a token: true when there is another one now. */
  replace(refused: Secret): Promise<boolean>;
  /** Revokes every token that the session got by logging in and that may still be valid. */
  close(): Promise<void>;
}

interface Login {
  readonly token: Secret;
  /** How long the token lives, counted from `since`; infinite for one that does not end. */
  readonly lifeMs: number;
  readonly renewable: boolean;
  readonly since: Moment;
  /** When it was made; rights are those of that time. */
  readonly born: Moment;
  /** When to renew or replace it, counted from `since`. */
  readonly dueMs: number;
}

/**
 * Keeps a token alive: renewed when two thirds of its life are over, also while nobody asks for it; replaced by a new login when Vault refuses that, or
 * when it gives little, as near the end of the token's longest life.
 */
export function openSession(method: LoginMethod, ask: Ask): Session {
  let current: Promise<Login> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  /** Replaced, and not revoked at once: requests under way use them, and what they made ends with them. */
  const earlier: Login[] = [];

  const follow = (next: Promise<Login>): Promise<Login> => {
    current = next;
    next.then(watch, () => (current === next ? (current = undefined) : undefined));
    return next;
  };
  const fresh = (): Promise<Login> => follow(logIn(method, ask));
  const extended = (login: Login): Promise<Login> => follow(extend(login, method, ask));
  const replaceBy = async (login: Login, next: Promise<Login>): Promise<Login> => {
    const gained = await next;
    if (!gained.token.equals(login.token)) earlier.push(login);
    return gained;
  };
  const token = async (): Promise<Secret> => {
    const seen = current ?? fresh();
    const login = await seen;
    if (!isLow(login)) return login.token;
    // Somebody else may have begun to renew it in between.
    return (await (current === undefined || current === seen ? replaceBy(login, extended(login)) : current)).token;
  };
  /** Never keeps the process alive. */
  function watch(login: Login): void {
    clearTimeout(timer);
    if (closed || login.lifeMs === Number.POSITIVE_INFINITY) return;
    const delayMs = Math.max(0, login.dueMs - elapsedMs(login.since)) + 1;
    timer = setTimeout(() => void token().catch(() => undefined), Math.min(delayMs, longestTimerMs));
    timer.unref();
  }

  const close = async (): Promise<void> => {
    closed = true;
    clearTimeout(timer);
    forget();
    const last = await current?.catch(() => undefined);
    current = undefined;
    if (method.kind === "given") return;
    const ours = [...earlier, ...(last ? [last] : [])].filter(({ since, lifeMs }) => elapsedMs(since) < lifeMs);
    await Promise.allSettled(ours.map((login) => revoke(login.token, ask)));
  };
  const forget = closeAtExit(close);

  return {
    token,
    replace: async (refused) => {
      const login = await current;
      if (login && !login.token.equals(refused)) return true;
      if (login && method.kind === "login" && elapsedMs(login.born) < 60_000 && (await isKnown(refused, ask))) return false;
      // A token file may have been renewed by its agent; a token of the environment stays what it is.
      const next = await (login ? replaceBy(login, fresh()) : fresh());
      return !next.token.equals(refused);
    },
    close,
  };
}

const longestTimerMs = 2 ** 31 - 1;

async function logIn(method: LoginMethod, ask: Ask): Promise<Login> {
  return method.kind === "given" ? lookUp(await method.read(), ask) : toLogin(await method.logIn(ask));
}

/** How long a given token lives. A token that may not look itself up is used as it is. */
async function lookUp(token: Secret, ask: Ask): Promise<Login> {
  const forever = loginOf(token, Number.POSITIVE_INFINITY, false);
  try {
    const { body } = await ask({ method: "GET", path: ["auth", "token", "lookup-self"], token, what: "look up its token" });
    const { ttl, renewable } = (body.data ?? {}) as { ttl?: number; renewable?: boolean };
    return ttl ? loginOf(token, ttl * 1000, renewable === true) : forever;
  } catch (error) {
    if (error instanceof RotationError && error.code === "denied") return forever;
    throw error;
  }
}

/** Whether a refused token is alive, so that it was a right that it lacks. */
async function isKnown(token: Secret, ask: Ask): Promise<boolean> {
  return ask({ method: "GET", path: ["auth", "token", "lookup-self"], token, what: "look up its token" }).then(
    () => true,
    () => false,
  );
}

async function extend(login: Login, method: LoginMethod, ask: Ask): Promise<Login> {
  const next = login.renewable ? await renew(login, ask).catch(() => undefined) : undefined;
  if (next && next.lifeMs > login.lifeMs / 3) return { ...next, born: login.born };
  const best = next ?? login;
  const other = await replacementOf(best.token, method, ask).catch((error: unknown) => {
    // A token that could not be replaced is used as long as it lives.
    if (elapsedMs(best.since) < best.lifeMs) return undefined;
    throw error;
  });
  return other ?? { ...best, dueMs: elapsedMs(best.since) + Math.max(1_000, (best.lifeMs - elapsedMs(best.since)) / 2) };
}

/** A new login; for a given token only if another one was put in its place. */
async function replacementOf(token: Secret, method: LoginMethod, ask: Ask): Promise<Login | undefined> {
  if (method.kind === "login") return logIn(method, ask);
  const given = await method.read();
  return given.equals(token) ? undefined : lookUp(given, ask);
}

async function renew(login: Login, ask: Ask): Promise<Login> {
  const path = ["auth", "token", "renew-self"];
  return toLogin(await ask({ method: "POST", path, body: {}, token: login.token, what: "renew its token" }));
}

async function revoke(token: Secret, ask: Ask): Promise<void> {
  await ask({ method: "POST", path: ["auth", "token", "revoke-self"], token, what: "revoke the token of this run" });
}

function toLogin({ body }: VaultAnswer): Login {
  const {
    client_token: token,
    lease_duration: seconds = 0,
    renewable,
    mfa_requirement: secondFactor,
  } = (body.auth ?? {}) as { client_token?: string; lease_duration?: number; renewable?: boolean; mfa_requirement?: unknown };
  if (!token) {
    const why = secondFactor ? "asks for a second factor, which no program has" : "has no token";
    throw new RotationError("denied", `Vault's answer to the login ${why}. Nothing was read. Check the auth method in the policy.`);
  }
  return loginOf(Secret.of(token), seconds > 0 ? seconds * 1000 : Number.POSITIVE_INFINITY, renewable === true);
}

function loginOf(token: Secret, lifeMs: number, renewable: boolean): Login {
  const now = thisMoment();
  return { token, lifeMs, renewable, since: now, born: now, dueMs: (lifeMs * 2) / 3 };
}

function isLow({ dueMs, since }: Login): boolean {
  return elapsedMs(since) > dueMs;
}

/** Two clocks: one may be set to another time, the other stands still while the machine sleeps. Whichever says that more time went by is believed. */
interface Moment {
  readonly wallMs: number;
  readonly steadyMs: number;
}

function thisMoment(): Moment {
  return { wallMs: Date.now(), steadyMs: performance.now() };
}

function elapsedMs({ wallMs, steadyMs }: Moment): number {
  return Math.max(Date.now() - wallMs, performance.now() - steadyMs);
}
