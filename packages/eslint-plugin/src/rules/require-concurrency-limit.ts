import type { TSESLint } from "@typescript-eslint/utils";

import { type FanOut, fanOutOf, type FunctionRunBy } from "../calls/fan-out.ts";
import type { OutboundCall, Wrapping } from "../calls/outbound-call.ts";
import { readProgram } from "../calls/read-program.ts";
import { runsIn } from "../calls/upstream.ts";
import { createRule } from "../create-rule.ts";
import { inBatches, limitedBy } from "../edits/concurrency.ts";
import { applied } from "../edits/edit.ts";
import { callRule } from "../findings/call-rule.ts";
import type { Problem } from "../findings/causes.ts";
import type { JudgedCalls } from "../findings/judged-calls.ts";
import { type Limit, limitOf } from "../findings/limits.ts";
import { cutInMiddle, printCall } from "../findings/words.ts";
import { type CallSettings, callOptionsSchema } from "../settings.ts";

type Options = readonly [CallSettings & { readonly limit?: number }];
type MessageIds = "noLimit" | "noLimitSet" | "aboveLimit" | "limit" | "inBatches";

/** A list of any length, and a request to an upstream for each of its items at the same moment. */
export const requireConcurrencyLimit = createRule<MessageIds, Options>({
  name: "require-concurrency-limit",
  set: "recommended",
  description: "Require a limit on how many calls of an upstream a list starts at once",
  meta: {
    type: "problem",
    languages: ["*"],
    hasSuggestions: true,
    schema: [
      {
        type: "object",
        properties: { limit: { type: "integer", minimum: 1, description: "Calls that may run at the same time." }, ...callOptionsSchema },
        additionalProperties: false,
      },
    ],
    defaultOptions: [{}],
    messages: {
      noLimit: "{{call}} runs for each of `{{items}}` at once ({{by}}); the limit is {{limit}} ({{says}}).",
      noLimitSet: "{{call}} runs for all items at once: its limiter allows any number; the limit is {{limit}} ({{says}}).",
      aboveLimit: "{{call}} may run {{concurrency}} times at once; the limit is {{limit}} ({{says}}).",
      limit: "Run at most {{limit}} at a time.",
      inBatches: "Run them in batches of {{limit}}.",
    },
  },
  create: (context) =>
    callRule(context, {
      problemsIn(judged, { limit }) {
        const runBy: FunctionRunBy = (call, file) => {
          const meaning = readProgram(context)?.evaluator.meaningOf(call, file);
          return meaning?.kind === "project" ? meaning.target : undefined;
        };
        return judged.calls.flatMap((call) => problemOf(call, judged, limit, runBy));
      },
      reportOf({ problem: { call, fanOut, concurrency, limit } }, judged) {
        const data = { call: printCall(call), limit: limit.value, says: limit.says.replace(/, upstream .*$/u, "") };
        if (!fanOut)
          return { messageId: concurrency === Infinity ? "noLimitSet" : "aboveLimit", data: { ...data, concurrency: concurrency ?? 0 } };
        const items = judged.file.text.slice(...fanOut.items.range).replace(/\s+/gu, " ");
        return {
          messageId: "noLimit",
          data: { ...data, by: fanOut.by, items: cutInMiddle(items, 32) },
          suggest: suggestions(fanOut, limit, context.sourceCode),
        };
      },
    }),
});

interface Unlimited extends Problem {
  readonly fanOut: FanOut | undefined;
  readonly concurrency: number | undefined;
  readonly limit: Limit;
}

function problemOf(call: OutboundCall, judged: JudgedCalls, ownLimit: number | undefined, runBy: FunctionRunBy): Unlimited[] {
  if (judged.ownerOf(call) === "own" || runsIn(judged.file) === "browser") return [];
  const limit = limitOf(ownLimit, judged.budgetOf(call).concurrency);
  const limiters = [call, ...call.around].flatMap(({ concurrency }) => concurrency ?? []);
  if (limiters.some(({ kind }) => kind === "unknown")) return [];
  const concurrency = lowest(limiters);
  if (concurrency !== undefined && concurrency.value !== Infinity) {
    const isAbove = !limit.isDefault && concurrency.value > limit.value;
    return isAbove ? [problem(call, undefined, concurrency, limit)] : [];
  }
  const fanOut = fanOutOf(call, runBy);
  if (fanOut) return fanOut.origin.file === judged.file ? [problem(call, fanOut, undefined, limit)] : [];
  return concurrency ? [problem(call, undefined, concurrency, limit)] : [];
}

type Limiter = Exclude<NonNullable<Wrapping["concurrency"]>, { kind: "unknown" }>;

function lowest(limiters: readonly NonNullable<Wrapping["concurrency"]>[]): Limiter | undefined {
  const known = limiters.filter((limiter) => limiter.kind !== "unknown");
  return known.reduce<Limiter | undefined>((low, limiter) => (low && low.value <= limiter.value ? low : limiter), undefined);
}

function problem(call: OutboundCall, fanOut: FanOut | undefined, limiter: Limiter | undefined, limit: Limit): Unlimited {
  const said = limiter?.kind === "known" ? limiter.origin : undefined;
  return { call, fanOut, concurrency: limiter?.value, limit, cause: fanOut?.origin ?? said ?? call.origin, reportedThere: false };
}

function suggestions(
  fanOut: FanOut,
  { value }: Limit,
  sourceCode: Readonly<TSESLint.SourceCode>,
): TSESLint.SuggestionReportDescriptor<MessageIds>[] {
  const limited = limitedBy(fanOut, value, sourceCode);
  if (limited) return [{ messageId: "limit", data: { limit: value }, fix: applied(limited) }];
  const batches = inBatches(fanOut, value, sourceCode);
  return batches ? [{ messageId: "inBatches", data: { limit: value }, fix: applied(batches) }] : [];
}
