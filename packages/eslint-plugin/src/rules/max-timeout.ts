import type { TSESLint } from "@typescript-eslint/utils";

import type { Fact } from "../calls/fact.ts";
import type { OutboundCall, TimeBound, Timeout } from "../calls/outbound-call.ts";
import type { SourceFile } from "../calls/source-file.ts";
import { effectiveTimeout } from "../calls/worst-case.ts";
import { createRule } from "../create-rule.ts";
import { applied, type Edit } from "../edits/edit.ts";
import { writeNumber } from "../edits/number-literal.ts";
import { writeOption } from "../edits/options-object.ts";
import { callRule } from "../findings/call-rule.ts";
import { type Problem, sourceOf } from "../findings/causes.ts";
import type { JudgedCalls } from "../findings/judged-calls.ts";
import { type Limit, limitOf } from "../findings/limits.ts";
import { printCall, printMs } from "../findings/words.ts";
import { type CallSettings, callOptionsSchema } from "../settings.ts";

type Options = readonly [CallSettings & { readonly limit?: number }];
type MessageIds = "aboveDefault" | "aboveBudget" | "libraryDefault" | "tooShort" | "lower" | "inMilliseconds" | "set";

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
      aboveDefault: "{{call}} may take {{timeout}}, above the default budget of {{limit}}: declare its own in holdfast.yaml, or lower it.",
      aboveBudget: "{{call}} may take {{timeout}}; its budget is {{limit}} ({{says}}).",
      libraryDefault: "{{call}} may take {{timeout}} ({{library}}); its budget is {{limit}} ({{says}}).",
      tooShort: "{{call}} ends after {{timeout}}: {{library}} counts milliseconds, and this looks like seconds.",
      lower: "Lower it to {{limit}} ({{says}}).",
      set: "Set a timeout of {{limit}} ({{says}}).",
      inMilliseconds: "Write {{seconds}} s in milliseconds.",
    },
  },
  create: (context) =>
    callRule(context, {
      problemsIn: (judged, { limit }) => [...judged.calls, ...judged.idleClients].flatMap((call) => problemOf(call, judged, limit)),
      reportOf({ problem }, judged) {
        const { call, timeout, bound, limit } = problem;
        const data = {
          call: printCall(call),
          timeout: printMs(bound.ms),
          limit: printMs(limit.value),
          says: limit.says,
          library: timeout.kind === "default" ? timeout.library.says : call.library.name,
        };
        if (timeout.kind === "default") return { messageId: "libraryDefault", data, suggest: suggestions("set", problem, judged, data) };
        if (looksLikeSeconds(bound)) return { messageId: "tooShort", data, suggest: suggestions("inMilliseconds", problem, judged, data) };
        return {
          messageId: limit.isDefault ? "aboveDefault" : "aboveBudget",
          data,
          suggest: suggestions("lower", problem, judged, data),
        };
      },
    }),
});

function suggestions(
  messageId: "lower" | "inMilliseconds" | "set",
  { call, bound, limit, cause }: TooLong,
  { file }: JudgedCalls,
  data: Readonly<Record<string, string>>,
): TSESLint.SuggestionReportDescriptor<MessageIds>[] {
  if (cause.file !== file) return [];
  const edits =
    messageId === "set"
      ? setTimeout(call, limit, file)
      : writeNumber(cause.node, messageId === "inMilliseconds" ? String(bound.ms * 1000) : (bound.literalFor ?? String)(limit.value));
  return edits ? [{ messageId, data: { ...data, seconds: bound.ms }, fix: applied(edits) }] : [];
}

function setTimeout({ library, instance, options }: OutboundCall, { value }: Limit, { text }: SourceFile): Edit[] | undefined {
  const option = library.write?.timeout?.(value);
  return option && writeOption(instance?.place ?? options, option, text);
}

interface TooLong extends Problem {
  readonly timeout: Exclude<Fact<Timeout>, { kind: "unknown" }>;
  readonly bound: TimeBound;
  readonly limit: Limit;
}

function problemOf(call: OutboundCall, judged: JudgedCalls, ownLimit: number | undefined): TooLong[] {
  const timeout = effectiveTimeout(call);
  const bound = boundOf(timeout);
  if (!bound || timeout.kind === "unknown" || judged.ownerOf(call) === "own") return [];
  const limit = limitOf(ownLimit, judged.budgetOf(call).timeout);
  if (timeout.kind === "default" ? limit.isDefault || bound.ms <= limit.value : bound.ms <= limit.value && !looksLikeSeconds(bound))
    return [];
  const { instance } = call;
  const source = sourceOf(call, (candidate) => boundOf(effectiveTimeout(candidate)) !== undefined);
  const setBy = instance?.created && instance.created.file !== judged.file ? instance.created : source.place;
  const cause = (timeout.kind === "known" ? timeout.origin : instance?.created) ?? call.origin;
  return [{ call, timeout, bound, limit, cause, reportedThere: setBy.file !== judged.file }];
}

/** 5, 10 or 30: no answer over a network is that quick, and seconds are written so. */
function looksLikeSeconds({ ms }: TimeBound): boolean {
  return ms <= 30;
}

function boundOf(timeout: Fact<Timeout>): TimeBound | undefined {
  return timeout.kind !== "unknown" && timeout.value.bounds !== "nothing" ? timeout.value : undefined;
}
