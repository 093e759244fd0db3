import { webhookFreshness } from "@holdfast/policy";
import type { TSESLint, TSESTree } from "@typescript-eslint/utils";

import { readProgram, type ReadProgram } from "../calls/read-program.ts";
import type { SourceFile } from "../calls/source-file.ts";
import { originOf } from "../calls/value.ts";
import { createRule } from "../create-rule.ts";
import { applied, type Edit, insertedAt } from "../edits/edit.ts";
import { writeNumber } from "../edits/number-literal.ts";
import { refuseOld } from "../edits/webhook-age.ts";
import { type Limit, limitOf } from "../findings/limits.ts";
import { printMs } from "../findings/words.ts";
import { settingsOf } from "../settings.ts";
import { type AcceptedAge, acceptedAges } from "../webhooks/age.ts";
import { isJudged, type WebhookOptions, webhookOptionsSchema } from "../webhooks/judged-file.ts";
import { namesOf } from "../webhooks/names.ts";

interface Options extends WebhookOptions {
  readonly maxMs?: number;
}
type MessageIds = "unchecked" | "anyAge" | "tooOld" | "accept";

/** A signed webhook that can be sent again long after. */
export const requireWebhookFreshness = createRule<MessageIds, readonly [Options]>({
  name: "require-webhook-freshness",
  set: "recommended",
  description: "Require signed webhooks to be fresh",
  meta: {
    type: "problem",
    languages: ["*"],
    hasSuggestions: true,
    schema: [
      {
        type: "object",
        properties: {
          maxMs: { type: "integer", minimum: 1, description: "How old an accepted webhook may be, in milliseconds." },
          ...webhookOptionsSchema,
        },
        additionalProperties: false,
      },
    ],
    defaultOptions: [{}],
    messages: {
      unchecked:
        "The {{provider}} signature is checked, but not its age: one that was seen can be sent again for ever. The limit is {{limit}} ({{says}}).",
      anyAge: "`{{verifier}}` accepts any age here: one that was seen can be sent again for ever. The limit is {{limit}} ({{says}}).",
      tooOld: "This accepts {{provider}} webhooks up to {{age}} old; the limit is {{limit}} ({{says}}).",
      accept: "Accept what is up to {{age}} old.",
    },
  },
  create: (context) => ({
    Program() {
      const [options = {}] = context.options;
      if (!/signature|plaid-verification|constructEvent|verifyHeader/iu.test(context.sourceCode.text)) return;
      const program = readProgram(context);
      if (!program || !isJudged(context, options)) return;
      const limit = limitOf(options.maxMs, webhookFreshness(settingsOf(context).policy));
      for (const age of acceptedAges(program)) {
        if (age.kind !== "unchecked" && age.ms <= limit.value) continue;
        context.report({ node: placeOf(age), ...reportOf(age, limit), suggest: suggestions(age, limit, program) });
      }
    },
  }),
});

function placeOf(age: AcceptedAge): TSESTree.Node {
  if (age.kind !== "argument") return age.at;
  return age.call.arguments[age.tolerance.argument] ?? age.call.callee;
}

function reportOf(age: AcceptedAge, limit: Limit): { messageId: MessageIds; data: Record<string, string> } {
  const data = { provider: age.provider.name, limit: printAge(limit.value), says: limit.says };
  if (age.kind === "unchecked") return { messageId: "unchecked", data };
  if (age.kind === "argument" && age.ms === Infinity)
    return { messageId: "anyAge", data: { ...data, verifier: namesOf(age.call.callee).slice(-2).join(".") } };
  return { messageId: "tooOld", data: { ...data, age: age.ms === Infinity ? "any number of seconds" : printAge(age.ms) } };
}

/** `10 min`, `2 h`, `45 s` */
function printAge(ms: number): string {
  for (const [unit, size] of [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["min", 60_000],
  ] as const)
    if (ms >= size && ms % size === 0) return `${ms / size} ${unit}`;
  return printMs(ms);
}

/** Five minutes, which is what the providers' own libraries accept, or the limit where that is less. */
function suggestions(age: AcceptedAge, limit: Limit, { file }: ReadProgram): TSESLint.SuggestionReportDescriptor<MessageIds>[] {
  const ms = Math.min(300_000, limit.value);
  const edits = editsFor(age, ms, file);
  return edits ? [{ messageId: "accept", data: { age: printAge(ms) }, fix: applied(edits) }] : [];
}

function editsFor(age: AcceptedAge, ms: number, { path, text }: SourceFile): Edit[] | undefined {
  const seconds = String(Math.floor(ms / 1_000));
  switch (age.kind) {
    case "argument":
      return writeArgument(age, age.tolerance.unit === "s" ? seconds : String(ms));
    case "comparison":
      return writeBound(age, age.bound.unit === "s" ? seconds : String(ms), path);
    case "unchecked":
      return refuseOld(age.at, seconds, text);
  }
}

function writeArgument({ call, tolerance }: Extract<AcceptedAge, { kind: "argument" }>, code: string): Edit[] | undefined {
  const given = call.arguments[tolerance.argument];
  if (given) return [{ range: given.range, text: code }];
  const last = call.arguments.at(-1);
  return last && call.arguments.length === tolerance.argument ? [insertedAt(last.range[1], `, ${code}`)] : undefined;
}

function writeBound({ bound }: Extract<AcceptedAge, { kind: "comparison" }>, code: string, path: string): Edit[] | undefined {
  const origin = originOf(bound.value);
  return origin?.file.path === path ? writeNumber(origin.node, code) : undefined;
}
