// Lints the code of public repositories and says how many of its findings a reader agreed with.
//   npm run accuracy                            the table of docs/accuracy.md
//   npm run accuracy -- --write                 and puts it there
//   npm run accuracy -- --list max-retries      what is to be read: up to forty findings of a rule with their labels
//   [--clones <folder>] [--repository <owner/name>] [--findings <file>]   where clones are; one repository only; keep or reuse the findings as JSON
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { type CorpusFinding, findingsIn, keyOf, shuffled } from "./findings.ts";
import { labelsOf } from "./labels.ts";
import { checkoutOf, repositories } from "./repositories.ts";
import { accuracyTable } from "./table.ts";

const page = fileURLToPath(new URL("../../../../docs/accuracy.md", import.meta.url));
const readPerRule = 40;

const { values } = parseArgs({
  options: {
    write: { type: "boolean", default: false },
    list: { type: "string" },
    clones: { type: "string" },
    repository: { type: "string" },
    findings: { type: "string" },
  },
});

const chosen = repositories().filter(({ repository }) => values.repository === undefined || repository === values.repository);
const findings = values.findings !== undefined && existsSync(values.findings) ? kept(values.findings) : measured();
if (values.findings !== undefined) writeFileSync(values.findings, JSON.stringify(findings));
if (values.list === undefined) show();
else list(values.list);

function kept(file: string): CorpusFinding[] {
  return JSON.parse(readFileSync(file, "utf8")) as CorpusFinding[];
}

function measured(): CorpusFinding[] {
  return chosen.flatMap((repository) => {
    const found = findingsIn(repository, checkoutOf(repository, values.clones));
    process.stderr.write(`${repository.repository}: ${found.length}\n`);
    return found;
  });
}

function show(): void {
  const table = accuracyTable(findings, chosen);
  process.stdout.write(`${table}\n`);
  if (!values.write) return;
  const between = /(<!-- accuracy -->\n)[\s\S]*?(\n<!-- end accuracy -->)/u;
  const text = readFileSync(page, "utf8");
  if (!between.test(text)) throw new Error("docs/accuracy.md has no place for the table");
  writeFileSync(
    page,
    text.replace(between, (_all, start: string, end: string) => `${start}\n${table}\n${end}`),
  );
}

function list(rule: string): void {
  const verdicts = new Map(labelsOf(rule).map((label) => [keyOf({ rule, ...label }), label.verdict]));
  for (const finding of shuffled(findings.filter((candidate) => candidate.rule === rule)).slice(0, readPerRule)) {
    const { repository, path, line, message, code } = finding;
    process.stdout.write(`${verdicts.get(keyOf(finding)) ?? "unread"}  ${repository} ${path}:${line}\n  ${message}\n  ${code}\n`);
  }
}
