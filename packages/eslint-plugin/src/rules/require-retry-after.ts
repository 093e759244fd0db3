import { basename } from "node:path";

import type { OutboundCall, RetryLayer } from "../calls/outbound-call.ts";
import { readProgram } from "../calls/read-program.ts";
import { createRule } from "../create-rule.ts";
import { applied, insertedAt } from "../edits/edit.ts";
import { callRule } from "../findings/call-rule.ts";
import type { Problem } from "../findings/causes.ts";
import { isJudgedFile, type JudgedCalls } from "../findings/judged-calls.ts";
import { placeOfWait, repeatingLayers } from "../findings/unsafe-retry.ts";
import { nameOf, printCall } from "../findings/words.ts";
import { isHealthCheck } from "../responses/health-check.ts";
import { throttlingAnswers } from "../responses/throttling-answers.ts";
import { type CallSettings, callOptionsSchema, callSettings, settingsOf } from "../settings.ts";

type Options = readonly [CallSettings];
type MessageIds = "ignored" | "notSent" | "send";

/** Said by a server that is too busy, Retry-After is the one wait that helps: to be heeded by who calls, and to be sent by who answers. */
export const requireRetryAfter = createRule<MessageIds, Options>({
  name: "require-retry-after",
  set: "recommended",
  description: "Require Retry-After to be heeded by retries and sent with answers of 429 and 503",
  meta: {
    type: "problem",
    languages: ["*"],
    hasSuggestions: true,
    schema: [{ type: "object", properties: callOptionsSchema, additionalProperties: false }],
    defaultOptions: [{}],
    messages: {
      ignored: "{{call}}: {{name}} repeats it after a 429 or 503 and ignores Retry-After, so that it comes back before it may.",
      notSent: "This {{status}} is sent without Retry-After: a client that is told to wait must guess how long.",
      send: 'Send "Retry-After: {{seconds}}", in seconds.',
    },
  },
  create(context) {
    const calls = callRule(context, {
      problemsIn: (judged) => [...judged.calls, ...judged.repeated].flatMap((call) => problemsOf(call, judged)),
      reportOf: ({ problem: { call, layer } }) => ({ messageId: "ignored", data: { name: nameOf(layer), call: printCall(call) } }),
    });
    return {
      Program(program) {
        calls.Program?.(program);
        const read = /\b(?:429|503)\b|TOO_?MANY_?REQUESTS|SERVICE_?UNAVAILABLE/iu.test(context.sourceCode.text)
          ? readProgram(context)
          : undefined;
        if (!read || !isJudgedFile(read, callSettings(context.options[0] ?? {}, settingsOf(context)))) return;
        for (const { node, status, header } of throttlingAnswers(read.file))
          context.report({
            node,
            messageId: "notSent",
            data: { status },
            suggest: header ? [{ messageId: "send", data: { seconds }, fix: applied([insertedAt(header.at, header.code(seconds))]) }] : [],
          });
      },
    };
  },
});

/** What a suggestion says until a person knows better. */
const seconds = 30;

interface Ignoring extends Problem {
  readonly layer: RetryLayer;
}

/** Retries that a client makes by itself are nobody's choice, and often cannot be told to wait. */
function problemsOf(call: OutboundCall, judged: JudgedCalls): Ignoring[] {
  if (judged.ownerOf(call) === "own") return [];
  return repeatingLayers(call).flatMap((layer) => {
    const isChosen = layer.retries.kind === "known" || layer.wraps !== undefined;
    if (layer.retryAfter !== "ignored" || !isChosen) return [];
    const cause = placeOfWait(layer);
    if (isHealthCheck(basename(cause.file.path))) return [];
    return [{ call, layer, cause, reportedThere: cause.file !== judged.file }];
  });
}
