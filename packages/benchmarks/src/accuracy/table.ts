import { type CorpusFinding, keyOf } from "./findings.ts";
import { labelledRules, labelsOf, silentPlacesOf, type Site, sitesOf } from "./labels.ts";
import type { Repository } from "./repositories.ts";

/**
 * One row a rule: what it found, what of that was read, and how much of it was right; the sites that a text search gave, and how many it saw; good sites,
 * and how many of them it reported all the same. Markdown.
 */
export function accuracyTable(findings: readonly CorpusFinding[], repositories: readonly Repository[]): string {
  const rules = [...new Set([...findings.map(({ rule }) => rule), ...labelledRules()])].sort();
  const names = repositories.map(({ repository }) => repository);
  const among = (sites: readonly Site[]) => sites.filter(({ repository }) => names.includes(repository));
  const rows = rules.map((rule) =>
    row(
      rule,
      findings.filter((finding) => finding.rule === rule),
      { toReport: among(sitesOf(rule)), toLeave: among(silentPlacesOf(rule)) },
    ),
  );
  return [
    `${repositories.length} repositories, ${findings.length} findings.`,
    "",
    "| rule | findings | read | right | wrong | precision | sites searched | seen | good sites searched | reported | wrong, by kind |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

interface Sites {
  readonly toReport: readonly Site[];
  readonly toLeave: readonly Site[];
}

function row(rule: string, findings: readonly CorpusFinding[], { toReport, toLeave }: Sites): string {
  const labels = new Map(labelsOf(rule).map((label) => [keyOf({ rule, ...label }), label]));
  const read = findings.flatMap((finding) => labels.get(keyOf(finding)) ?? []);
  const wrong = read.filter(({ verdict }) => verdict === "wrong");
  const reported = (sites: readonly Site[]) => sites.filter((site) => findings.some((finding) => isAt(finding, site))).length;
  const seen = reported(toReport);
  const kinds = [...new Set(wrong.map(({ kind = "other" }) => kind))].map((kind) => ({
    kind,
    count: wrong.filter((label) => (label.kind ?? "other") === kind).length,
  }));
  return `| ${[
    `[${rule}](rules/${rule}.md)`,
    findings.length,
    read.length,
    read.length - wrong.length,
    wrong.length,
    read.length === 0 ? "–" : `${Math.round((100 * (read.length - wrong.length)) / read.length)} %`,
    toReport.length,
    toReport.length === 0 ? "–" : `${seen} (${Math.round((100 * seen) / toReport.length)} %)`,
    toLeave.length,
    toLeave.length === 0 ? "–" : reported(toLeave),
    kinds.map(({ kind, count }) => `${kind} ${count}`).join(", ") || "–",
  ].join(" | ")} |`;
}

function isAt({ repository, path, line }: CorpusFinding, site: Site): boolean {
  return repository === site.repository && path === site.path && line >= site.lines[0] && line <= site.lines[1];
}
