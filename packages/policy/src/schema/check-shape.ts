import type { core } from "zod";

import type { Finding, Path } from "../finding.ts";
import type { YamlTree } from "../yaml/tree.ts";
import { explainIssue, wordIssue } from "./explain-issue.ts";
import { policyFile, type PolicyInput } from "./policy-file.ts";

export interface Shape {
  /** `faulty`: there is an error among the findings. */
  readonly kind: "right" | "faulty";
  readonly findings: readonly Finding[];
  /** The entries without a fault of their own, so that what ties entries together is checked in the same go. */
  readonly sound: PolicyInput;
}

/** Compares the file with the schema. */
export function checkShape(tree: YamlTree): Shape {
  const { data } = tree;
  if (!isMap(data)) return { kind: "faulty", findings: [notAMap(tree)], sound: { version: 1 } };
  const result = policyFile.safeParse(data, { error: wordIssue });
  if (result.success) return { kind: "right", findings: [], sound: result.data };
  const { issues } = result.error;
  const sound = policyFile.safeParse(withoutFaulty(data, issues));
  return { kind: "faulty", findings: issues.flatMap((issue) => explainIssue(issue, tree)), sound: sound.data ?? { version: 1 } };
}

function notAMap(tree: YamlTree): Finding {
  const message = "expected a map of keys and values that begins with `version: 1`";
  return { code: "wrong-shape", severity: "error", span: tree.valueSpan([]), message };
}

/** Sections whose entries stand for themselves; another section is left out as a whole. */
const listsOfEntries = new Set(["upstreams", "stores", "secrets"]);

function withoutFaulty(data: Readonly<Record<string, unknown>>, issues: readonly core.$ZodIssue[]): Record<string, unknown> {
  const rest = structuredClone(data) as Record<string, unknown>;
  for (const { path, ...issue } of issues) {
    const [section, entry] = path as Path;
    if (section === undefined) for (const key of issue.code === "unrecognized_keys" ? issue.keys : []) delete rest[key];
    else if (entry !== undefined && listsOfEntries.has(String(section)) && isMap(rest[section])) delete rest[section][entry];
    else delete rest[section];
  }
  return { ...rest, version: 1 };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
