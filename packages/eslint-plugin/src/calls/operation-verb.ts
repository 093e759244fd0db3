import type { Method, RequestReading } from "./outbound-call.ts";

/** What an operation of an SDK does, and the method that has its meaning: creating is POST, setting is PUT, whatever the SDK sends. */
export interface Verb {
  readonly effect: NonNullable<RequestReading["effect"]>;
  readonly method: Method | undefined;
}

const verbs: readonly (readonly [RegExp, Verb])[] = [
  [
    startsWith(
      "get|list|retrieve|fetch|search|find|createPreview|describe|count|head|query|scan|read|lookup|check|validate|verify|calculate|preview|estimate|select|download|batchGet|bulkRetrieve|is|has|exists|page|each|stream|info|history|members|poll|wait",
    ),
    { effect: "reads", method: "GET" },
  ],
  [startsWith("del|delete|remove|destroy|batchDelete|bulkDelete|detach|unlink|purge"), { effect: "writes", method: "DELETE" }],
  // Setting something to the same value twice changes nothing the second time, and neither does ending something that has ended.
  [
    startsWith(
      "update|set|put|patch|modify|replace|upsert|batchUpdate|batchUpsert|bulkUpdate|cancel|void|expire|close|archive|disable|enable|mark|tag|untag|attach|acknowledge",
    ),
    { effect: "writes", method: "PUT" },
  ],
  [
    startsWith(
      "create|add|post|send|submit|capture|refund|charge|pay|sale|authorize|transfer|deposit|withdraw|distribute|payout|reverse|execute|publish|issue|redeem|accumulate|invoke|start|invite|order|purchase|settle|credit|debit|dispatch|insert|append|copy|clone|import|upload|complete|confirm|finalize|approve|reauthorize|generate|duplicate|batchCreate|bulkCreate|run",
    ),
    { effect: "writes", method: "POST" },
  ],
];

/** Told from the name's first word, as SDKs name their operations: `create`, `captureOrder`, `ListObjectsV2`. "unknown" for any other. */
export function verbOf(name: string): Verb {
  return verbs.find(([pattern]) => pattern.test(name))?.[1] ?? { effect: "unknown", method: undefined };
}

/** Told from the last word where the first tells nothing, as many GraphQL APIs name their mutations after the object: `variableUpsert`, `issueCreate`. */
export function verbOfField(name: string): Verb {
  const first = verbOf(name);
  const last = /[A-Z][a-z]+$/u.exec(name)?.[0];
  return first.method !== undefined || last === undefined ? first : verbOf(last);
}

/** `get` is a word of `getItem`, `GetObject` and `get_item`, and none of `getaway`. */
function startsWith(words: string): RegExp {
  const either = words
    .split("|")
    .map((word) => `[${word[0]}${word[0]!.toUpperCase()}]${word.slice(1)}`)
    .join("|");
  return new RegExp(`^(?:${either})(?:[A-Z\\d_]|$)`, "u");
}
