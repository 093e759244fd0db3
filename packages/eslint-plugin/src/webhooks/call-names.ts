import type { TSESTree } from "@typescript-eslint/utils";

import type { SourceFile } from "../calls/source-file.ts";
import type { Value } from "../calls/value.ts";
import { codeOf, wordsIn } from "./names.ts";

/** A call that, by its name, establishes who sent a request. Names decide here towards silence only. */
export function isSenderCheck(name: string): boolean {
  const words = wordsIn(name);
  return checkingNames.some((one) => isNamedBy(one, words));
}

/** `stripe.parseWebhook(body, signature)` checks what it reads where a library has it; of a function that is followed its code says whether it does. */
export function isWebhookReader(name: string): boolean {
  const words = wordsIn(name);
  return isNamedBy(webhookReader, words) && !checkingNames.some((one) => one !== webhookReader && isNamedBy(one, words));
}

interface NameWords {
  readonly words: readonly RegExp[];
  readonly without?: RegExp;
}

function isNamedBy({ words: patterns, without }: NameWords, words: readonly string[]): boolean {
  const has = (pattern: RegExp) => words.some((word) => pattern.test(word));
  return patterns.every(has) && !(without && has(without));
}

const webhookReader: NameWords = { words: [/^webhooks?$/u, /^parse$/u], without: /^(?:schema|json|body|payload|safe)$/u };

/** Words of a name that together say so, in any order. */
const checkingNames: readonly NameWords[] = [
  { words: [/^verif(?:y|ies|ied|ier)$/u], without: /^(?:email|phone|user|account|domain|otp)$/u },
  { words: [/^(?:hmac|signatures?|scmp|unmarshal|guard|protect|permissions?|jwt|decrypt|decipher(?:iv)?)$/u] },
  { words: [/^(?:auth|authenticat\w*|authoriz\w*|verification)$/u], without: /^(?:payments?|charges?|orders?|email|token|code)$/u },
  { words: [/^(?:allowlist|whitelist|whitelisted|subtle)$/u] },
  { words: [/^timing$/u, /^safe$/u] },
  { words: [/^construct$/u, /^event$/u] },
  { words: [/^current$/u, /^user$/u] },
  { words: [/^(?:get|require|validate|read|unseal)$/u, /^session$/u], without: /^(?:checkout|billing|portal)$/u },
  { words: [/^webhooks?$/u, /^(?:receive|process)$/u, /^(?:webhooks|client)$/u] },
  webhookReader,
  {
    words: [
      /^(?:is|validate|valid|check|assert|ensure|require|safe|constant|compare)$/u,
      /^(?:webhooks?|hook|request|secret|token|sender|origin|ip|hash|digest|key|apikey|credentials|access|valid|sig|signed|equal)$/u,
    ],
    without: /^(?:schema|parse)$/u,
  },
];

/** `given !== process.env.SECRET`: a side that is no literal is named like something secret, or is what the configuration expects. */
export function comparesSecret({ left, right }: TSESTree.BinaryExpression, file: SourceFile): boolean {
  if ([left, right].some(isNothing)) return false;
  return [left, right].some((side) => side.type !== "Literal" && secretSide.test(codeOf(side, file)));
}

/** `token !== undefined` asks whether there is one, not which. */
function isNothing(node: TSESTree.Node): boolean {
  return (
    (node.type === "Literal" && node.value === null && node.raw === "null") || (node.type === "Identifier" && node.name === "undefined")
  );
}

const secretSide =
  /secret|token|signature|hmac|digest|hash|password|api_?key|auth|verif|\bsig|expected|client_?state|\benv\.(?!NODE_ENV)/iu;

/** A function that is given the request to read its body: `getRawBody(req)`, `buffer(req)`, `readBody(event)`. */
export function isBodyReader(name: string | undefined): boolean {
  return /^(?:buffer|text|json|urlencoded|raw|(?:get|read|parse)(?:Raw|Validated|Multipart)?(?:Body|FormData|Request|Buffer)|rawBody|bodyParser|streamToString)$/u.test(
    name ?? "",
  );
}

/** Logs, answers and monitoring may have the request without looking who sent it. */
export function isHarmlessCall(name: string): boolean {
  return (
    /(?:^|\.)(?:console|log|logger|_logger|winston|pino|debug|sentry)\b/iu.test(name) ||
    /(?:^|\.)(?:debug|info|warn|error|trace|log|captureException|captureMessage|addBreadcrumb|json|send|next|resolve)$/u.test(name)
  );
}

/** `headers()` of Next. */
export function isHeadersCall(callee: Value): boolean {
  return callee.kind === "reference" && callee.module === "next/headers" && callee.path[0] === "headers";
}

/** `${time}.${body}` and `time + body` */
export function isJoining(node: TSESTree.TemplateLiteral | TSESTree.BinaryExpression): boolean {
  return node.type === "TemplateLiteral" || node.operator === "+";
}
