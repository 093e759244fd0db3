import { RotationError, type RotationErrorCode } from "../error.ts";
import type { Secret } from "../secret.ts";
import { redact } from "./redact.ts";
import type { Outcome } from "./transport.ts";

/** `read`: may be sent again. `write`: what is sent may take effect although no answer comes, and is never sent twice. */
export type Effect = "read" | "write";

/** A success, or a 404, whose meaning only the caller knows. */
export interface VaultAnswer {
  readonly status: number;
  readonly body: VaultBody;
  /** Vault's id of the request; its own audit log has the same. */
  readonly request: string | undefined;
}

/** What Vault says about anything; `data` differs by path. */
export interface VaultBody {
  readonly data?: unknown;
  readonly auth?: unknown;
  readonly errors?: readonly string[];
  readonly warnings?: readonly string[];
}

export interface Judged {
  readonly error: RotationError;
  /** Sending it again after a pause may help. */
  readonly again: boolean;
  /** How long Vault asked to wait before that, where it did. */
  readonly waitMs: number | undefined;
  /** The token was refused: a new login may help. */
  readonly refused: boolean;
  /** 503: `sys/seal-status` tells whether it is sealed, or was never set up. */
  readonly unavailable: boolean;
}

export interface Asked {
  /** As in `write secret/data/payments/psp`. */
  readonly what: string;
  readonly effect: Effect;
  /** All that was sent and must not be told. */
  readonly secrets: readonly Secret[];
  /** As in `Vault at https://vault.internal:8200 (store prod)`. */
  readonly who: string;
  /** What a 403 means here, where that is more than a missing right. */
  readonly denial?: undefined | { readonly why: string; readonly advice: string };
  /** Of a login: what to do when the credential is refused. */
  readonly advice?: undefined | string;
}

/** A success is an answer; everything else is an error that says what happened, what was left as it was and what to do. */
export function judge(outcome: Outcome, asked: Asked): VaultAnswer | Judged {
  if (outcome.kind === "failed") {
    const { sent, why, advice } = outcome;
    return failure(sent ? unsure(asked) : "unreachable", why, advice, asked, { again: true });
  }
  const { status, text } = outcome;
  const body = parse(text);
  if (status >= 200 && status < 300) {
    if (body) return { status, body, request: requestOf(body) };
    return failure(
      unsure(asked),
      `it answered ${status} with something that is not JSON`,
      "Check that the address is that of Vault.",
      asked,
    );
  }
  if (status === 404 && body) return { status, body, request: requestOf(body) };
  return judgeStatus(status, body, outcome, asked);
}

export function isAnswer(result: VaultAnswer | Judged): result is VaultAnswer {
  return "status" in result;
}

function judgeStatus(status: number, body: VaultBody | undefined, outcome: Outcome & { kind: "answer" }, asked: Asked): Judged {
  const judged = judgeByStatus(status, body, outcome, asked);
  const waitMs = mayHelp.has(status) ? retryAfterMs(outcome.headers["retry-after"]) : undefined;
  const { code, message } = judged.error;
  if (waitMs === undefined || code === "sealed") return judged;
  const error = new RotationError(code, `${message} It asked to try again in ${Math.ceil(waitMs / 1000)} s.`);
  return { ...judged, error, again: true, waitMs };
}

/** Answers after which Vault or a proxy before it may name a time to come back. */
const mayHelp = new Set([412, 429, 472, 473, 502, 503, 504]);

function judgeByStatus(status: number, body: VaultBody | undefined, outcome: Outcome & { kind: "answer" }, asked: Asked): Judged {
  const said = (body?.errors ?? []).join("; ");
  const told = tell(said, asked);
  if (status >= 300 && status < 400) {
    return failure(
      "unreachable",
      `it answered ${status}, as a standby does that sends clients to ${hostOf(outcome.headers.location)}; redirects are not followed, as they would carry the token along`,
      "Put the address of the active node or of the load balancer in the policy.",
      asked,
    );
  }
  switch (status) {
    case 400:
      return judgeBadRequest(said, told, outcome.text, asked);
    case 403: {
      if (asked.advice !== undefined) return refusedLogin(told, asked.advice, asked);
      const { why, advice } = said.includes("invalid token") ? noToken : (asked.denial ?? denial);
      return failure("denied", why + told, advice, asked, { refused: true });
    }
    case 405:
      return failure(
        "invalid",
        `it does not know this operation there${told}`,
        "Check the mount in the policy: it must be a KV version 2 engine.",
        asked,
      );
    case 412:
      return failure("unreachable", "the node has not yet seen what another node wrote (412)", "Try again.", asked, { again: true });
    case 413:
      return failure("invalid", "the document is too large for it (413)", "Keep only secrets in it.", asked);
    case 429:
      return failure("quota", "a rate or lease quota is used up (429)", "Try again later, or ask for a higher quota.", asked, {
        again: true,
      });
    case 472:
      return failure(
        "unreachable",
        "this node is a disaster-recovery secondary (472) and serves no requests",
        "Put the address of the primary cluster in the policy.",
        asked,
      );
    case 473:
      return failure(
        "unreachable",
        "this node is a performance standby (473) and does not serve this",
        "Put the address of the active node in the policy.",
        asked,
      );
    case 503:
      return judgeUnavailable(said, asked);
    case 500:
      return judgeInternal(said, told, asked);
  }
  if (status > 500)
    return failure(unsure(asked), `it or a proxy before it answered ${status}${told}`, "Try again later.", asked, { again: true });
  return failure("invalid", `it answered ${status}${told}`, "Check the policy.", asked);
}

const denial = { why: "permission was denied", advice: "Check that the token is valid and that its policy allows this path." };

/** Older servers than Vault 1.17 say only that permission was denied. */
const noToken = {
  why: "it does not know the token, which is over, was revoked, or is of another server",
  advice: "Log in again, or put a valid token in its place.",
};

function judgeBadRequest(said: string, told: string, text: string, asked: Asked): Judged {
  if (said.includes("check-and-set parameter did not match"))
    return failure("conflict", "somebody else wrote it since it was read", "Read it again.", asked);
  if (said.includes("Upgrading from non-versioned"))
    return failure("unreachable", "the mount is being upgraded to KV version 2", "Try again in a minute.", asked, { again: true });
  if (text.includes("HTTP request to an HTTPS server"))
    return failure("invalid", "it expects TLS", "Let the address in the policy start with https://.", asked);
  if (asked.advice !== undefined) return refusedLogin(told, asked.advice, asked);
  if (said.includes("check-and-set parameter required"))
    return failure("invalid", "it wants check-and-set (cas) with every write there", "Send options.cas.", asked);
  return failure("invalid", `it refused the request (400)${told}`, "Check the policy.", asked);
}

/** Vault answers a wrong credential with 400 or 403, depending on the method, and a mount that is not there with 403. */
function refusedLogin(told: string, advice: string, asked: Asked): Judged {
  return failure("denied", `the login was refused, or there is no such auth method${told}`, advice, asked);
}

/** Vault answers 500 also when what was asked is done already, as its audit device may fail afterwards. */
function judgeInternal(said: string, told: string, asked: Asked): Judged {
  if (/JSON (?:object|string|array|payload|token)[^;]* exceeds/u.test(said))
    return failure("invalid", "the document has more or longer entries than it takes", "Keep only secrets in it.", asked);
  const why =
    said === "internal error"
      ? "it answered an internal error (500), as it does when its audit device is blocked"
      : `it answered an internal error (500)${told}`;
  return failure(unsure(asked), why, "Ask its operators to look at its audit devices and its log.", asked, { again: true });
}

function judgeUnavailable(said: string, asked: Asked): Judged {
  if (said.includes("Vault is sealed"))
    return failure("sealed", "it is sealed", "Ask its operators to unseal it.", asked, { unavailable: true });
  return failure(unsure(asked), "it is not available (503)", "Try again later.", asked, { again: true, unavailable: true });
}

/** What a missing or broken answer means. */
function unsure({ effect }: Asked): RotationErrorCode {
  return effect === "write" ? "unknown-outcome" : "unreachable";
}

function failure(
  code: RotationErrorCode,
  why: string,
  advice: string,
  asked: Asked,
  more: Partial<Pick<Judged, "again" | "refused" | "unavailable">> = {},
): Judged {
  const left =
    code === "unknown-outcome"
      ? "It may or may not have been done: read back before anything else."
      : asked.effect === "write"
        ? "Nothing was written."
        : "Nothing was changed.";
  const error = new RotationError(code, `${asked.who} cannot ${asked.what}: ${why}. ${left} ${advice}`);
  return { error, again: more.again ?? false, waitMs: undefined, refused: more.refused ?? false, unavailable: more.unavailable ?? false };
}

/** What the server said, if it can be shown. Never longer than a line. */
function tell(said: string, { secrets }: Asked): string {
  const shown = redact(said, secrets)?.replaceAll(/\s+/gu, " ").trim();
  return shown ? ` (it said: ${shown.length > 200 ? `${shown.slice(0, 200)}…` : shown})` : "";
}

/** Seconds or a date (RFC 9110, section 10.2.3). */
function retryAfterMs(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/u.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

function hostOf(location: string | undefined): string {
  return (location !== undefined && URL.canParse(location) && new URL(location).host) || "another node";
}

function parse(text: string): VaultBody | undefined {
  if (text.trim() === "") return {};
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null ? body : undefined;
  } catch {
    return undefined;
  }
}

function requestOf(body: VaultBody): string | undefined {
  const id = (body as { request_id?: unknown }).request_id;
  return typeof id === "string" && id !== "" ? id : undefined;
}
