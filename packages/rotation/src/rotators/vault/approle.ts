import { type RotatorPolicy, parseDuration } from "@holdfast/policy";

import { RotationError } from "../../error.ts";
import type { Credential, RotationContext, Rotator } from "../../roles.ts";
import { Secret } from "../../secret.ts";
import type { Body, VaultAnswer } from "../../vault/vault.ts";
import { randomValue } from "../random-value.ts";
import { dataOf, isCode, type Mount, numberOf, openMount, textOf } from "./data.ts";

type ApprolePolicy = Extract<RotatorPolicy, { with: "vault-approle" }>;

/**
 * A secret ID of AppRole, chosen here (`custom-secret-id`) and not by Vault: it is stored before Vault hears of it, so that a lost answer loses nothing and a
 * repetition registers the same one. No secret ID can come to be that nobody knows, and none has to be searched for. A role may have several, so the
 * previous one logs in until it is destroyed by its accessor.
 */
export function vaultApprole(policy: ApprolePolicy): Rotator {
  const { role } = policy;
  const open = async (context: RotationContext): Promise<Mount> => openMount(policy, `auth/${policy.mount ?? "approle"}`, context);
  return {
    kind: "vault-approle",
    overlaps: true,
    fields: ["accessor", "role_id", "expires_at"],
    sentences: {
      apply: `Register the new secret ID with the role ${role}, beside the old one.`,
      verify: `Log in as the role ${role} with the new secret ID, and revoke the token at once.`,
      retire: `Destroy the old secret ID of the role ${role} by its accessor and show that it is refused.`,
    },
    async prepare(context) {
      const mount = await open(context);
      const problem = flaw(policy, await readRole(mount, role), mount);
      if (problem !== undefined) throw new RotationError("invalid", `${problem} Nothing was changed.`);
      return { value: randomValue({ bytes: 32 }), fields: { role_id: Secret.of(await readRoleId(mount, role)) } };
    },
    async apply({ value, fields }, context) {
      const mount = await open(context);
      const secretId = required(value);
      const registered = (context.repeated ? await lookUp(mount, role, secretId) : undefined) ?? (await register(mount, secretId, context));
      return { value: secretId, fields: { ...fields, ...registered.fields } };
    },
    async verify({ value, fields }, context) {
      const mount = await open(context);
      const found = await lookUp(mount, role, value);
      if (!found) return "refused";
      const uses = usesOf(policy, await readRole(mount, role));
      // What is left after one login is what programs were promised, so a secret ID that has only that left was tried before.
      const mayTry = uses === undefined || found.usesLeft > uses.ofPrograms;
      if (!mayTry) return "accepted";
      return logIn(mount, { value, fields }, context);
    },
    async retire(previous, context) {
      if (context.current?.value.equals(previous.value)) return;
      const mount = await open(context);
      await destroy(mount, role, previous.value);
      const roleId = previous.fields["role_id"] ?? Secret.of(await readRoleId(mount, role));
      const verdict = await logIn(mount, { value: previous.value, fields: { role_id: roleId } }, context);
      if (verdict === "refused") return;
      throw new RotationError(
        "unfinished",
        `${mount.session.who} still accepts the previous secret ID, which belongs to another role than ${role}. The phase was kept. ` +
          `Destroy it there: vault write ${mount.name}/role/<that role>/secret-id-accessor/destroy secret_id_accessor=<its field previous_accessor>.`,
      );
    },
    async discard({ value }, context) {
      if (value) await destroy(await open(context), role, value);
    },
    async obstacles(context) {
      const mount = await open(context);
      const problem = flaw(policy, await readRole(mount, role), mount);
      return problem === undefined ? [] : [problem];
    },
  };

  async function register(mount: Mount, secretId: Secret, context: RotationContext): Promise<Registered> {
    const known = dataOf(await readRole(mount, role));
    const { ttl, cidrs, token_cidrs, metadata } = policy;
    const uses = usesOf(policy, known);
    const body: Body = {
      secret_id: secretId,
      metadata: JSON.stringify({ ...metadata, holdfast_secret: context.secret, holdfast_rotation: context.rotation }),
      ...(ttl !== undefined && { ttl: `${Math.ceil((parseDuration(ttl) ?? 0) / 1000)}s` }),
      ...(uses && { num_uses: uses.inAll }),
      ...(cidrs && { cidr_list: cidrs }),
      ...(token_cidrs && { token_bound_cidrs: token_cidrs }),
    };
    if (uses && policy.num_uses === undefined)
      context.advise(
        uses.inAll === uses.ofPrograms
          ? `The role ${role} allows one login for each secret ID, so the new one was not tried with a login.`
          : `Trying the new secret ID costs one of the ${uses.inAll} logins that the role ${role} allows. Say "num_uses" in the policy, with one less than the role's secret_id_num_uses.`,
      );
    try {
      await mount.ask({
        method: "POST",
        path: ["role", role, "custom-secret-id"],
        body,
        effect: "write",
        what: `register a secret ID of ${role}`,
      });
    } catch (error) {
      // A lost answer, or "already registered", which Vault says with a 500.
      if (!isCode(error, "unknown-outcome")) throw error;
      const found = await lookUp(mount, role, secretId);
      if (found) return found;
      throw error;
    }
    const found = await lookUp(mount, role, secretId);
    if (found) return found;
    throw new RotationError(
      "unfinished",
      `${mount.session.who} registered a secret ID of ${role} and does not know it any more. The value in use was left as it was. Try again.`,
    );
  }
}

interface Registered {
  readonly fields: Readonly<Record<string, Secret>>;
  /** 0: as many as one likes. */
  readonly usesLeft: number;
}

/** Undefined when Vault knows no such secret ID of the role, or it has expired or been used up. */
async function lookUp(mount: Mount, role: string, secretId: Secret): Promise<Registered | undefined> {
  const answer = await mount.ask({
    method: "POST",
    path: ["role", role, "secret-id", "lookup"],
    body: { secret_id: secretId },
    effect: "read",
    what: `look up a secret ID of ${role}`,
  });
  const data = dataOf(answer);
  if (data["secret_id_accessor"] === undefined) return undefined;
  const expires = textOf(data, "expiration_time", mount);
  return {
    // Vault writes the year 1 for what never expires.
    fields: {
      accessor: Secret.of(textOf(data, "secret_id_accessor", mount)),
      ...(expires.startsWith("0001-") ? {} : { expires_at: Secret.of(expires) }),
    },
    usesLeft: numberOf(data, "secret_id_num_uses"),
  };
}

/** By its accessor; what is gone already is left alone. */
async function destroy(mount: Mount, role: string, secretId: Secret): Promise<void> {
  const found = await lookUp(mount, role, secretId);
  const accessor = found?.fields["accessor"];
  if (!accessor) return;
  try {
    await mount.ask({
      method: "POST",
      path: ["role", role, "secret-id-accessor", "destroy"],
      body: { secret_id_accessor: accessor },
      effect: "write",
      what: `destroy a secret ID of ${role}`,
    });
  } catch (error) {
    if (!isCode(error, "unknown-outcome") || (await lookUp(mount, role, secretId))) throw error;
  }
}

/** A real login, whose token is revoked at once. Vault says 400 to every credential that it does not take. */
async function logIn(mount: Mount, { value, fields }: Credential, context: RotationContext): Promise<"accepted" | "refused"> {
  let answer: VaultAnswer;
  try {
    answer = await mount.ask({
      method: "POST",
      path: ["login"],
      body: { role_id: fields["role_id"] ?? Secret.of(""), secret_id: value },
      effect: "write",
      what: "log in with a secret ID",
    });
  } catch (error) {
    if (isCode(error, "invalid")) return "refused";
    throw error;
  }
  const { client_token, token_type } = (answer.body.auth ?? {}) as { client_token?: unknown; token_type?: unknown };
  if (typeof client_token !== "string") return "refused";
  // A batch token cannot be revoked and ends by itself.
  if (token_type !== "batch") await revoke(mount, Secret.of(client_token), context);
  return "accepted";
}

async function revoke({ session }: Mount, token: Secret, context: RotationContext): Promise<void> {
  try {
    await session.request({
      method: "POST",
      path: ["auth", "token", "revoke"],
      body: { token },
      effect: "write",
      what: "revoke the token of a trial login",
    });
  } catch (error) {
    if (!(error instanceof RotationError)) throw error;
    context.advise(`The token of a trial login was not revoked and lives until its time is over: ${error.message}`);
  }
}

async function readRole(mount: Mount, role: string): Promise<VaultAnswer> {
  return mount.ask({ method: "GET", path: ["role", role], effect: "read", what: `read the role ${role}` });
}

async function readRoleId(mount: Mount, role: string): Promise<string> {
  const answer = await mount.ask({ method: "GET", path: ["role", role, "role-id"], effect: "read", what: `read the role ID of ${role}` });
  return textOf(dataOf(answer), "role_id", mount);
}

/** How many logins a new secret ID allows, and how many of them are for programs; undefined: no limit. */
function usesOf(
  { num_uses }: ApprolePolicy,
  role: VaultAnswer | Readonly<Record<string, unknown>>,
): { inAll: number; ofPrograms: number } | undefined {
  const limit = numberOf("status" in role ? dataOf(role as VaultAnswer) : role, "secret_id_num_uses");
  if (num_uses !== undefined) return { inAll: num_uses + 1, ofPrograms: num_uses };
  return limit === 0 ? undefined : { inAll: limit, ofPrograms: Math.max(1, limit - 1) };
}

/** What keeps a secret ID of this policy from being made; undefined when nothing does. */
function flaw({ role, num_uses, ttl }: ApprolePolicy, answer: VaultAnswer, { session: { who }, name }: Mount): string | undefined {
  const data = dataOf(answer);
  const config = (change: string) => `Change it with vault write ${name}/role/${role} ${change}.`;
  if (data["bind_secret_id"] === false)
    return `${who} lets the role ${role} log in without a secret ID, so there is none to rotate. ${config("bind_secret_id=true")}`;
  const limit = numberOf(data, "secret_id_num_uses");
  if (num_uses !== undefined && limit !== 0 && limit < num_uses + 1)
    return `${who} allows ${limit} logins for a secret ID of ${role}, and ${num_uses} for programs and one to try it are needed. ${config(`secret_id_num_uses=${num_uses + 1}`)}`;
  const longest = numberOf(data, "secret_id_ttl");
  const wanted = ttl === undefined ? 0 : Math.ceil((parseDuration(ttl) ?? 0) / 1000);
  if (longest !== 0 && wanted > longest)
    return `${who} lets a secret ID of ${role} live ${longest} s, and the policy asks for ${ttl}. ${config(`secret_id_ttl=${ttl}`)}`;
  return undefined;
}

/** `prepare` always makes one. */
function required(value: Secret | undefined): Secret {
  if (value) return value;
  throw new RotationError("damaged", "The pending secret ID is missing from the state of the rotation. Nothing was changed.");
}
