import type { OutboundCall, TimeBound } from "../calls/outbound-call.ts";
import { createRule } from "../create-rule.ts";
import { applied } from "../edits/edit.ts";
import { writeNumber } from "../edits/number-literal.ts";
import { callRule } from "../findings/call-rule.ts";
import { type Problem, sourceOf } from "../findings/causes.ts";
import type { JudgedCalls } from "../findings/judged-calls.ts";
import { type Limit, limitOf } from "../findings/limits.ts";
import { printCall, printMs } from "../findings/words.ts";
import { type CallSettings, callOptionsSchema } from "../settings.ts";

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
  create: (context) =>
    callRule(context, {
      problemsIn: (judged, { limit }) => [...judged.calls, ...judged.idleClients].flatMap((call) => problemOf(call, judged, limit)),
      reportOf({ problem: { call, bound, limit, cause } }, judged) {
        const tooShort = looksLikeSeconds(bound);
        const data = {
          call: printCall(call),
          timeout: printMs(bound.ms),
          limit: printMs(limit.value),
          says: limit.says,
          library: call.library.name,
        };
        const literal = cause.file === judged.file ? cause.node : undefined;
        const edits = literal && writeNumber(literal, String(tooShort ? bound.ms * 1000 : limit.value));
        const suggestion = tooShort
          ? { messageId: "inMilliseconds" as const, data: { seconds: bound.ms } }
          : { messageId: "lower" as const, data };
        return {
          messageId: tooShort ? "tooShort" : limit.isDefault ? "aboveDefault" : "aboveBudget",
          data,
          suggest: edits ? [{ ...suggestion, fix: applied(edits) }] : [],
        };
      },
    }),
});

interface TooLong extends Problem {
  readonly bound: TimeBound;
  readonly limit: Limit;
}

function problemOf(call: OutboundCall, judged: JudgedCalls, ownLimit: number | undefined): TooLong[] {
  const bound = boundOf(call);
  if (!bound || call.timeout.kind !== "known" || judged.ownerOf(call) === "own") return [];
  const limit = limitOf(ownLimit, judged.budgetOf(call).timeout);
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
