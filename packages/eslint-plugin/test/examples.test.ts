import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import * as parser from "@typescript-eslint/parser";
import { Linter } from "eslint";
import { expect, it } from "vitest";

import plugin from "../src/index.ts";

const examples = fileURLToPath(new URL("../../../examples/", import.meta.url));

/** What a person who runs Holdfast in the example sees, one `file: rule line` each, for the rules on calls. */
function findingsIn(example: string): string[] {
  const folder = join(examples, example);
  const linter = new Linter({ configType: "flat", cwd: folder });
  const config: Linter.Config[] = [
    { files: ["**/*.ts"], languageOptions: { parser: parser as unknown as Linter.Parser } },
    ...plugin.configs.recommended,
    plugin.fromPolicy({ folder }),
  ];
  return readdirSync(join(folder, "src"))
    .sort()
    .flatMap((name) => {
      const path = join(folder, "src", name);
      return linter
        .verify(readFileSync(path, "utf8"), config, { filename: path })
        .map(({ ruleId, line, severity, message }) => `${name}: ${ruleId ?? message} ${line}${severity === 2 ? "" : " (warning)"}`);
    });
}

it("finds in the payments service what its README says", () => {
  expect(findingsIn("payments-service")).toEqual([
    "config.ts: holdfast/no-hardcoded-secrets 5",
    "notify.ts: holdfast/require-timeout 5",
    "notify.ts: holdfast/max-retries 6",
    "notify.ts: holdfast/no-unsafe-retry 6",
    "notify.ts: holdfast/require-jitter 6",
    "payments.ts: holdfast/require-idempotency-key 10",
    "psp-client.ts: holdfast/max-timeout 9",
    "psp-client.ts: holdfast/max-retries 13",
    "rates.ts: holdfast/require-timeout 3",
    "refunds.ts: holdfast/require-idempotency-key 10",
    "webhooks.ts: holdfast/require-webhook-signature 7",
  ]);
});

it("finds nothing in the fixed one", () => {
  expect(findingsIn("payments-service-fixed")).toEqual([]);
});
