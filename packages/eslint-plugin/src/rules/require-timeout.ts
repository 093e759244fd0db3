import type { TSESLint } from "@typescript-eslint/utils";

import type { OptionsPlace, OutboundCall, Timeout } from "../calls/outbound-call.ts";
import { isWithin } from "../calls/source-file.ts";
import type { Origin } from "../calls/value.ts";
import { effectiveTimeout } from "../calls/worst-case.ts";
import { createRule } from "../create-rule.ts";
import { applied } from "../edits/edit.ts";
import { writeNumber } from "../edits/number-literal.ts";
import { replaceProperty, writeOption } from "../edits/options-object.ts";
import { callRule } from "../findings/call-rule.ts";
import { type Problem, sourceOf } from "../findings/causes.ts";
import type { JudgedCalls } from "../findings/judged-calls.ts";
import { limitOf } from "../findings/limits.ts";
import { printCall, printCount, printMs } from "../findings/words.ts";
import { type CallSettings, callOptionsSchema } from "../settings.ts";

type Options = readonly [CallSettings];
type MessageIds = "noTimeout" | "noTimeoutOnClient" | "misread" | "setTimeout";

/** A call that nothing ends: no timeout, or an option that is none. */
export const requireTimeout = createRule<MessageIds, Options>({
  name: "require-timeout",
  set: "recommended",
  description: "Require a timeout on every call of an upstream",
  meta: {
    type: "problem",
    languages: ["*"],
    hasSuggestions: true,
    schema: [{ type: "object", properties: callOptionsSchema, additionalProperties: false }],
    defaultOptions: [{}],
    messages: {
      noTimeout: "{{call}} has no timeout ({{library}} default: {{default}}): while the upstream hangs, so does this.",
      noTimeoutOnClient: "{{client}} sets no timeout ({{library}} default: {{default}}), so {{covers}} may wait for ever.",
      misread: "{{call}} has no timeout: {{misread}}.",
      setTimeout: "Set a timeout of {{limit}} ({{says}}).",
    },
  },
  create: (context) =>
    callRule(context, {
      problemsIn: (judged) => [...judged.calls, ...judged.idleClients].flatMap((call) => problemOf(call, judged)),
      reportOf({ node, problem, covers }, judged) {
        const { call, timeout } = problem;
        const client = call.instance?.place?.node === node ? call.instance.place.node : undefined;
        return {
          messageId: timeout.misread !== undefined ? "misread" : client ? "noTimeoutOnClient" : "noTimeout",
          data: {
            call: printCall(call),
            client: client ? context.sourceCode.getText(client.callee) : "",
            covers: covers === 0 ? "every call through it" : `${printCount(covers, "call")} through it`,
            library: call.library.name,
            default: call.library.defaultTimeout ?? "none",
            misread: timeout.misread ?? "",
          },
          suggest: suggestions(problem, judged),
        };
      },
    }),
});

function suggestions({ call, timeout, fixAt }: Unbounded, judged: JudgedCalls): TSESLint.SuggestionReportDescriptor<MessageIds>[] {
  const limit = limitOf(undefined, judged.budgetOf(call).timeout);
  const option = call.library.write?.timeout?.(limit.value);
  const { origin } = call.timeout.kind === "known" ? call.timeout : { origin: undefined };
  const misread = timeout.misread !== undefined ? origin?.node.parent : undefined;
  if (!option || !fixAt) return [];
  const edits =
    misread?.type === "Property"
      ? replaceProperty(misread, option)
      : origin && "chained" in option // `.timeout(0)`: another one before it would not count
        ? writeNumber(origin.node, String(limit.value))
        : writeOption(fixAt, option, judged.file.text);
  return edits ? [{ messageId: "setTimeout", data: { limit: printMs(limit.value), says: limit.says }, fix: applied(edits) }] : [];
}

interface Unbounded extends Problem {
  /** The options to write the timeout into, when they stand in this file. */
  readonly fixAt: OptionsPlace | undefined;
  readonly timeout: Extract<Timeout, { bounds: "nothing" }>;
}

function problemOf(call: OutboundCall, judged: JudgedCalls): Unbounded[] {
  const timeout = unbounded(call);
  if (!timeout || judged.ownerOf(call) === "own") return [];
  const source = sourceOf(call, (candidate) => unbounded(candidate) !== undefined);
  const isOwn = source.place === call.origin || hasClientPassedIn(call);
  const made = isOwn ? placeOfTimeout(call) : source.place;
  const cause = (call.timeout.kind === "known" ? call.timeout.origin : undefined) ?? made;
  const client = call.instance?.place;
  const place = client && isWithin(cause.node, client.node) ? client : call.options;
  return [
    {
      call,
      timeout,
      cause,
      reportedThere: judged.ownerOf(source.call) !== "own",
      fixAt: isOwn && made.file === judged.file ? place : undefined,
    },
  ];
}

/** The function that makes the call is given a client: then the client lacks the timeout, whoever hands it on. */
function hasClientPassedIn(call: OutboundCall): boolean {
  if (call.through.length === 0 || !call.instance?.created) return false;
  const byItself = call.narrowed(0);
  return byItself === undefined || byItself.instance?.passedIn !== undefined;
}

/** Where the timeout would stand: at the client, unless the library takes it with each call only. */
function placeOfTimeout({ library, instance, origin }: OutboundCall): Origin {
  return library.timeoutPerCall ? origin : (instance?.created ?? origin);
}

function unbounded(call: OutboundCall): Unbounded["timeout"] | undefined {
  const timeout = effectiveTimeout(call);
  return timeout.kind !== "unknown" && timeout.value.bounds === "nothing" ? timeout.value : undefined;
}
