import type { OutboundCall, TimeBound } from "../calls/outbound-call.ts";
import { createRule } from "../create-rule.ts";
import { applied } from "../edits/edit.ts";
import { writeNumber } from "../edits/number-literal.ts";
import { findingsOf, type Problem, sourceOf } from "../findings/causes.ts";
import { type JudgedCalls, judgedCalls } from "../findings/judged-calls.ts";
import { budgetOf, type Limit, limitOf } from "../findings/limits.ts";
import { printCall, printMs } from "../findings/words.ts";
import { type CallSettings, callOptionsSchema, callSettings, settingsOf } from "../settings.ts";

type Options = readonly [CallSettings & { readonly limit?: number }];
type MessageIds = "aboveDefault" | "aboveBudget" | "tooShort" | "lower" | "inMilliseconds";

/** A timeout above what the upstream may take. */
export const maxTimeout = createRule<MessageIds, Options>({
  name: "max-timeout",
  set: "recommended",
  description: "Enforce timeouts within the budget of the upstream",
  meta: {
    type: "problem",
    languages: ["*"],
    hasSuggestions: true,
    schema: [
      {
        type: "object",
        properties: {
          limit: { type: "integer", minimum: 1, description: "The most an attempt may take, in milliseconds." },
          ...callOptionsSchema,
        },
        additionalProperties: false,
      },
    ],
    defaultOptions: [{}],
    messages: {
      aboveDefault:
        "{{call}} may take {{timeout}}, above the default budget of {{limit}}: declare one for this upstream in holdfast.yaml, or lower it.",
      aboveBudget: "{{call}} may take {{timeout}}; its budget is {{limit}} ({{says}}).",
      tooShort: "{{call}} ends after {{timeout}}: {{library}} counts milliseconds, and this looks like seconds.",
      lower: "Lower it to {{limit}} ({{says}}).",
      inMilliseconds: "Write {{seconds}} s in milliseconds.",
    },
  },
  create(context) {
    return {
      Program() {
        const [options = {}] = context.options;
        const settings = callSettings(options, settingsOf(context));
        const judged = judgedCalls(context, settings);
        if (!judged) return;
        const limitFor = (call: OutboundCall) => limitOf(options.limit, budgetOf(call, settingsOf(context)).timeout);
        const problems = [...judged.calls, ...judged.idleClients].flatMap((call) => problemOf(call, judged, limitFor));
        for (const { node, problem } of findingsOf(problems, judged.file, settings.reportAt)) {
          const { call, bound, limit } = problem;
          const tooShort = looksLikeSeconds(bound);
          const data = {
            call: printCall(call),
            timeout: printMs(bound.ms),
            limit: printMs(limit.value),
            says: limit.says,
            library: call.library.name,
          };
          const literal = problem.cause.file === judged.file ? problem.cause.node : undefined;
          const edits = literal && writeNumber(literal, String(tooShort ? bound.ms * 1000 : limit.value));
          const suggestion = tooShort
            ? { messageId: "inMilliseconds" as const, data: { seconds: bound.ms } }
            : { messageId: "lower" as const, data };
          context.report({
            node,
            messageId: tooShort ? "tooShort" : limit.isDefault ? "aboveDefault" : "aboveBudget",
            data,
            suggest: edits ? [{ ...suggestion, fix: applied(edits) }] : [],
          });
        }
      },
    };
  },
});

interface TooLong extends Problem {
  readonly bound: TimeBound;
  readonly limit: Limit;
}

function problemOf(call: OutboundCall, judged: JudgedCalls, limitFor: (call: OutboundCall) => Limit): TooLong[] {
  const bound = boundOf(call);
  if (!bound || call.timeout.kind !== "known" || judged.ownerOf(call) === "own") return [];
  const limit = limitFor(call);
  if (bound.ms <= limit.value && !looksLikeSeconds(bound)) return [];
  const { instance } = call;
  const source = sourceOf(call, (candidate) => boundOf(candidate) !== undefined);
  const setBy = instance?.created && instance.created.file !== judged.file ? instance.created : source.place;
  const reportedThere = setBy.file !== judged.file;
  return [{ call, bound, limit, cause: call.timeout.origin ?? call.origin, reportedThere }];
}

/** 5, 10 or 30: no answer over a network is that quick, and seconds are written so. */
function looksLikeSeconds({ ms }: TimeBound): boolean {
  return ms <= 30;
}

function boundOf({ timeout }: OutboundCall): TimeBound | undefined {
  return timeout.kind === "known" && timeout.value.bounds !== "nothing" ? timeout.value : undefined;
}
