import { expect, it } from "vitest";

import { noReserializedWebhookBody } from "../../src/rules/no-reserialized-webhook-body.ts";
import { Linter } from "eslint";

it("ends where a variable is made from itself and functions call each other", () => {
  const code = `
    import { createHmac } from "node:crypto";
    const a = (req) => b(req);
    const b = (req) => { req = req ?? a(req); const { body = req.body } = req; let text = body; text = text ?? JSON.stringify(text); return a(text); };
    export const verify = (req) => createHmac("sha256", key).update(a(req)).digest("hex") === req.headers["x-signature"];
  `;
  const config: Linter.Config = {
    plugins: { holdfast: { rules: { rule: noReserializedWebhookBody as never } } },
    rules: { "holdfast/rule": "error" },
  };
  expect(new Linter({ configType: "flat" }).verify(code, config)).toEqual([]);
});
