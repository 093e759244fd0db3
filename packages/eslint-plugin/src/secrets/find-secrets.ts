import type { ValueSyntax } from "./assigned-value.ts";
import { credentialAssignments } from "./assignments.ts";
import type { FileKind } from "./file-kind.ts";
import type { SecretFinding } from "./finding.ts";
import { findFormats } from "./find-formats.ts";
import { judgeNamedValue, type ValueContext } from "./judge.ts";
import { publicClientSetting } from "./public-client.ts";

/** What of a file is searched, and for what. */
export interface SecretScope {
  readonly kind: FileKind;
  /** Whether samples are judged as if they were part of the product. */
  readonly samples: "formats" | "all";
  readonly additionalNames: RegExp | undefined;
}

/** Every credential of a text that is not code, in the order of the text. Takes time linear in the text. */
export function findSecretsInText(text: string, scope: SecretScope): SecretFinding[] {
  const { kind, additionalNames } = scope;
  const byName = looksAtNames(scope)
    ? findAssignedSecrets(text, { syntax: kind.syntax, prose: kind.purpose === "prose", additionalNames })
    : [];
  return merged(findFormatsIn(text, scope), byName);
}

/** Names count where values are meant to work: not in samples, nor in texts for people. */
export function looksAtNames({ kind, samples }: SecretScope): boolean {
  return kind.purpose === "product" || kind.purpose === "prose" || (kind.purpose === "sample" && samples === "all");
}

/** What formats give away. The generic ones count in the product's own files, where documentation and tests do not show how one looks. */
export function findFormatsIn(text: string, { kind, samples }: SecretScope): SecretFinding[] {
  const generic = kind.purpose === "product" || (kind.purpose === "sample" && samples === "all");
  return findFormats(text).filter(({ evidence }) => generic || evidence.by === "format");
}

/** The credentials of a text that a name gives away. Positions count from `offset`. */
export function findAssignedSecrets(
  text: string,
  {
    syntax,
    prose,
    additionalNames,
    offset = 0,
  }: { readonly syntax: ValueSyntax; readonly prose: boolean; readonly additionalNames?: RegExp | undefined; readonly offset?: number },
): SecretFinding[] {
  const findings: SecretFinding[] = [];
  for (const { name, value, range } of credentialAssignments(text, syntax)) {
    const context: ValueContext = prose ? "prose" : isRecord(text, range[0]) ? "record" : "assignment";
    if (publicClientSetting.test(text.slice(Math.max(0, range[0] - recordReach), range[1] + recordReach))) continue;
    const finding = judgeNamedValue({ name, value, range: [range[0] + offset, range[1] + offset], context }, additionalNames);
    if (finding) findings.push(finding);
  }
  return findings;
}

/** How far from a password its user and host stand, in characters. */
const recordReach = 240;

/** A password beside a user or a host belongs to an account, whatever it looks like. */
function isRecord(text: string, at: number): boolean {
  return accountName.test(text.slice(Math.max(0, at - recordReach), at + recordReach));
}
const accountName = /(?:^|[\s{,"'_-])(?:user|username|user_name|login|host|hostname|database)["']?\s{0,3}[:=]\s{0,3}["']?[\w.@-]{2}/im;

/** Findings in the order of the text, none inside another: a format tells more than a name, so it goes first. */
export function merged(byFormat: readonly SecretFinding[], byName: readonly SecretFinding[]): SecretFinding[] {
  const apart = byName.filter((one) => !byFormat.some((other) => one.range[0] < other.range[1] && other.range[0] < one.range[1]));
  return [...byFormat, ...apart].sort((a, b) => a.range[0] - b.range[0]);
}
