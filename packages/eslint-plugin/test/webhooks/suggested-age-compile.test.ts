import { fileURLToPath } from "node:url";

import * as parser from "@typescript-eslint/parser";
import { Linter } from "eslint";
import { describe, expect, it } from "vitest";

import { requireWebhookFreshness } from "../../src/rules/require-webhook-freshness.ts";
import { problemsOf } from "../rules/suggestions-compile.ts";

const filename = fileURLToPath(new URL("./server.ts", import.meta.url));
const config: Linter.Config[] = [
  {
    files: ["**/*.ts"],
    languageOptions: { parser: parser as unknown as Linter.Parser },
    plugins: { holdfast: { rules: { rule: requireWebhookFreshness as never } } },
    rules: { "holdfast/rule": ["error", { alsoIn: ["test"] }] },
  },
];
const crypto = `import { createHmac, timingSafeEqual } from "node:crypto";`;

/** Checks by hand that read no clock, and how each refuses. */
const checks: readonly { readonly name: string; readonly code: string; readonly refuses: string }[] = [
  {
    name: "Slack in Express, by an answer",
    code: `import express from "express";
${crypto}
const app = express();
app.post("/slack/webhook", express.raw({ type: "*/*" }), (req, res) => {
  const timestamp = req.headers["x-slack-request-timestamp"];
  const given = String(req.headers["x-slack-signature"]);
  const expected = "v0=" + createHmac("sha256", process.env.SLACK_SECRET!).update(\`v0:\${timestamp}:\${req.body}\`).digest("hex");
  if (given.length !== expected.length || !timingSafeEqual(Buffer.from(given), Buffer.from(expected))) {
    res.sendStatus(401);
    return;
  }
  res.json({});
});
`,
    refuses: "res.sendStatus(401);",
  },
  {
    name: "Stripe's scheme, by an error",
    code: `${crypto}
export function verify(request: Request, body: string): void {
  const [time = "", given = ""] = (request.headers.get("stripe-signature") ?? "").split(",");
  const expected = createHmac("sha256", process.env.STRIPE_SECRET!).update(\`\${time}.\${body}\`).digest("hex");
  if (given !== expected) throw new Error("not from Stripe");
}
`,
    refuses: 'throw new Error("not from Stripe");',
  },
  {
    name: "Standard Webhooks, by false",
    code: `${crypto}
export function isGenuine(headers: Headers, body: string): boolean {
  const id = headers.get("webhook-id");
  const timestamp = headers.get("webhook-timestamp");
  const given = Buffer.from(headers.get("webhook-signature") ?? "", "base64");
  const expected = createHmac("sha256", process.env.ACME_SECRET!).update(\`\${id}.\${timestamp}.\${body}\`).digest();
  return given.length === expected.length && timingSafeEqual(given, expected);
}
`,
    refuses: "return false;",
  },
];

function lint(code: string): Linter.LintMessage[] {
  return new Linter({ configType: "flat", cwd: "/" }).verify(code, config, { filename });
}

function suggested(code: string): string | undefined {
  const [suggestion] = lint(code).flatMap(({ suggestions = [] }) => suggestions);
  return suggestion && code.slice(0, suggestion.fix.range[0]) + suggestion.fix.text + code.slice(suggestion.fix.range[1]);
}

const cases = checks.map((check) => ({ ...check, output: suggested(check.code) }));
const modules = cases.map(({ output, code }) => output ?? code);
const problems = problemsOf(modules);

describe("the age that require-webhook-freshness suggests to look at", () => {
  it.each(cases)("compiles, refuses as the code does, and leaves nothing to report: $name", ({ output, code, refuses }) => {
    expect(output).toBeDefined();
    expect(problems[modules.indexOf(output!)], output).toEqual([]);
    expect(lint(output!), output).toEqual([]);
    expect(output!.split(refuses).length - code.split(refuses).length).toBe(1);
  });
});
