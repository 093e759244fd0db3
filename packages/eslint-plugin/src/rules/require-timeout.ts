import type { TSESLint } from "@typescript-eslint/utils";

import type { OptionsPlace, OutboundCall, Timeout } from "../calls/outbound-call.ts";
import { isWithin } from "../calls/source-file.ts";
import type { Origin } from "../calls/value.ts";
import { effectiveTimeout } from "../calls/worst-case.ts";
import { createRule } from "../create-rule.ts";
import { applied } from "../edits/edit.ts";
import { writeNumber } from "../edits/number-literal.ts";
import { replaceProperty, writeDefault, writeOption } from "../edits/options-object.ts";
import { callRule } from "../findings/call-rule.ts";
import { type Finding, sourceOf } from "../findings/causes.ts";
import type { JudgedCalls } from "../findings/judged-calls.ts";
import { limitOf } from "../findings/limits.ts";
import { atSharedRequests, type LeftOut, type Shared } from "../findings/shared-request.ts";
import { printCall, printCount, printMs, printPlace } from "../findings/words.ts";
import { type CallSettings, callOptionsSchema } from "../settings.ts";

type Options = readonly [CallSettings];
type MessageIds = "noTimeout" | "noTimeoutOnClient" | "noTimeoutPassed" | "noTimeoutPassedElsewhere" | "misread" | "setTimeout";

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
      noTimeoutOnClient: "{{client}} sets no timeout ({{library}} default: {{default}}), so {{covers}} may wait {{howLong}}.",
      noTimeoutPassed:
        "{{call}} has no timeout ({{library}} default: {{default}}), and {{callers}} here give it none: while the upstream hangs, so do they.",
      noTimeoutPassedElsewhere:
        "{{call}} has no timeout ({{library}} default: {{default}}), like {{others}} here: the request at {{request}} is given none.",
      misread: "{{call}} has no timeout: {{misread}}.",
      setTimeout: "Set a timeout of {{limit}} ({{says}}).",
    },
  },
  create: (context) =>
    callRule(context, {
      problemsIn: (judged) =>
        atSharedRequests(
          [...judged.calls, ...judged.idleClients].flatMap((call) => problemOf(call, judged)),
          judged,
          { isGiven, placeOf: placeOfTimeout },
        ),
      reportOf(finding, judged) {
        const { node, problem, covers } = finding;
        const { call, timeout } = problem;
        const client = call.instance?.place?.node === node ? call.instance.place.node : undefined;
        return {
          messageId: messageFor(finding, judged),
          data: {
            call: printCall(node === call.origin.node ? (call.narrowed(0) ?? call) : call),
            client: client ? context.sourceCode.getText(client.callee) : "",
            covers: covers === 0 ? "every call through it" : `${printCount(covers, "call")} through it`,
            library: call.library.name,
            default: call.library.defaultTimeout ?? "none",
            howLong: endsByItself(call) ? "that long" : "for ever",
            misread: timeout.misread ?? `${call.library.name}'s ${call.library.defaultTimeout} are turned off`,
            callers: printCount(problem.leftOutBy, "caller"),
            others: printCount(problem.leftOutBy - 1, "other call"),
            request: printPlace(call.origin, judged.file),
          },
          suggest: suggestions(problem, judged),
        };
      },
    }),
});

function messageFor({ node, problem, covers }: Finding<Unbounded & Shared>, { file }: JudgedCalls): MessageIds {
  const { call, timeout, leftOutBy } = problem;
  if (timeout.misread !== undefined || isTurnedOff(call)) return "misread";
  if (call.instance?.place?.node === node) return "noTimeoutOnClient";
  if (leftOutBy === 0 || covers < 2) return "noTimeout";
  return call.origin.file === file ? "noTimeoutPassed" : "noTimeoutPassedElsewhere";
}

/** `timeout: 0`, where the library would have ended the call. */
function isTurnedOff(call: OutboundCall): boolean {
  return call.timeout.kind === "known" && call.timeout.origin !== undefined && endsByItself(call);
}

function endsByItself({ library }: OutboundCall): boolean {
  return /^\d+ \S+$/u.test(library.defaultTimeout ?? "");
}

function suggestions(
  { call, timeout, cause, fixAt, leftOutBy }: Unbounded & Shared,
  judged: JudgedCalls,
): TSESLint.SuggestionReportDescriptor<MessageIds>[] {
  const limit = limitOf(undefined, judged.budgetOf(call).timeout);
  const option = call.library.write?.timeout?.(limit.value);
  const { origin } = call.timeout.kind === "known" ? call.timeout : { origin: undefined };
  const misread = timeout.misread !== undefined ? origin?.node.parent : undefined;
  const place = leftOutBy > 0 && call.origin.file === judged.file ? optionsAt(cause, call) : fixAt;
  if (!option || !place) return [];
  const edits =
    misread?.type === "Property"
      ? replaceProperty(misread, option)
      : origin && "chained" in option // `.timeout(0)`: another one before it would not count
        ? writeNumber(origin.node, String(limit.value))
        : leftOutBy > 0 && place.of !== "client"
          ? writeDefault(place, option, judged.file.text)
          : writeOption(place, option, judged.file.text);
  return edits ? [{ messageId: "setTimeout", data: { limit: printMs(limit.value), says: limit.says }, fix: applied(edits) }] : [];
}

interface Unbounded extends LeftOut {
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
  return [
    {
      call,
      timeout,
      cause,
      reportedThere: judged.ownerOf(source.call) !== "own",
      fixAt: isOwn && made.file === judged.file ? optionsAt(cause, call) : undefined,
      leftOutAt: cause === source.place && !isOwn ? cause : undefined,
    },
  ];
}

/** The options of the client where the cause is one, else of the call. */
function optionsAt({ node }: Origin, { instance, options }: OutboundCall): OptionsPlace {
  return instance?.place && isWithin(node, instance.place.node) ? instance.place : options;
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

function isGiven(call: OutboundCall): boolean {
  const timeout = effectiveTimeout(call);
  return timeout.kind !== "unknown" && timeout.value.bounds !== "nothing";
}

function unbounded(call: OutboundCall): Unbounded["timeout"] | undefined {
  const timeout = effectiveTimeout(call);
  return timeout.kind !== "unknown" && timeout.value.bounds === "nothing" ? timeout.value : undefined;
}
