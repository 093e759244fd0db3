import type { OutboundCall, RetryLayer } from "../calls/outbound-call.ts";
import { attemptsOf, repeatsMethod } from "../calls/worst-case.ts";
import { createRule } from "../create-rule.ts";
import { applied } from "../edits/edit.ts";
import { leaveTo, writeRetries } from "../edits/retries.ts";
import { callRule } from "../findings/call-rule.ts";
import type { Problem } from "../findings/causes.ts";
import type { JudgedCalls } from "../findings/judged-calls.ts";
import { type Limit, limitOf } from "../findings/limits.ts";
import { isJudgedElsewhere } from "../findings/unsafe-retry.ts";
import { nameOf, printAttempts, printCall, printCount, printRetries } from "../findings/words.ts";
import { type CallSettings, callOptionsSchema } from "../settings.ts";

type Options = readonly [CallSettings & { readonly limit?: number }];
type MessageIds = "tooMany" | "multiplied" | "lower" | "leaveTo";

/** More retries than the limit, over all layers that repeat a call. */
export const maxRetries = createRule<MessageIds, Options>({
  name: "max-retries",
  set: "recommended",
  description: "Enforce a maximum number of retries over all layers that repeat a call",
  meta: {
    type: "problem",
    languages: ["*"],
    fixable: "code",
    hasSuggestions: true,
    schema: [
      {
        type: "object",
        properties: { limit: { type: "integer", minimum: 0, description: "Calls after the first." }, ...callOptionsSchema },
        additionalProperties: false,
      },
    ],
    defaultOptions: [{}],
    messages: {
      tooMany: "{{call}} may run {{attempts}} ({{layers}}); the limit is {{limit}} ({{says}}).",
      multiplied: "{{call}} may run {{attempts}}: {{product}}; the limit is {{limit}} ({{says}}).",
      lower: "Lower it to {{limit}} ({{says}}).",
      leaveTo: "Leave the retries to {{name}}, at most {{limit}}, and turn the others off.",
    },
  },
  create: (context) =>
    callRule(context, {
      problemsIn: (judged, { limit }) =>
        [...judged.calls, ...judged.idleClients, ...judged.repeated].flatMap((call) => problemOf(call, judged, limit)),
      reportOf({ problem: { call, layers, attempts, limit } }, judged) {
        const data = { limit: printCount(limit.value, "retry", "retries"), says: limit.says };
        const lower = layers.length === 1 ? writeRetries(layers[0]!, limit.value, judged.file) : undefined;
        return {
          ...(lower?.keepsMeaning && { fix: applied(lower.edits) }),
          suggest: lower
            ? lower.keepsMeaning
              ? []
              : [{ messageId: "lower", data, fix: applied(lower.edits) }]
            : layers.flatMap((kept) => {
                const edits = leaveTo(kept, layers, limit.value, judged.file);
                return edits ? [{ messageId: "leaveTo" as const, data: { ...data, name: nameOf(kept) }, fix: applied(edits) }] : [];
              }),
          messageId: layers.length > 1 ? "multiplied" : "tooMany",
          data: {
            call: printCall(call),
            attempts: printAttempts(attempts),
            layers: layers.map(printRetries).join(", "),
            product: layers
              .map((layer) => `${countOf(layer) + 1} (${nameOf(layer)}${layer.retries.kind === "default" ? " default" : ""})`)
              .join(" × "),
            ...data,
          },
        };
      },
    }),
});

interface TooMany extends Problem {
  readonly layers: readonly RetryLayer[];
  readonly attempts: number;
  readonly limit: Limit;
}

function problemOf(call: OutboundCall, judged: JudgedCalls, ownLimit: number | undefined): TooMany[] {
  if (judged.ownerOf(call) === "own") return [];
  const limit = limitOf(ownLimit, judged.budgetOf(call).retries);
  const [layers, attempts] = repetitionOf(call);
  if (attempts === undefined || attempts - 1 <= limit.value) return [];
  const here = layers.filter(({ origin }) => origin.file === judged.file);
  const isOverHere = here.reduce((product, layer) => product * (countOf(layer) + 1), 1) - 1 > limit.value;
  const reportedThere =
    !isOverHere && (isOverElsewhere(call, judged, limit) || (layers.length === 1 && isJudgedElsewhere(layers[0]!, judged)));
  return [{ call, layers, attempts, limit, cause: mostOf(reportedThere || here.length === 0 ? layers : here).origin, reportedThere }];
}

/** The layers that are known to repeat the call's method, and the attempts they multiply to; one that is not told makes them no fewer. */
function repetitionOf({ method, retries }: OutboundCall): readonly [readonly RetryLayer[], number | undefined] {
  const name = method.kind === "unknown" ? "an unknown one" : method.value;
  const layers = retries.filter((layer) => layer.retries.kind !== "unknown" && repeatsMethod(layer, name) && countOf(layer) > 0);
  return [layers, attemptsOf(layers, name)];
}

/** Whether the file of the call's client, or of the function that makes the call, is over the limit by itself. */
function isOverElsewhere(call: OutboundCall, { file }: JudgedCalls, { value }: Limit): boolean {
  const client = { ...call, retries: call.retries.filter(({ wraps }) => wraps === undefined) };
  const isOver = (candidate: OutboundCall) => (repetitionOf(candidate)[1] ?? 1) - 1 > value;
  const { instance } = call;
  const byItself = call.narrowed(0) ?? call;
  return (
    (instance?.created !== undefined && instance.created.file !== file && isOver(client)) ||
    (byItself.origin.file !== file && isOver(byItself))
  );
}

/** The layer with the most retries is the one to change. */
function mostOf(layers: readonly RetryLayer[]): RetryLayer {
  return layers.reduce((most, layer) => (countOf(layer) > countOf(most) ? layer : most));
}

function countOf({ retries }: RetryLayer): number {
  return retries.kind === "unknown" ? 1 : retries.value;
}
