import type { TSESLint } from "@typescript-eslint/utils";

import { leavesDuplicates } from "../calls/duplicates.ts";
import type { OutboundCall, RetryLayer } from "../calls/outbound-call.ts";
import { attemptsOf, repeatsMethod } from "../calls/worst-case.ts";
import { createRule } from "../create-rule.ts";
import { applied } from "../edits/edit.ts";
import { sendKey } from "../edits/idempotency-key.ts";
import { callRule } from "../findings/call-rule.ts";
import { type Problem, type Source, sourceOf } from "../findings/causes.ts";
import type { JudgedCalls } from "../findings/judged-calls.ts";
import { isKeylessWrite, lacksKey, unsafeRetryHere } from "../findings/unsafe-retry.ts";
import { nameOf, printAttempts, printCall, printPlace, printRetries } from "../findings/words.ts";
import { type CallSettings, callOptionsSchema } from "../settings.ts";

type Options = readonly [CallSettings];
type MessageIds = "noKey" | "noKeyRepeated" | "sendKey";

/** A POST or PATCH that changes something at an upstream and that the upstream cannot recognise when it comes again. */
export const requireIdempotencyKey = createRule<MessageIds, Options>({
  name: "require-idempotency-key",
  set: "recommended",
  description: "Require an idempotency key on POST and PATCH calls of an upstream",
  meta: {
    type: "problem",
    languages: ["*"],
    hasSuggestions: true,
    schema: [{ type: "object", properties: callOptionsSchema, additionalProperties: false }],
    defaultOptions: [{}],
    messages: {
      noKey: "{{call}} carries no idempotency key: sent again after a lost answer, it happens twice.",
      noKeyRepeated: "{{call}} may run {{attempts}} ({{layers}}) without an idempotency key.",
      sendKey: "Send {{from}} as {{header}}.",
    },
  },
  create: (context) =>
    callRule(context, {
      problemsIn(judged) {
        const repeatedHere = judged.calls.filter((call) => unsafeRetryHere(call, judged)).map((call) => sourceIn(call, judged).place.node);
        const problems = judged.calls.flatMap((call) => problemOf(call, judged));
        return problems.filter(({ cause }) => !repeatedHere.includes(cause.node));
      },
      reportOf({ problem: { call, fixedHere } }, judged) {
        const [layers, attempts] = repetitionOf(call);
        return {
          messageId: attempts > 1 ? "noKeyRepeated" : "noKey",
          data: {
            call: printCall(call),
            attempts: printAttempts(attempts),
            layers: layers
              .map((layer) => `${layers.length === 1 ? printRetries(layer) : nameOf(layer)}, ${printPlace(layer.origin, judged.file)}`)
              .join("; "),
          },
          suggest: fixedHere ? suggestions(call, judged, context.sourceCode) : [],
        };
      },
    }),
});

function suggestions(
  call: OutboundCall,
  judged: JudgedCalls,
  sourceCode: Readonly<TSESLint.SourceCode>,
): TSESLint.SuggestionReportDescriptor<MessageIds>[] {
  const { header } = judged.budgetOf(call).idempotency;
  const key = sendKey(call, header, sourceCode);
  return key ? [{ messageId: "sendKey", data: { from: key.from, header: key.as }, fix: applied(key.edits) }] : [];
}

interface Keyless extends Problem {
  /** The request stands in this file and lacks the key whatever its function is called with. */
  readonly fixedHere: boolean;
}

function problemOf(call: OutboundCall, judged: JudgedCalls): Keyless[] {
  if (!isKeylessWrite(call, judged)) return [];
  // That there are several is news; of a single one it must be plain that a second would do harm.
  if (repetitionOf(call)[1] === 1 && !isWorthKey(call, judged)) return [];
  const source = sourceIn(call, judged);
  const fixedHere = source.place === call.origin && call.origin.file === judged.file;
  return [{ call, cause: source.place, reportedThere: isKeylessWrite(source.call, judged), fixedHere }];
}

/** A project that serves its own request knows what a second one does. An upstream of the policy is one that keys are expected for. */
function isWorthKey(call: OutboundCall, judged: JudgedCalls): boolean {
  return judged.countsAll || judged.budgetOf(call).upstream !== undefined || (!judged.isOwnService(call) && leavesDuplicates(call));
}

/** The layers that send the call again, and how often it may run; 1 when that is not known. */
function repetitionOf({ method, retries }: OutboundCall): readonly [layers: readonly RetryLayer[], attempts: number] {
  if (method.kind === "unknown") return [[], 1];
  const layers = retries.filter((layer) => repeatsMethod(layer, method.value));
  return [layers, attemptsOf(layers, method.value) ?? 1];
}

function sourceIn(call: OutboundCall, judged: JudgedCalls): Source {
  return sourceOf(call, (candidate) => lacksKey(candidate, judged.budgetOf(call).idempotency.header));
}
