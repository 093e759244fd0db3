import type { Bound } from "@holdfast/policy";

import type { OutboundCall, RetryLayer } from "../calls/outbound-call.ts";
import { type WorstCase, worstCase } from "../calls/worst-case.ts";
import { createRule } from "../create-rule.ts";
import { callRule } from "../findings/call-rule.ts";
import { type Problem, sourceOf } from "../findings/causes.ts";
import type { JudgedCalls } from "../findings/judged-calls.ts";
import { type Limit, limitOf } from "../findings/limits.ts";
import { repeatingLayers } from "../findings/unsafe-retry.ts";
import { printCall, printExactMs } from "../findings/words.ts";
import { type CallSettings, callOptionsSchema } from "../settings.ts";

type Options = readonly [CallSettings & { readonly limit?: number }];
type MessageIds = "aboveObjective";

/** Attempts, each within its timeout, that together take longer than the caller waits. */
export const latencyBudget = createRule<MessageIds, Options>({
  name: "latency-budget",
  set: "recommended",
  description: "Enforce that all attempts of a call and the waits between them fit into the latency objective",
  meta: {
    type: "problem",
    languages: ["*"],
    schema: [
      {
        type: "object",
        properties: {
          limit: {
            type: "integer",
            minimum: 1,
            description: "The latency objective in milliseconds: how long the caller of the program may wait.",
          },
          ...callOptionsSchema,
        },
        additionalProperties: false,
      },
    ],
    defaultOptions: [{}],
    messages: {
      aboveObjective: "{{call}}: {{sum}}; the objective {{for}}is {{limit}} ({{says}}).",
    },
  },
  create: (context) =>
    callRule(context, {
      problemsIn: (judged, { limit }) => [...judged.calls, ...judged.idleClients].flatMap((call) => problemOf(call, judged, limit)),
      reportOf({ problem: { call, sum, limit } }, judged) {
        const { upstream } = judged.budgetOf(call);
        return {
          messageId: "aboveObjective",
          data: {
            call: printCall(call),
            sum: printSum(sum, call),
            for: upstream === undefined ? "" : `for ${upstream} `,
            limit: printExactMs(limit.value),
            says: limit.says.replace(/, upstream .*$/u, ""),
          },
        };
      },
    }),
});

interface TooSlow extends Problem {
  readonly sum: WorstCase;
  readonly limit: Limit;
}

/** The parts have rules of their own: no timeout, endless retries, and a timeout that is above by itself are theirs. */
function problemOf(call: OutboundCall, judged: JudgedCalls, ownLimit: number | undefined): TooSlow[] {
  if (judged.ownerOf(call) === "own") return [];
  const { slo, timeout } = judged.budgetOf(call);
  const limit = limitOf(ownLimit, slo);
  const isOver = (candidate: OutboundCall) => overTime(candidate, limit, timeout) !== undefined;
  const sum = overTime(call, limit, timeout);
  if (!sum) return [];
  const layers = repeatingLayers(call);
  const here = layers.findLast(({ origin }) => origin.file === judged.file);
  const reportedThere = isOverElsewhere(call, judged, isOver);
  const cause = (reportedThere ? layers.at(-1) : here)?.origin ?? call.origin;
  return [{ call, sum, limit, cause, reportedThere }];
}

/** The sum where the retries and their waits take it above the objective. */
function overTime(call: OutboundCall, limit: Limit, timeout: Bound<number>): WorstCase | undefined {
  const sum = worstCase(call);
  if (!sum || sum.totalMs <= limit.value || sum.totalMs === Infinity) return undefined;
  const isOneAttempt = sum.attempts === 1 && sum.delaysMs.length === 0;
  // Neither the timeout nor the objective is anybody's choice.
  if (call.timeout.kind === "default" && limit.isDefault) return undefined;
  if (isOneAttempt && (limit.isDefault || speaksOfTimeout(call, sum, timeout) || call.timeout.kind === "known")) return undefined;
  return sum.timeoutMs > limit.value && speaksOfTimeout(call, sum, timeout) ? undefined : sum;
}

/** Whether `max-timeout` reports the timeout. */
function speaksOfTimeout(call: OutboundCall, { timeoutMs }: WorstCase, { value, source }: Bound<number>): boolean {
  return timeoutMs > value && (call.timeout.kind === "known" || source.kind === "policy");
}

/** Whether the file of the call's client, or of the function that makes the call, is over the objective by itself. */
function isOverElsewhere(call: OutboundCall, { file }: JudgedCalls, isOver: (candidate: OutboundCall) => boolean): boolean {
  const { instance } = call;
  if (instance?.created !== undefined && instance.created.file !== file)
    return isOver({ ...call, around: [], retries: call.retries.filter(({ wraps }) => wraps === undefined) });
  const source = sourceOf(call, isOver);
  return source.call.origin.file !== file && source.place.file !== file;
}

/** `3 attempts × 1,000 ms + 300 ms + 600 ms backoff = 3,900 ms` */
function printSum({ attempts, timeoutMs, delaysMs, totalMs }: WorstCase, call: OutboundCall): string {
  const counts = repeatingLayers(call).flatMap((layer) => countOf(layer));
  const factors = counts.length > 1 && counts.reduce((product, count) => product * count, 1) === attempts ? counts : [attempts];
  const waits = delaysMs.filter((ms) => ms > 0).map(printExactMs);
  const shown = waits.length > 3 ? [waits[0]!, "…", waits.at(-1)!] : waits;
  const timed = `${factors.join(" × ")} ${attempts === 1 ? "attempt" : "attempts"} × ${printExactMs(timeoutMs)}`;
  return `${[timed, ...shown].join(" + ")}${waits.length > 0 ? " backoff" : ""} = ${printExactMs(totalMs)}`;
}

function countOf({ retries }: RetryLayer): number[] {
  return retries.kind === "unknown" || retries.value === 0 ? [] : [retries.value + 1];
}
