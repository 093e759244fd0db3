import { setTimeout } from "node:timers/promises";

import nodeVault from "node-vault";

import { RotationError } from "../error.ts";
import type { Secret } from "../secret.ts";
import { type Asked, type Effect, isAnswer, judge, type Judged, type VaultAnswer } from "./answer.ts";
import { type Body, inClear, secretsIn } from "./body.ts";
import type { Ask, LoginMethod } from "./logins/login.ts";
import { redact } from "./redact.ts";
import { requireSafeAddress } from "./safe-address.ts";
import { openSession } from "./session.ts";
import { defaultLimits, type Limits, openTransport, type Outcome, type WireRequest } from "./transport.ts";

export type { VaultAnswer, VaultBody } from "./answer.ts";
export type { Body } from "./body.ts";

export interface VaultOptions {
  /** The name of the store, for messages. */
  readonly name: string;
  /** `https://…`; `http://` only to this machine. */
  readonly address: string;
  readonly namespace: string | undefined;
  /** PEM of a private certificate authority. */
  readonly ca: string | undefined;
  readonly login: LoginMethod;
  /** Told what Vault warns of, each warning once. */
  readonly onWarning?: (message: string) => void;
  readonly limits?: Limits;
}

export interface VaultRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE" | "LIST";
  /** Parts of the path after `/v1/`, not encoded: `["auth", ...partsOf(mount), "role", name]`. */
  readonly path: readonly string[];
  /** JSON, where each `Secret` in it is sent in clear and never told. */
  readonly body?: Body;
  /**
   * `read`: may be sent up to three times. `write`: is sent once; when the answer is lost or a 5xx, the error is `unknown-outcome`, and the
   * caller reads back what became of it. Creating a secret id, rotating a key or a role, signing what counts uses: `write`.
   */
  readonly effect: Effect;
  /** What is sent in another form than a `Secret` of the body (encoded, inside a longer text), or in the path, and must not be told. */
  readonly secrets?: readonly Secret[];
  /** As in `write secret/data/payments/psp`. */
  readonly what: string;
  /** What a 403 means here, where that is more than a missing right. */
  readonly denial?: Asked["denial"];
}

/**
 * Requests to one Vault with the login of its store, for rotators, keys and signers: `await context.vault("prod")`. The token is obtained, renewed,
 * replaced and revoked behind it; whoever has the session never sees it.
 */
export interface VaultSession {
  /** As in `Vault at https://vault.internal:8200 (store prod)`: how messages begin. */
  readonly who: string;
  /**
   * One request. A 404 is an answer, as only the caller knows what it means. What comes back is plain: wrap what is secret in it with `Secret.of` at once.
   * @throws RotationError for everything else, without anything that was sent: `denied`, `sealed`, `quota` and `unreachable` before any effect,
   * `unknown-outcome` for a write that may have been done, `invalid` for what Vault refuses as wrong (400, 405), `conflict` for a failed check-and-set.
   */
  request(request: VaultRequest): Promise<VaultAnswer>;
  /** Vault's clock in milliseconds since 1970, to the second. */
  now(): Promise<number>;
}

/** The one way to Vault. */
export interface Vault extends VaultSession {
  /** Revokes the token of a login of this run, and closes its connections. */
  close(): Promise<void>;
}

/** @throws RotationError `invalid` when the address would send secrets over the network in clear. */
export function openVault(options: VaultOptions): Vault {
  const who = `Vault at ${options.address} (store ${options.name})`;
  requireSafeAddress(options.address, who);
  const limits = options.limits ?? defaultLimits;
  const transport = openTransport({ ca: options.ca, limits });
  const clock = openClock();
  const send = openNodeVault(options, transport.send);
  const exchange = async (wire: Exchange): Promise<Outcome> => clock.note(await send(wire));
  const warn = openWarnings(who, options.onWarning);

  const ask: Ask = async ({ identity, body, ...wire }) => {
    if (identity) transport.present(identity);
    const asked: Asked = { who, effect: "read", ...wire, secrets: [...secretsIn(body ?? {}), ...(wire.token ? [wire.token] : [])] };
    const attempt = async (): Promise<VaultAnswer | Judged> =>
      judge(await exchange({ ...wire, ...(body && { body: inClear(body) as object }) }), asked);
    const result = await untilAnswered(attempt, { limits, isRepeatable: ({ error }) => error.code !== "unknown-outcome" });
    if (!isAnswer(result)) throw await explainUnavailable(result, exchange, who);
    if (result.status !== 404) return result;
    throw new RotationError("invalid", `${who} cannot ${wire.what}: there is nothing at that path. Nothing was changed. Check the policy.`);
  };
  const session = openSession(options.login, ask);

  const once = async (request: VaultRequest): Promise<VaultAnswer | Judged> => {
    const { method, path, body } = request;
    const wire = { method, path, ...(body && { body: inClear(body) as object }) };
    const secrets = [...(request.secrets ?? []), ...secretsIn(body ?? {})];
    for (let login = 1; ; login += 1) {
      const token = await session.token();
      const asked: Asked = { who, ...request, secrets: [...secrets, token] };
      const result = judge(await exchange({ ...wire, token }), asked);
      if (isAnswer(result)) warn(result, asked);
      // A refusal comes before any effect, so a write may be sent again as well.
      if (isAnswer(result) || !result.refused || login > 1 || !(await session.replace(token))) return result;
    }
  };
  return {
    who,
    request: async (request) => {
      requireSafePath(request.path, who);
      const result = await untilAnswered(() => once(request), {
        limits,
        isRepeatable: ({ error }) => request.effect === "read" || error.code !== "unknown-outcome",
      });
      if (isAnswer(result)) return result;
      throw await explainUnavailable(result, exchange, who);
    },
    now: async () => {
      if (!clock.isSet()) await exchange({ method: "GET", path: ["sys", "health"], token: undefined });
      return clock.now(who);
    },
    close: async () => {
      // The token ends by itself if this fails.
      await session.close().catch(() => undefined);
      transport.close();
    },
  };
}

interface Exchange {
  readonly method: string;
  readonly path: readonly string[];
  readonly body?: object;
  readonly token: Secret | undefined;
}

/**
 * node-vault 0.12.0 builds the requests; everything that is unsafe in it by default is shut off here: its debug output prints bodies, its own
 * transport follows redirects and proxies and puts the token into errors, its commands do not encode paths, its variables of the environment
 * override what was configured.
 */
function openNodeVault(options: VaultOptions, send: (request: WireRequest) => Promise<Outcome>): (wire: Exchange) => Promise<Outcome> {
  const client: nodeVault.client & { namespace?: string; pathPrefix?: string } = nodeVault({
    endpoint: options.address,
    apiVersion: "v1",
    debug: () => undefined,
    commands: {},
    "request-promise": {
      // node-vault drops headers and turns statuses into its own errors, so it is handed the whole outcome as the body of a success.
      defaults: () => async (request: WireRequest) => ({ statusCode: 200, body: await send(request), request: { path: "" } }),
    },
  });
  // Empty options would be filled from the environment.
  client.token = "";
  client.namespace = "";
  client.pathPrefix = "";
  return async ({ method, path, body, token }) => {
    const headers = {
      "X-Vault-Request": "true",
      ...(token && { "X-Vault-Token": token.reveal() }),
      ...(options.namespace !== undefined && !ofTheServer(path) && { "X-Vault-Namespace": options.namespace }),
    };
    const request = { method, path: `/${path.map(encodeURIComponent).join("/")}`, headers, ...(body && { json: body }) };
    return (await client.request(request)) as Outcome;
  };
}

/** These answer only outside of any namespace. */
function ofTheServer([first, second]: readonly string[]): boolean {
  return first === "sys" && (second === "health" || second === "seal-status");
}

const attempts = 3;

/** Sends again what may be sent again, after a pause: as long as Vault asked for, else up to 200 ms, then up to 400 ms (full jitter). */
async function untilAnswered(
  attempt: () => Promise<VaultAnswer | Judged>,
  { limits, isRepeatable }: { readonly limits: Limits; readonly isRepeatable: (failed: Judged) => boolean },
): Promise<VaultAnswer | Judged> {
  for (let count = 1; ; count += 1) {
    const result = await attempt();
    if (isAnswer(result) || !result.again || !isRepeatable(result) || count === attempts) return result;
    if (result.waitMs !== undefined && result.waitMs > limits.waitMs) return result;
    await setTimeout(result.waitMs ?? Math.random() * 100 * 2 ** count);
  }
}

/** Passes each warning of Vault on once, without what was sent. */
function openWarnings(who: string, onWarning: VaultOptions["onWarning"]): (answer: VaultAnswer, asked: Asked) => void {
  const told = new Set<string>();
  return ({ status, body }, { what, secrets }) => {
    // With a 404, a warning is the reason, and part of what the caller says of it.
    if (!onWarning || status === 404) return;
    for (const warning of body.warnings ?? []) {
      const message = `${who} warns when asked to ${what}: ${redact(warning, secrets) ?? "[secret]"}`;
      if (!told.has(message)) onWarning(message);
      told.add(message);
    }
  };
}

/** Says of a Vault that serves no requests whether it is sealed or was never set up. */
async function explainUnavailable(
  { error, unavailable }: Judged,
  exchange: (wire: Exchange) => Promise<Outcome>,
  who: string,
): Promise<RotationError> {
  if (!unavailable) return error;
  const outcome = await exchange({ method: "GET", path: ["sys", "seal-status"], token: undefined });
  const result = judge(outcome, { who, what: "tell its state", effect: "read", secrets: [] });
  const state = isAnswer(result) ? (result.body as { initialized?: boolean; sealed?: boolean }) : {};
  if (state.initialized === false) {
    return new RotationError(
      "sealed",
      `${who} was never initialised, so it holds nothing. Nothing was written. Check the address, or have it set up with \`vault operator init\`.`,
    );
  }
  return error;
}

function requireSafePath(path: readonly string[], who: string): void {
  if (!path.some((part) => part === "" || part === "." || part === "..")) return;
  throw new RotationError(
    "invalid",
    `${who}: the path ${path.join("/")} has an empty part, "." or "..". Nothing was sent. Correct it in the policy.`,
  );
}

/** Learns from the `Date` of each answer how far the server's clock is from this one's. */
function openClock(): { note: (outcome: Outcome) => Outcome; isSet: () => boolean; now: (who: string) => number } {
  let offsetMs: number | undefined;
  let learnedAtMs = Number.NEGATIVE_INFINITY;
  return {
    note: (outcome) => {
      const date = outcome.kind === "answer" ? Date.parse(outcome.headers.date ?? "") : Number.NaN;
      if (outcome.kind === "answer" && !Number.isNaN(date)) {
        offsetMs = date - outcome.receivedAtMs;
        learnedAtMs = performance.now();
      }
      return outcome;
    },
    // The clocks may drift apart, and this one may be set in between.
    isSet: () => performance.now() - learnedAtMs < 60_000,
    now: (who) => {
      if (offsetMs === undefined)
        throw new RotationError("unreachable", `${who} did not tell the time. Nothing was changed. Check the address and the network.`);
      return Date.now() + offsetMs;
    },
  };
}
