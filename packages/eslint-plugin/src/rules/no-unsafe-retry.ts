import type { TSESLint } from "@typescript-eslint/utils";

import type { OutboundCall, RetryLayer } from "../calls/outbound-call.ts";
import { attemptsOf } from "../calls/worst-case.ts";
import { createRule } from "../create-rule.ts";
import { applied } from "../edits/edit.ts";
import { sendKey } from "../edits/idempotency-key.ts";
import { writeLayerOption } from "../edits/layer-option.ts";
import { callRule } from "../findings/call-rule.ts";
import type { Finding, Problem } from "../findings/causes.ts";
import type { JudgedCalls } from "../findings/judged-calls.ts";
import { repeatingLayers, unsafeRetryHere } from "../findings/unsafe-retry.ts";
import { nameOf, printAttempts, printCall, printRetries } from "../findings/words.ts";
import { type CallSettings, callOptionsSchema } from "../settings.ts";

type Options = readonly [CallSettings];
type MessageIds = "repeated" | "repeatedAmongOthers" | "sendKey" | "idempotentOnly";

/** A retry that sends a POST or PATCH again which the upstream cannot recognise. */
export const noUnsafeRetry = createRule<MessageIds, Options>({
  name: "no-unsafe-retry",
  set: "recommended",
  description: "Disallow retries that repeat POST and PATCH without an idempotency key",
  meta: {
    type: "problem",
    languages: ["*"],
    hasSuggestions: true,
    schema: [{ type: "object", properties: callOptionsSchema, additionalProperties: false }],
    defaultOptions: [{}],
    messages: {
      repeated: "{{call}} may run {{attempts}} ({{layers}}) without an idempotency key.",
      repeatedAmongOthers: "{{call}} and {{others}} more may run {{attempts}} ({{layers}}) without an idempotency key.",
      sendKey: "Send {{from}} as {{header}}, the same in every attempt.",
      idempotentOnly: "Let {{name}} repeat idempotent methods only.",
    },
  },
  create: (context) =>
    callRule(context, {
      problemsIn,
      reportOf(finding, judged) {
        const { call } = finding.problem;
        const layers = repeatingLayers(call);
        return {
          messageId: finding.covers > 1 ? "repeatedAmongOthers" : "repeated",
          data: {
            call: printCall(call),
            others: finding.covers - 1,
            attempts: printAttempts(attemptsOf(layers, call.method.kind === "unknown" ? "" : call.method.value) ?? Infinity),
            layers: layers.map((layer) => [printRetries(layer), layer.condition].filter(Boolean).join(", ")).join("; "),
          },
          suggest: [...keySuggestion(finding, judged, context.sourceCode), ...idempotentOnly(finding.problem.layer, judged)],
        };
      },
    }),
});

interface UnsafeRetry extends Problem {
  readonly layer: RetryLayer;
}

/** Each request once, whatever number of functions lead to it. */
function problemsIn(judged: JudgedCalls): UnsafeRetry[] {
  const found = new Map<string, UnsafeRetry>();
  for (const call of judged.calls) {
    const layer = unsafeRetryHere(call, judged);
    if (!layer) continue;
    const key = [call.origin.node, layer.origin.node].map(({ range }) => range.join("-")).join(" ");
    const known = found.get(key);
    if (!known || known.call.through.length > call.through.length)
      found.set(key, { call, layer, cause: layer.origin, reportedThere: false });
  }
  return [...found.values()];
}

/** One call in plain sight can be given a key; several, or one that a function of the project makes, each need one of their own. */
function keySuggestion(
  { problem: { call }, covers }: Finding<UnsafeRetry>,
  judged: JudgedCalls,
  sourceCode: Readonly<TSESLint.SourceCode>,
): TSESLint.SuggestionReportDescriptor<MessageIds>[] {
  if (covers > 1 || !standsIn(call, judged)) return [];
  const { header } = judged.budgetOf(call).idempotency;
  const key = sendKey(call, header, sourceCode);
  return key ? [{ messageId: "sendKey", data: { from: key.from, header: key.as }, fix: applied(key.edits) }] : [];
}

function standsIn({ origin }: OutboundCall, { file }: JudgedCalls): boolean {
  return origin.file === file;
}

function idempotentOnly(layer: RetryLayer, { file }: JudgedCalls): TSESLint.SuggestionReportDescriptor<MessageIds>[] {
  const edits = writeLayerOption(layer, file, (write, callee) => write.idempotentOnly?.(callee));
  return edits ? [{ messageId: "idempotentOnly", data: { name: nameOf(layer) }, fix: applied(edits) }] : [];
}
