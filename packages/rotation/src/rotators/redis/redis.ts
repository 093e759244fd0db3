import { readFile } from "node:fs/promises";

import type { RotatorPolicy } from "@holdfast/policy";

import { RotationError } from "../../error.ts";
import type { RotationContext, Rotator } from "../../roles.ts";
import { Secret } from "../../secret.ts";
import { randomValue } from "../random-value.ts";
import { type AclUser, changePasswords, flaw, hashOf, readUser, requireSound, saveUsers } from "./acl-user.ts";
import { connected, type Login, logsIn, type Node, type Send } from "./connection.ts";

type RedisPolicy = Extract<RotatorPolicy, { with: "redis" }>;

/**
 * The password of an ACL user of Redis, which may have several: the hash of the new one is put beside that of the old one, on every node.
 * Only hashes are sent to change them; a password itself only logs in, which no log of Redis shows. Every step looks at what the node has and does what
 * is missing, also what a node lost that was restarted without having saved its users.
 */
export function redis(policy: RedisPolicy): Rotator {
  const { user, save = true } = policy;
  return {
    kind: "redis",
    overlaps: true,
    fields: ["username"],
    sentences: {
      apply: `Put the hash of the new password beside that of the old one for the user ${user} on ${policy.addresses.join(", ")}.`,
      verify: `Log in as ${user} with the new password on ${policy.addresses.join(", ")}.`,
      retire: `Take away the hash of the old password on ${policy.addresses.join(", ")} and show that it is refused.`,
    },
    prepare: async () => ({ value: randomValue(policy), fields: { username: Secret.of(user) } }),
    async apply({ value }, context) {
      await onEachNode(context, async (node, send) => accept(node, send, required(value), context));
    },
    async verify({ value }, context) {
      for (const node of await nodesOf(policy, context)) {
        if (await logsIn(node, { username: user, password: value })) continue;
        // A node that was restarted since the password was applied has forgotten it.
        const regained = await asAdmin(node, context, async (send) => accept(node, send, value, context));
        if (regained === "as it was" || !(await logsIn(node, { username: user, password: value }))) return "refused";
      }
      return "accepted";
    },
    async retire(previous, context) {
      const former = previous.fields["username"]?.reveal() ?? user;
      if (former === user && context.current?.value.equals(previous.value)) return;
      await onEachNode(context, async (node, send) => {
        await refuse(node, send, {
          former,
          previous: previous.value,
          inUse: former === user ? context.current?.value : undefined,
          context,
        });
        if (await logsIn(node, { username: former, password: previous.value }))
          throw new RotationError(
            "unfinished",
            `${node.who} still accepts the previous password of ${former}. Try again; the phase was kept.`,
          );
      });
    },
    async discard({ value }, context) {
      if (value)
        await onEachNode(context, async (node, send) => refuse(node, send, { former: user, previous: value, inUse: undefined, context }));
    },
    async obstacles(context) {
      const found = (await nodesOf(policy, context)).map(async (node) => {
        try {
          return flaw(user, await asAdmin(node, context, async (send) => readUser(send, user)), node);
        } catch (error) {
          if (error instanceof RotationError) return error.message;
          throw error;
        }
      });
      return (await Promise.all(found)).filter((problem) => problem !== undefined);
    },
  };

  async function accept(node: Node, send: Send, value: Secret, context: RotationContext): Promise<"changed" | "as it was"> {
    const found = requireSound(user, await readUser(send, user), node);
    const change = await changePasswords(send, user, found, { add: [hashOf(value)] });
    await keep(node, send, context);
    return change;
  }

  /** The password in use is put back in the same command, in case a restart lost it. */
  async function refuse(node: Node, send: Send, { former, previous, inUse, context }: Refusal): Promise<void> {
    const found = await readUser(send, former);
    if (found === undefined) return;
    const kept = inUse ? [hashOf(inUse)] : [];
    await changePasswords(send, former, found, { add: kept, remove: [hashOf(previous)] });
    await keep(node, send, context);
    if (inUse) adviseOfOthers(node, await readUser(send, user), kept, context);
  }

  /** Saved even when nothing changed: a run that was killed before may have changed it without saving. */
  async function keep(node: Node, send: Send, context: RotationContext): Promise<void> {
    if (!save || (await saveUsers(send)) === "saved") return;
    context.advise(
      `${node.who} keeps its users in no file, so a restart forgets the new password of ${user}. Give it an "aclfile", or keep the users by CONFIG REWRITE and say "save: false".`,
    );
  }

  function adviseOfOthers({ who }: Node, now: AclUser | undefined, kept: readonly string[], { advise }: RotationContext): void {
    const others = now?.passwords.filter((hash) => !kept.includes(hash)).length ?? 0;
    if (others === 0) return;
    advise(
      `${who} accepts ${others} more password${others === 1 ? "" : "s"} of ${user} that Holdfast did not make. ` +
        `ACL GETUSER ${user} shows the hashes; take away what nobody uses with ACL SETUSER ${user} !<hash>.`,
    );
  }

  async function onEachNode(context: RotationContext, work: (node: Node, send: Send) => Promise<unknown>): Promise<void> {
    for (const node of await nodesOf(policy, context)) await asAdmin(node, context, async (send) => work(node, send));
  }

  async function asAdmin<T>(node: Node, context: RotationContext, work: (send: Send) => Promise<T>): Promise<T> {
    return connected(node, await adminOf(policy, context), work);
  }
}

interface Refusal {
  /** The user whose password it was: another one if the policy names another since then. */
  readonly former: string;
  readonly previous: Secret;
  readonly inUse: Secret | undefined;
  readonly context: RotationContext;
}

async function adminOf({ admin }: RedisPolicy, context: RotationContext): Promise<Login> {
  const { value, fields } = await context.read(admin.secret);
  return { username: fields["username"]?.reveal() ?? "default", password: value };
}

async function nodesOf({ addresses, tls = "require", ca }: RedisPolicy, context: RotationContext): Promise<Node[]> {
  const authority = ca === undefined ? undefined : await readAuthority(context.resolve(ca));
  return addresses.map((address) => {
    const { hostname, port } = new URL(`redis://${address}`);
    return {
      who: `Redis at ${address}`,
      host: hostname.replace(/^\[(.*)\]$/u, "$1"),
      port: port === "" ? 6379 : Number(port),
      tls: tls === "none" ? undefined : { ca: authority },
    };
  });
}

async function readAuthority(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    throw new RotationError(
      "invalid",
      `The certificate authority ${file} cannot be read (${code}). Nothing was changed. Correct "ca" in the policy.`,
    );
  }
}

/** `prepare` always makes one. */
function required(value: Secret | undefined): Secret {
  if (value) return value;
  throw new RotationError("damaged", "The pending password is missing from the state of the rotation. Nothing was changed.");
}
