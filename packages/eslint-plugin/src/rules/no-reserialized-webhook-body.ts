import type { TSESLint, TSESTree } from "@typescript-eslint/utils";

import { readProgram, type ReadProgram } from "../calls/read-program.ts";
import { createRule } from "../create-rule.ts";
import { declareBefore } from "../edits/declarations.ts";
import { applied, type Edit } from "../edits/edit.ts";
import { keepRawBody } from "../edits/raw-body.ts";
import { isJudged, type WebhookOptions, webhookOptionsSchema } from "../webhooks/judged-file.ts";
import { type ParsedBeforeRaw, parsedBeforeRaw } from "../webhooks/parsed-before-raw.ts";
import type { Reserialization } from "../webhooks/request-flow.ts";
import { placeOf, reserializedBodies } from "../webhooks/reserialized-bodies.ts";
import { type WebhookRoute, webhookRoutes } from "../webhooks/webhook-routes.ts";

type MessageIds = "reserialized" | "parsedBefore" | "readText" | "keepBytes" | "leaveOut";

/** A signature checked against other bytes than the ones that were signed. */
export const noReserializedWebhookBody = createRule<MessageIds, readonly [WebhookOptions]>({
  name: "no-reserialized-webhook-body",
  set: "recommended",
  description: "Require webhook signatures to be checked against the bytes that came in",
  meta: {
    type: "problem",
    languages: ["*"],
    hasSuggestions: true,
    schema: [{ type: "object", properties: webhookOptionsSchema, additionalProperties: false }],
    defaultOptions: [{}],
    messages: {
      reserialized:
        "`JSON.stringify` of the parsed body is not what was signed: with other spaces or numbers (1.0), a genuine webhook is refused.",
      parsedBefore:
        "`json()` in line {{line}} has parsed every body, so `raw()` does nothing here: {{path}} checks an object, not the bytes that were signed.",
      readText: "Read the body as text, check that, then parse it.",
      keepBytes: "Keep the bytes that came in, and check those.",
      leaveOut: "Leave {{path}} out of `json()`.",
    },
  },
  create: (context) => ({
    Program() {
      const [options = {}] = context.options;
      if (!/hook|signature|hmac|verif/iu.test(context.sourceCode.text) || !isJudged(context, options)) return;
      const program = readProgram(context);
      if (!program) return;
      for (const body of reserializedBodies(program))
        context.report({
          node: placeOf(body, program.file),
          messageId: "reserialized",
          suggest: [...readText(body, program), ...keepBytes(body, program, webhookRoutes(context))],
        });
      for (const order of parsedBeforeRaw(program)) {
        const data = { path: order.path, line: order.json.loc.start.line };
        context.report({ node: order.raw, messageId: "parsedBefore", data, suggest: leaveOut(order, program) });
      }
    },
  }),
});

/** For `const event = await request.json()` with `JSON.stringify(event)` further down. */
function readText({ node, file }: Reserialization, program: ReadProgram): TSESLint.SuggestionReportDescriptor<MessageIds>[] {
  const [argument] = node.arguments;
  if (file !== program.file || argument?.type !== "Identifier" || node.arguments.length > 1) return [];
  const definition = file.variableOf(argument)?.defs[0]?.node as TSESTree.Node | undefined;
  const read = definition?.type === "VariableDeclarator" && definition.id.type === "Identifier" ? awaitedJson(definition.init) : undefined;
  const name = ["rawBody", "signedBody"].find((candidate) => !file.text.includes(candidate));
  if (!read || name === undefined) return [];
  const declared = declareBefore(read.awaited, `const ${name} = await ${file.text.slice(...read.request.range)}.text();`, file.text);
  if (!declared) return [];
  const edits: Edit[] = [...declared, { range: read.awaited.range, text: `JSON.parse(${name})` }, { range: node.range, text: name }];
  return [{ messageId: "readText", fix: applied(edits) }];
}

/** For `JSON.stringify(req.body)` in the handler of a route. */
function keepBytes(
  { node, file }: Reserialization,
  program: ReadProgram,
  routes: readonly WebhookRoute[],
): TSESLint.SuggestionReportDescriptor<MessageIds>[] {
  const edits = file === program.file ? keepRawBody(node, routes, program) : undefined;
  return edits ? [{ messageId: "keepBytes", fix: applied(edits) }] : [];
}

/** `await request.json()`, with or without a cast. */
function awaitedJson(init: TSESTree.Node | null): { awaited: TSESTree.AwaitExpression; request: TSESTree.Node } | undefined {
  if (init?.type === "TSAsExpression" || init?.type === "TSSatisfiesExpression") return awaitedJson(init.expression);
  if (init?.type !== "AwaitExpression" || init.argument.type !== "CallExpression") return undefined;
  const { callee } = init.argument;
  const isJson = callee.type === "MemberExpression" && callee.property.type === "Identifier" && callee.property.name === "json";
  return isJson ? { awaited: init, request: callee.object } : undefined;
}

/** A path with parameters would need a pattern. */
function leaveOut({ json, path }: ParsedBeforeRaw, { file }: ReadProgram): TSESLint.SuggestionReportDescriptor<MessageIds>[] {
  if (!/^\/[\w/.-]*$/u.test(path)) return [];
  const parser = file.text.slice(...json.range);
  const text = `(req, res, next) => (req.path === ${JSON.stringify(path)} ? next() : ${parser}(req, res, next))`;
  return [{ messageId: "leaveOut", data: { path }, fix: applied([{ range: json.range, text }]) }];
}
