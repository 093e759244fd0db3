import type { TSESTree } from "@typescript-eslint/utils";

import type { SourceFile } from "../calls/source-file.ts";
import type { Value } from "../calls/value.ts";
import { codeOf, wordsIn } from "./names.ts";

/** A call that, by its name, establishes who sent a request. Names decide here towards silence only. */
export function isSenderCheck(name: string): boolean {
  const words = wordsIn(name);
  const has = (pattern: RegExp) => words.some((word) => pattern.test(word));
  if (has(/^(?:verif(?:y|ies|ied|ier|ication)|verifies)$/u)) return !has(/^(?:email|phone|user|account|domain|otp|tokens?)$/u);
  if (
    has(
      /^(?:hmac|signature|signatures|scmp|unmarshal|authenticat\w*|authoriz\w*|auth|guard|protect|permissions?|jwt|decrypt|decipheriv|decipher)$/u,
    )
  )
    return true;
  if (has(/^(?:allowlist|allowed|whitelist|whitelisted)$/u)) return true;
  if (has(/^timing$/u) && has(/^safe$/u)) return true;
  if (has(/^(?:construct|subtle)$/u)) return true;
  if (has(/^(?:get|require|validate|read|unseal)$/u) && has(/^session$/u) && !has(/^(?:checkout|billing|portal)$/u)) return true;
  if (has(/^current$/u) && has(/^user$/u)) return true;
  if (has(/^(?:webhooks?|notification)$/u) && has(/^(?:parse|receive|process)$/u) && has(/^(?:webhooks|gateway|client|braintree)$/u))
    return true;
  return has(/^(?:is|validate|valid|check|assert|ensure|require|safe|constant|compare)$/u) && has(senderWords);
}

const senderWords =
  /^(?:webhook|webhooks|hook|request|secret|token|sender|origin|ip|hash|digest|key|apikey|credentials|access|valid|sig|signed|equal)$/u;

/** `given !== process.env.SECRET`: a side that is no literal is named like something secret. */
export function comparesSecret({ left, right }: TSESTree.BinaryExpression, file: SourceFile): boolean {
  return [left, right].some(
    (side) =>
      side.type !== "Literal" && /secret|token|signature|hmac|digest|hash|password|api_?key|auth|verif|\bsig/iu.test(codeOf(side, file)),
  );
}

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
    /(?:^|\.)(?:debug|info|warn|error|trace|log|captureException|captureMessage|addBreadcrumb|json|send|next)$/u.test(name)
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
