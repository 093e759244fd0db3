import type { TSESLint } from "@typescript-eslint/utils";

import { readProgram } from "../calls/read-program.ts";
import { createRule } from "../create-rule.ts";
import { applied } from "../edits/edit.ts";
import { cutInMiddle } from "../findings/words.ts";
import { type FileRole, leftOutRoles } from "../project/file-role.ts";
import { isJudgedFile } from "../findings/judged-calls.ts";
import { settingsOf } from "../settings.ts";
import { awaited } from "../transport/signatures/awaited.ts";
import type { Change } from "../transport/signatures/change.ts";
import { type LeakyComparison, leakyComparisons } from "../transport/signatures/comparisons.ts";
import { type UnguardedComparison, unguardedComparisons } from "../transport/signatures/length-guard.ts";
import { guarded, timingSafe } from "../transport/signatures/timing-safe-code.ts";
import { unawaitedChecks } from "../transport/signatures/unawaited.ts";

type Options = readonly [{ readonly alsoIn?: readonly FileRole[] }];
type MessageIds = "leaky" | "unguarded" | "truthy" | "ignored" | "compareSafely" | "checkLength" | "awaitIt";

/** A check of a signature that can be passed, or that throws, without the key. */
export const noInsecureSignatureCompare = createRule<MessageIds, Options>({
  name: "no-insecure-signature-compare",
  set: "recommended",
  description: "Disallow comparisons of signatures that leak, throw or always pass",
  meta: {
    type: "problem",
    languages: ["*"],
    fixable: "code",
    hasSuggestions: true,
    schema: [
      {
        type: "object",
        properties: {
          alsoIn: {
            type: "array",
            items: { type: "string", enum: [...leftOutRoles] },
            uniqueItems: true,
            description: "Kinds of files that are left out unless named here.",
          },
        },
        additionalProperties: false,
      },
    ],
    defaultOptions: [{}],
    messages: {
      leaky: "{{says}} takes longer the more of {{code}} is right: a sender can guess it. Use crypto.timingSafeEqual.",
      unguarded: "timingSafeEqual throws when {{given}} is not as long as the other side: compare the lengths first.",
      truthy: "{{call}} gives a Promise, which is always true: every signature passes here.",
      ignored: "Nothing waits for {{call}}: the request is handled whether or not its signature is right.",
      compareSafely: "Compare with timingSafeEqual.",
      checkLength: "Compare the lengths first.",
      awaitIt: "Wait for the answer.",
    },
  },
  create: (context) => ({
    Program() {
      if (!/hmac|digest|timingSafeEqual|verif|signature|\bsign\w*\(|webhook/iu.test(context.sourceCode.text)) return;
      const program = readProgram(context);
      const alsoIn = context.options[0]?.alsoIn ?? settingsOf(context).alsoIn ?? [];
      if (!program || !isJudgedFile(program, { alsoIn })) return;
      const reading = { file: program.file, evaluator: program.evaluator };
      for (const found of leakyComparisons(reading)) context.report(leaky(found, context));
      for (const found of unguardedComparisons(reading)) context.report(unguarded(found, context));
      for (const { node, use } of unawaitedChecks(reading))
        context.report({
          node,
          messageId: use === "as a condition" ? "truthy" : "ignored",
          data: { call: `${context.sourceCode.getText(node.callee)}()` },
          ...fixOf(awaited(node, program.file), "awaitIt"),
        });
    },
  }),
});

type Context = Readonly<TSESLint.RuleContext<MessageIds, Options>>;

function leaky(found: LeakyComparison, { sourceCode }: Context) {
  const { digest, node, says } = found;
  const where = digest.place.node.loc.start.line;
  const isHere = digest.place.file.text === sourceCode.text;
  const code = `the MAC from ${digest.by}${isHere && where !== node.loc.start.line ? ` (line ${where})` : ""}`;
  return { node, messageId: "leaky" as const, data: { says, code }, ...fixOf(timingSafe(found, sourceCode), "compareSafely") };
}

function unguarded(found: UnguardedComparison, { sourceCode }: Context) {
  const { node, sides, given } = { ...found, given: sourceCode.getText(found.given) };
  return {
    node,
    messageId: "unguarded" as const,
    data: { given: cutInMiddle(given, 40) },
    ...fixOf(guarded(node, sides, sourceCode), "checkLength"),
  };
}

/** Code that means the same is written at once; other code is offered. */
function fixOf(change: Change | undefined, messageId: MessageIds) {
  if (!change) return {};
  const fix = applied(change.edits);
  return change.keeps === "behaviour" ? { fix } : { suggest: [{ messageId, fix }] };
}
