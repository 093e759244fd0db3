import { basename } from "node:path";

import { type LaunchFailure, launchFailures, type RuleInfo, rules } from "@holdfast/engine";

import manifest from "../../../package.json" with { type: "json" };
import { shownPath } from "../../output/shown-path.ts";
import { count } from "../../output/terminal.ts";
import { findingName, inOrder, type LintMessage, tallyOf } from "../linted-file.ts";
import type { LintRun } from "../lint-files.ts";
import { escaped, type Html, html as markup, joined } from "./markup.ts";
import { style } from "./html-style.ts";

/** A report in one file, grouped by the five launch failures: nothing is loaded, nothing runs, and it prints. */
export function html({ files, problems }: LintRun, { folder, at }: { readonly folder: string; readonly at: Date }): string {
  const found = files.flatMap(({ path, messages }) => inOrder(messages).map((message) => ({ path, message })));
  const silenced = files.flatMap(({ path, suppressed }) => inOrder(suppressed).map((message) => ({ path, message })));
  const unread = [
    ...found.filter(({ message }) => message.fatal).map(({ path, message }) => `${placeOf(path, message)}: ${message.message}`),
    ...problems.map(({ message }) => message),
  ];
  const unused = found
    .filter(({ message }) => message.ruleId === null && !message.fatal)
    .map(({ path, message }) => `${placeOf(path, message)}: ${message.message}`);
  const sections = numbers.map((failure) => ({
    failure,
    rules: ruleList.filter((rule) => rule.failure === failure),
    found: found.filter(({ message }) => rules.get(message.ruleId ?? "")?.failure === failure),
  }));
  const title = `Launch check of ${basename(folder)}`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${escaped(style)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="verdict">${verdict(found, files.length)}</p>
<p class="made">Holdfast ${manifest.version}, <time datetime="${at.toISOString()}">${at.toISOString().slice(0, 16).replace("T", " ")} UTC</time></p>
</header>
<nav aria-label="Launch failures">
<table>
<thead><tr><th scope="col">Launch failure</th><th scope="col">Errors</th><th scope="col">Warnings</th></tr></thead>
<tbody>
${joined(sections.map(overviewRow))}</tbody>
</table>
</nav>
<main>
${joined(sections.map(section))}${leftOver("unread", "Not judged", unread)}${leftOver("unused", "Disable comments that silence nothing", unused)}${silencedPart(silenced)}</main>
</body>
</html>
`.text;
}

interface Found {
  readonly path: string;
  readonly message: LintMessage;
}

interface Section {
  readonly failure: LaunchFailure;
  readonly rules: readonly RuleInfo[];
  readonly found: readonly Found[];
}

const numbers = Object.keys(launchFailures).map(Number) as LaunchFailure[];
const ruleList = [...rules.values()];

function verdict(found: readonly Found[], files: number): string {
  const { errors, warnings } = tallyOf(found.map(({ message }) => message));
  if (errors + warnings === 0) return `No findings in ${count(files, "file")}.`;
  const parts = [errors > 0 && count(errors, "error"), warnings > 0 && count(warnings, "warning")].filter(Boolean);
  return `${parts.join(" and ")} in ${count(files, "file")}.`;
}

function overviewRow({ failure, rules, found }: Section): Html {
  const { errors, warnings } = tallyOf(found.map(({ message }) => message));
  const name = markup`<th scope="row"><a href="#failure-${failure}">${failure}. ${launchFailures[failure]}</a></th>`;
  if (rules.length === 0) return markup`<tr>${name}<td colspan="2">not checked</td></tr>\n`;
  return markup`<tr>${name}<td>${errors}</td><td>${warnings}</td></tr>\n`;
}

function section({ failure, rules, found }: Section): Html {
  const byRule = rules.map((rule) => ({ rule, found: found.filter(({ message }) => message.ruleId === rule.id) }));
  const nothing = rules.length === 0 ? "No rule of this version looks for it." : `Nothing found by ${count(rules.length, "rule")}.`;
  return markup`<section aria-labelledby="failure-${failure}">
<h2 id="failure-${failure}">${failure}. ${launchFailures[failure]}</h2>
${found.length === 0 ? markup`<p class="nothing">${nothing}</p>` : joined(byRule.filter(({ found }) => found.length > 0).map(ruleGroup))}
</section>
`;
}

function ruleGroup({ rule, found }: { readonly rule: RuleInfo; readonly found: readonly Found[] }): Html {
  return markup`<h3><a href="${rule.url}">${rule.id}</a></h3>
<p class="rule">${rule.description}.</p>
<ul class="findings">
${joined(found.map(finding))}</ul>
`;
}

function finding({ path, message }: Found): Html {
  const { severity, fix, suggestions = [] } = message;
  const [level, word] = severity === 2 ? ["error", "Error"] : ["warning", "Warning"];
  const remedies = [...(fix ? ["holdfast check --fix mends it."] : []), ...suggestions.map(({ desc }) => desc)];
  return markup`<li class="${level}">
<p class="place"><span class="level">${word}</span> <code>${placeOf(path, message)}</code></p>
<p>${joined(quotedCode(message.message))}</p>
${remedies.length > 0 && markup`<ul class="remedies" aria-label="Ways out">${joined(remedies.map((remedy) => markup`<li>${remedy}</li>`))}</ul>`}</li>
`;
}

/** Names in messages stand between backticks. */
function quotedCode(message: string): Html[] {
  return message.split(/`(?<code>[^`]+)`/u).map((part, index) => (index % 2 === 1 ? markup`<code>${part}</code>` : markup`${part}`));
}

function leftOver(id: string, title: string, lines: readonly string[]): Html | false {
  return (
    lines.length > 0 &&
    markup`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
<ul>${joined(lines.map((line) => markup`<li>${line}</li>`))}</ul>
</section>
`
  );
}

function silencedPart(silenced: readonly Found[]): Html | false {
  return leftOver(
    "silenced",
    "Silenced",
    silenced.map(({ path, message }) => {
      const { suppressions = [] } = message as { suppressions?: readonly { readonly kind: string; readonly justification: string }[] };
      const reasons = suppressions.map(
        ({ kind, justification }) => justification || (kind === "file" ? "eslint-suppressions.json" : "no reason given"),
      );
      return `${placeOf(path, message)} ${findingName(message)}: ${reasons.join(", ")}`;
    }),
  );
}

function placeOf(path: string, { line, column }: LintMessage): string {
  return `${shownPath(path)}:${line}:${column}`;
}
