import { fileURLToPath } from "node:url";

import * as parser from "@typescript-eslint/parser";
import { Linter } from "eslint";
import { describe, expect, it } from "vitest";

import plugin from "../../src/index.ts";
import { checksOf } from "../../src/webhooks/providers/checks.ts";
import { providers } from "../../src/webhooks/providers/index.ts";
import { problemsOf } from "../rules/suggestions-compile.ts";
import { handlers } from "./suggested-checks.ts";

const folder = fileURLToPath(new URL("./", import.meta.url));
const config: Linter.Config[] = [
  { files: ["**/*.ts"], languageOptions: { parser: parser as unknown as Linter.Parser } },
  ...plugin.configs.recommended,
  { settings: { holdfast: { alsoIn: ["test"] } } },
];

/** In the folder of the tests the libraries are installed; elsewhere none is, and checks are made by hand. */
function suggested(
  { path, code }: { readonly path: string; readonly code: string },
  where = folder,
): { by: string; output: string } | undefined {
  const [suggestion] = lint(code, where + path).flatMap(({ ruleId, suggestions = [] }) =>
    ruleId === "holdfast/require-webhook-signature" ? suggestions : [],
  );
  if (!suggestion) return undefined;
  const { fix, desc } = suggestion;
  return { by: desc, output: code.slice(0, fix.range[0]) + fix.text + code.slice(fix.range[1]) };
}

function lint(code: string, filename: string): Linter.LintMessage[] {
  return new Linter({ configType: "flat", cwd: "/" }).verify(code, config, { filename });
}

const checked = providers.filter((provider) => checksOf(provider).length > 0);
const cases = checked.flatMap((provider) =>
  Object.entries(handlers).flatMap(([framework, write]) =>
    (["installed", "not installed"] as const).flatMap((libraries) => {
      const byHand = checksOf(provider).some(({ module }) => module === "node:crypto");
      // NestJS's handler is complete only beside what is installed here: nothing of it is in other folders.
      if (libraries === "not installed" && !byHand) return [];
      const where = libraries === "installed" ? folder : "/no-libraries/";
      const code = write(provider.words[0]!);
      return [
        {
          name: `${provider.name}, ${framework}, libraries ${libraries}`,
          where: where + code.path,
          ...code,
          found: suggested(code, where),
        },
      ];
    }),
  ),
);
const modules = cases.map(({ found, code }) => found?.output ?? code);
const problems = problemsOf(modules);

describe("the check that require-webhook-signature suggests", () => {
  it.each(cases)("compiles and leaves nothing to report: $name", ({ found, where }) => {
    expect(found).toBeDefined();
    expect(problems[modules.indexOf(found!.output)], found!.output).toEqual([]);
    expect(
      lint(found!.output, where).map(({ ruleId, message }) => `${ruleId} ${message}`),
      found!.output,
    ).toEqual([]);
  });
});
