import type { core } from "zod";

import { choice } from "../choice.ts";
import type { Finding, Path } from "../finding.ts";
import { nearest } from "../nearest.ts";
import type { YamlTree } from "../yaml/tree.ts";
import { knownKeys } from "./known-keys.ts";

/** What a finding of the schema means for a person, and where it is. */
export function explainIssue(issue: core.$ZodIssue, tree: YamlTree): Finding[] {
  const path = issue.path as Path;
  const at = valueAt(tree.data, path);
  const finding = (code: Finding["code"], message: string, span = tree.valueSpan(path)): Finding => ({
    code,
    severity: "error",
    message,
    span,
  });
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => finding("unknown-key", unknownKey(key, path, tree.data), tree.keySpan([...path, key])));
    case "invalid_key":
      return [finding("wrong-value", issue.issues[0]?.message ?? "expected another name", tree.keySpan(path))];
    case "invalid_union":
      return at === undefined
        ? [missing(path, tree, choice(optionsOf(issue)))]
        : [finding("wrong-value", `expected ${choice(optionsOf(issue))}`)];
    case "invalid_value":
      return at === undefined ? [missing(path, tree)] : [finding("wrong-value", issue.message)];
    case "invalid_type":
      if (at === undefined) return [missing(path, tree)];
      if (at === null)
        return [
          finding("wrong-shape", `nothing is given for \`${path.at(-1)}\`: add what belongs there or remove the line`, tree.keySpan(path)),
        ];
      return [finding("wrong-shape", issue.message)];
    default:
      return [finding("wrong-value", issue.message)];
  }
}

/** Words for what zod finds where the schema has none of its own. */
export function wordIssue(issue: core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `expected ${shapes[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `expected ${choice(issue.values)}`;
    default:
      return "expected another value";
  }
}

const shapes: Readonly<Record<string, string>> = {
  object: "a map of keys and values",
  record: "a map of names and their entries",
  array: "a list, such as [a, b]",
  string: "text (put numbers in quotes)",
  int: "a whole number",
  number: "a number",
};

/** Zod lists the values a union tells its variants by, but its types do not say so. */
function optionsOf(issue: core.$ZodIssueInvalidUnion): readonly unknown[] {
  return (issue as { readonly options?: readonly unknown[] }).options ?? [];
}

function missing(path: Path, tree: YamlTree, options?: string): Finding {
  const parent = path.slice(0, -1);
  const key = path.at(-1);
  const owner = parent.length === 0 ? "the file" : typeof parent.at(-1) === "number" ? "this entry" : `\`${parent.at(-1)}\``;
  const example = key === "version" ? "`version: 1`" : `\`${key}\`${options === undefined ? "" : ` (${options})`}`;
  return { code: "incomplete", severity: "error", message: `${owner} lacks ${example}`, span: tree.keySpan(parent) };
}

function unknownKey(key: string, path: Path, data: unknown): string {
  const keys = knownKeys(path, data);
  if (path.length === 1 && path[0] === "budgets" && key === "retries")
    return "unknown key `retries` in a budget: write `retries: { limit: 2 }` at the top of the file";
  const meant = nearest(key, keys);
  // What is no name may be a value that lost its key.
  const shown = /^[^\s]{1,40}$/u.test(key) ? `unknown key \`${key}\`` : "unknown key";
  return meant === undefined ? `${shown}: expected ${choice(keys)}` : `${shown}: did you mean \`${meant}\`?`;
}

function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<string | number, unknown> | null | undefined)?.[step], data);
}
