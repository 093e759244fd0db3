import type { ValueSyntax } from "./assigned-value.ts";
import { credentialAssignments } from "./assignments.ts";
import type { FileKind } from "./file-kind.ts";
import type { SecretFinding } from "./finding.ts";
import { findFormats } from "./find-formats.ts";
import { judgeNamedValue, type ValueContext } from "./judge.ts";
import { publicClientSetting } from "./public-client.ts";

/**
 * What counts in tests, examples and templates. `formats`: what a provider's format gives away, and key material. `strong`: also what a generator drew
 * for a credential's name, and passwords that could be in use. `all`: every made-up password too, as if the file were part of the product.
 */
export type Samples = "formats" | "strong" | "all";

/** What of a file is searched, and for what. */
export interface SecretScope {
  readonly kind: FileKind;
  readonly samples: Samples;
  readonly additionalNames: RegExp | undefined;
}

/** Every credential of a text that is not code, in the order of the text. Takes time linear in the text. */
export function findSecretsInText(text: string, scope: SecretScope): SecretFinding[] {
  const { kind, additionalNames } = scope;
  const byName = looksAtNames(scope)
    ? findAssignedSecrets(text, {
        syntax: kind.syntax,
        contextAt: (at) => contextIn(scope, isRecord(text, at) ? "record" : "assignment"),
        additionalNames,
      })
    : [];
  return merged(findFormatsIn(text, scope), byName);
}

/** Names count where values are meant to work; not in texts for people. */
export function looksAtNames({ kind, samples }: SecretScope): boolean {
  switch (kind.purpose) {
    case "product":
    case "prose":
      return true;
    case "sample":
      return samples !== "formats";
    case "documentation":
      return samples === "all";
    case "translation":
      return false;
  }
}

/** What the purpose of a file makes of the values in it; `otherwise` is what stands around a value. */
export function contextIn({ kind, samples }: SecretScope, otherwise: ValueContext): ValueContext {
  if (kind.purpose === "prose" || kind.purpose === "documentation") return "prose";
  return kind.purpose === "sample" && samples !== "all" ? "sample" : otherwise;
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
    contextAt,
    additionalNames,
    offset = 0,
  }: {
    readonly syntax: ValueSyntax;
    /** What stands around the value at an offset. */
    readonly contextAt: (at: number) => ValueContext;
    readonly additionalNames?: RegExp | undefined;
    readonly offset?: number;
  },
): SecretFinding[] {
  const findings: SecretFinding[] = [];
  for (const { name, value, range } of credentialAssignments(text, syntax)) {
    if (publicClientSetting.test(text.slice(Math.max(0, range[0] - recordReach), range[1] + recordReach))) continue;
    const finding = judgeNamedValue(
      { name, value, range: [range[0] + offset, range[1] + offset], context: contextAt(range[0]) },
      additionalNames,
    );
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
  const formats = inOrder(byFormat);
  let next = 0;
  const apart = inOrder(byName).filter(({ range: [start, end] }) => {
    while (next < formats.length && formats[next]!.range[1] <= start) next += 1;
    return next === formats.length || formats[next]!.range[0] >= end;
  });
  return inOrder([...formats, ...apart]);
}

function inOrder(findings: readonly SecretFinding[]): SecretFinding[] {
  return findings.toSorted((a, b) => a.range[0] - b.range[0]);
}
