import { fileURLToPath } from "node:url";

import * as parser from "@typescript-eslint/parser";
import { Linter } from "eslint";
import { describe, expect, it } from "vitest";

import { noReserializedWebhookBody } from "../../src/rules/no-reserialized-webhook-body.ts";
import { problemsOf } from "../rules/suggestions-compile.ts";

const folder = fileURLToPath(new URL("./", import.meta.url));
const config: Linter.Config[] = [
  {
    files: ["**/*.ts"],
    languageOptions: { parser: parser as unknown as Linter.Parser },
    plugins: { holdfast: { rules: { rule: noReserializedWebhookBody as never } } },
    rules: { "holdfast/rule": ["error", { alsoIn: ["test"] }] },
  },
];

const verify = `import { createHmac, timingSafeEqual } from "node:crypto";

function isFromAcme(text: string, signature: string): boolean {
  const expected = createHmac("sha256", process.env.ACME_SECRET!).update(text).digest("hex");
  return signature.length === expected.length && timingSafeEqual(Buffer.from(signature), Buffer.from(expected));
}
`;

/** Handlers that check a signature against the parsed body made text again. */
const handlers: readonly { readonly framework: string; readonly path: string; readonly code: string }[] = [
  {
    framework: "Express",
    path: "server.ts",
    code: `import express from "express";
${verify}
const app = express();
app.use(express.json());
app.post("/acme/webhook", (req, res) => {
  if (!isFromAcme(JSON.stringify(req.body), String(req.headers["x-acme-signature"]))) return void res.sendStatus(401);
  res.json({ received: true });
});
`,
  },
  {
    framework: "Fastify",
    path: "server.ts",
    code: `import Fastify from "fastify";
${verify}
const app = Fastify();
app.post("/acme/webhook", async (request, reply) => {
  if (!isFromAcme(JSON.stringify(request.body), String(request.headers["x-acme-signature"]))) return reply.code(401).send();
  return { received: true };
});
`,
  },
  {
    framework: "koa",
    path: "server.ts",
    code: `import Router from "@koa/router";
import Koa from "koa";
import bodyParser from "koa-bodyparser";
${verify}
const app = new Koa();
const router = new Router();
router.post("/acme/webhook", async (ctx) => {
  const text = JSON.stringify(ctx.request.body);
  if (!isFromAcme(text, ctx.get("x-acme-signature"))) ctx.throw(401);
  ctx.body = { received: true };
});
app.use(bodyParser());
app.use(router.routes());
`,
  },
];

function suggested(code: string, path: string): string | undefined {
  const [suggestion] = lint(code, path).flatMap(({ suggestions = [] }) => suggestions);
  return suggestion && code.slice(0, suggestion.fix.range[0]) + suggestion.fix.text + code.slice(suggestion.fix.range[1]);
}

function lint(code: string, path: string): Linter.LintMessage[] {
  return new Linter({ configType: "flat", cwd: "/" }).verify(code, config, { filename: folder + path });
}

const cases = handlers.map((handler) => ({ ...handler, output: suggested(handler.code, handler.path) }));
const modules = cases.map(({ output, code }) => output ?? code);
const problems = problemsOf(modules);

describe("the bytes that no-reserialized-webhook-body suggests to check", () => {
  it.each(cases)("compile and leave nothing to report: $framework", ({ output, path }) => {
    expect(output).toBeDefined();
    expect(problems[modules.indexOf(output!)], output).toEqual([]);
    expect(lint(output!, path), output).toEqual([]);
  });
});
