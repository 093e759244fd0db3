import type { Linter } from "eslint";
import { describe, expect, it } from "vitest";

import plugin from "../src/index.ts";

/** How findings are silenced in ESLint, in code and in text files alike; bulk suppressions are tested with the command, which honours them too. */
const rule = "holdfast/no-hardcoded-secrets";
const key = ["sk", "live", "4eC39HqLyjWDarjtT1zdp7dc"].join("_");
const config: Linter.Config[] = [
  { files: ["**/*.js"], plugins: { holdfast: plugin as never }, rules: { [rule]: "error" } },
  ...plugin.configs.secrets,
  { linterOptions: { reportUnusedDisableDirectives: "warn" } },
];

const comments: readonly (readonly [file: string, line: string, comment: (text: string) => string])[] = [
  ["a.js", `pay("${key}");`, (text) => `// ${text}`],
  [".env", `KEY=${key}`, (text) => `# ${text}`],
  ["a.yaml", `key: ${key}`, (text) => `# ${text}`],
  ["a.jsonc", `{ "key": "${key}" }`, (text) => `// ${text}`],
  ["a.xml", `<key>${key}</key>`, (text) => `<!-- ${text} -->`],
];

describe.each(["eslint", "eslint-9.20"])("under %s", (version) => {
  it.each(comments)("a comment in %s silences the next line, and its reason is kept", async (file, line, comment) => {
    const { messages, suppressed } = await verify(
      version,
      file,
      `${comment(`eslint-disable-next-line ${rule} -- revoked in May`)}\n${line}\n${line}\n`,
    );
    expect(messages.map(({ ruleId, line }) => [ruleId, line])).toEqual([[rule, 3]]);
    expect(suppressed).toEqual([expect.objectContaining({ suppressions: [{ kind: "directive", justification: "revoked in May" }] })]);
  });

  it.each(comments)("a comment in %s that silences nothing is told, and taken away by its fix", async (file, line, comment) => {
    const harmless = line.replace(key, "1");
    const text = `${comment(`eslint-disable-next-line ${rule} -- was a key`)}\n${harmless}\n`;
    const { messages, output } = await verify(version, file, text);
    const message = `Unused eslint-disable directive (no problems were reported from '${rule}').`;
    expect(messages).toEqual([expect.objectContaining({ ruleId: null, severity: 1, line: 1, message })]);
    expect(output.trim()).toBe(harmless);
  });
});

async function verify(version: string, filename: string, text: string) {
  const { Linter: VersionLinter } = (await import(version)) as { readonly Linter: typeof Linter };
  const linter = new VersionLinter({ configType: "flat", cwd: "/" });
  const messages = linter.verify(text, config, { filename: `/${filename}` });
  const { getSuppressedMessages } = linter as unknown as { getSuppressedMessages(): Linter.SuppressedLintMessage[] };
  const suppressed = getSuppressedMessages.call(linter);
  return { messages, suppressed, output: linter.verifyAndFix(text, config, { filename: `/${filename}` }).output };
}
