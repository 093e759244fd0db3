import type { TSESLint, TSESTree } from "@typescript-eslint/utils";

import { runsEachAttempt, runsInFunction, runsOnceInProcess } from "../calls/attempted-code.ts";
import { makingOf } from "../calls/fresh-value.ts";
import type { IdempotencyKey, OutboundCall, RetryLayer } from "../calls/outbound-call.ts";
import { isSafePost } from "../calls/safe-posts.ts";
import type { Origin } from "../calls/value.ts";
import { createRule } from "../create-rule.ts";
import { applied } from "../edits/edit.ts";
import { madeBefore } from "../edits/made-before.ts";
import { callRule } from "../findings/call-rule.ts";
import { type Problem, sourceOf } from "../findings/causes.ts";
import type { JudgedCalls } from "../findings/judged-calls.ts";
import { repeatingLayers } from "../findings/unsafe-retry.ts";
import { nameOf, printCall, printPlace } from "../findings/words.ts";
import { type CallSettings, callOptionsSchema } from "../settings.ts";

type Options = readonly [CallSettings];
type MessageIds = "eachAttempt" | "madeByLibrary" | "constant" | "onceInProcess" | "clock" | "makeBefore" | "keepFirst";

/** A key that is not one for one operation: another in each attempt, or the same for all operations. */
export const noUnstableIdempotencyKey = createRule<MessageIds, Options>({
  name: "no-unstable-idempotency-key",
  set: "recommended",
  description: "Disallow idempotency keys that change with each attempt or are the same for every operation",
  meta: {
    type: "problem",
    languages: ["*"],
    hasSuggestions: true,
    schema: [{ type: "object", properties: callOptionsSchema, additionalProperties: false }],
    defaultOptions: [{}],
    messages: {
      eachAttempt: "{{call}}: each attempt of {{layer}} ({{place}}) makes a new {{carrier}} and so is a new operation.",
      madeByLibrary:
        "{{call}}: {{library}} makes a key {{often}}, and {{layer}} ({{place}}) gets a new one each time. Pass a key of your own.",
      constant: "{{call}}: its {{carrier}} is always the same: operations after the first pass for repetitions.",
      onceInProcess: "{{call}}: its {{carrier}} is made once per process: operations after the first pass for repetitions.",
      clock: "{{call}}: its {{carrier}} is only the time: two operations can share it, and a repetition gets another.",
      makeBefore: "Make the key once, before {{layer}}.",
      keepFirst: "Set the key only where there is none: {{layer}} then sends the first one again.",
    },
  },
  create: (context) =>
    callRule(context, {
      problemsIn: (judged) => judged.calls.flatMap((call) => problemOf(call, judged)),
      reportOf({ problem: { call, carrier, madeByLibrary, fault } }, judged) {
        const layer = "layer" in fault ? fault.layer : undefined;
        return {
          messageId: fault.kind,
          data: {
            call: printCall(call),
            carrier,
            library: call.library.name,
            often: madeByLibrary ?? "",
            layer: layer ? nameOf(layer) : "",
            place: layer ? printPlace(layer.wraps ?? layer.origin, judged.file) : "",
          },
          suggest: fault.kind === "eachAttempt" ? makeOnce(fault, judged, context.sourceCode) : [],
        };
      },
    }),
});

type Fault =
  | { readonly kind: "eachAttempt"; readonly layer: RetryLayer; readonly at: Origin }
  | { readonly kind: "madeByLibrary"; readonly layer: RetryLayer; readonly at: Origin }
  | { readonly kind: "constant" | "onceInProcess" | "clock"; readonly at: Origin };

interface Unstable extends Problem {
  readonly carrier: string;
  readonly madeByLibrary: IdempotencyKey["madeByLibrary"];
  readonly fault: Fault;
}

function problemOf(call: OutboundCall, judged: JudgedCalls): Unstable[] {
  const { idempotencyKey, method } = call;
  if (method.kind === "unknown" || /^(?:GET|HEAD|OPTIONS)$/u.test(method.value) || judged.ownerOf(call) === "own") return [];
  const key = idempotencyKey.kind === "known" ? idempotencyKey.value : undefined;
  const found = key ? keyFault(key, call, judged) : [];
  // A new key in each attempt does no harm to what may come twice; one key for several operations does.
  return found.filter(({ fault }) => !("layer" in fault) || isSafePost(call, judged.budgetOf(call).idempotency.safe) !== "safe");
}

function keyFault(key: IdempotencyKey, call: OutboundCall, { file }: JudgedCalls): Unstable[] {
  const faultIn = (candidate: OutboundCall) => (key.madeByLibrary === undefined ? faultOf(key, candidate) : libraryFault(key, candidate));
  const fault = faultIn(call);
  if (!fault) return [];
  const reportedThere =
    fault.at.file !== file && sourceOf(call, (candidate) => faultIn(candidate) !== undefined).place.file === fault.at.file;
  return [{ call, carrier: key.carrier, madeByLibrary: key.madeByLibrary, fault, cause: fault.at, reportedThere }];
}

function faultOf(key: IdempotencyKey, call: OutboundCall): Fault | undefined {
  if (key.madeByHook) return hookFault(key, call);
  const { value } = key;
  const { making, at } = makingOf(value);
  if (!at || making === "other") return undefined;
  if (making === "constant") return namesAVersion(at.node) ? undefined : { kind: "constant", at };
  const layer = repeatingLayers(call).find((candidate) => runsEachAttempt(at, call, candidate));
  if (layer) return { kind: "eachAttempt", layer, at };
  if (runsOnceInProcess(at) && runsInFunction(call)) return { kind: "onceInProcess", at };
  return making === "clock" ? { kind: "clock", at } : undefined;
}

/** `` `portal-config-v${VERSION}` ``: made on purpose, so that of something there is one for each version. */
function namesAVersion({ type, ...node }: TSESTree.Node): boolean {
  return (
    type === "TemplateLiteral" &&
    "expressions" in node &&
    node.expressions.some((part) => part.type === "Identifier" && /version$/iu.test(part.name))
  );
}

/** A hook runs again for each call of the code around the client, and for the client's own attempts where it says so. */
function hookFault({ madeByHook, origin }: IdempotencyKey, call: OutboundCall): Fault | undefined {
  const layer = repeatingLayers(call).find(({ wraps }) => madeByHook === "once per attempt" || wraps !== undefined);
  return layer && origin && { kind: "eachAttempt", layer, at: origin };
}

/** An SDK's own key holds for its own retries, and not for those of the code around it. */
function libraryFault({ madeByLibrary }: IdempotencyKey, call: OutboundCall): Fault | undefined {
  const layer = repeatingLayers(call).find(({ wraps }) => madeByLibrary === "once per attempt" || wraps !== undefined);
  return layer && { kind: "madeByLibrary", layer, at: call.origin };
}

function makeOnce(
  { at, layer }: Fault & { readonly kind: "eachAttempt" },
  judged: JudgedCalls,
  sourceCode: Readonly<TSESLint.SourceCode>,
): TSESLint.SuggestionReportDescriptor<MessageIds>[] {
  if (at.file === judged.file && !layer.wraps) return keepFirst(at.node, layer);
  if (at.file !== judged.file || layer.wraps?.file !== judged.file || layer.by === "recursion") return [];
  const edits = madeBefore(at.node, layer.wraps.node, sourceCode);
  return edits ? [{ messageId: "makeBefore", data: { layer: nameOf(layer) }, fix: applied(edits) }] : [];
}

/** A client that sends the request again hands its hooks the headers of the attempt before. */
function keepFirst({ parent, range }: TSESTree.Node, layer: RetryLayer): TSESLint.SuggestionReportDescriptor<MessageIds>[] {
  if (parent?.type !== "AssignmentExpression" || parent.right.range[0] !== range[0]) return [];
  const edit = { range: [parent.left.range[1], range[0]], text: " ??= " } as const;
  return [{ messageId: "keepFirst", data: { layer: nameOf(layer) }, fix: applied([edit]) }];
}
