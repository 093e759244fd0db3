import type { TSESTree } from "@typescript-eslint/utils";

import { type CallLike, nodesWithin, type SourceFile } from "../calls/source-file.ts";
import { codeOf, namesOf } from "./names.ts";
import type { WebhookRoute } from "./webhook-routes.ts";

/** Something that a second delivery of the same event does a second time. */
export interface RepeatedEffect {
  /** In the linted file: the call, or the one that leads there. */
  readonly at: TSESTree.Node;
  /** `prisma.order.create` */
  readonly name: string;
}

/** The first effect of a verified webhook whose code never looks at what was there before, nor at the id of the event. */
export function repeatedEffect({ flow }: WebhookRoute, file: SourceFile): RepeatedEffect | undefined {
  if (!flow.checks.some(({ kind }) => kind === "calls")) return undefined;
  if (flow.reached.some((reached) => remembers.test(codeOf(reached.node, reached.file)))) return undefined;
  for (const reached of flow.reached) {
    const effect = nodesWithin(reached.file.calls, reached.node).find(isEffect);
    if (effect) return { at: reached.file === file ? effect.callee : reached.from, name: namesOf(effect.callee).join(".") };
  }
  return undefined;
}

/** A look at the event's id or at what is there already, a write that is the same the second time, or a word that says so. */
const remembers =
  /idempot|dedup|duplicat|already|processed|\bseen\b|onConflict|on conflict|orIgnore|upsert|\bnx\b|setnx|p2002|23505|skipDuplicates|unique|(?:webhook|svix|event|delivery|message|notification|request)[-_]?id\b|\b(?:event|evt|payload|body|notification|webhook|message)\??\.id\b|\bfind[A-Z]\w*|\bfind\(|exists|\.get\(|\.select\(|\bselect\b|\bcount\(|\.query\b|lock|retrieve|\.has\(/iu;

/** Creates a record, adds to an amount, sends a message or publishes an event. */
function isEffect(call: CallLike): boolean {
  if (call.type !== "CallExpression") return false;
  const names = namesOf(call.callee);
  const name = names.at(-1) ?? "";
  if (/^(?:create|createMany|insert|insertOne|insertMany|increment)$/u.test(name)) return isStored(names.slice(0, -1));
  if (names.length > 1 && /^(?:sendMail|sendEmail|sendSms)$/u.test(name)) return true;
  return /(?:^|\.)(?:(?:emails|mailer|transporter)\.send|\w*queue\.add)$/iu.test(names.slice(-2).join("."));
}

/** `prisma.order`, `orderRepository`, `Order`; a factory or a client of a service makes something else. */
function isStored(names: readonly string[]): boolean {
  const [last = ""] = names.slice(-1);
  if (names.some((name) => /^(?:prisma|db|tx|trx|database|drizzle|supabase|knex|orm)/iu.test(name))) return true;
  if (/(?:Repository|Repo|Model|Collection)$/u.test(last)) return true;
  return names.length === 1 && /^[A-Z][a-z]+$/u.test(last) && !/^(?:Object|Buffer|Reflect|Response|Promise)$/u.test(last);
}
