import { buildPolicy } from "./build-policy.ts";
import { tieFindings } from "./checks/ties.ts";
import { looksSecret, secretsInClear } from "./checks/secret-in-clear.ts";
import type { Finding, Span } from "./finding.ts";
import type { Policy } from "./policy.ts";
import type { PolicyProblem } from "./problem.ts";
import { checkShape } from "./schema/check-shape.ts";
import { toProblems } from "./to-problems.ts";
import { readYaml } from "./yaml/read-yaml.ts";
import { unreadableText } from "./yaml/unreadable-text.ts";

export interface ParsedPolicy {
  /** Undefined when `problems` holds an error. */
  readonly policy: Policy | undefined;
  /** In the order of the file, at most 100. */
  readonly problems: readonly PolicyProblem[];
}

/**
 * Reads the text of a holdfast.yaml. Never throws; every problem has its place. Reads no file and no environment variable.
 * `file` is how problems and `Budget` sources name the file.
 */
export function parsePolicy(text: string, { file = "holdfast.yaml" }: { readonly file?: string } = {}): ParsedPolicy {
  const source = text.replace(/^\u{feff}/u, "");
  const { findings, build } = judge(source);
  const problems = toProblems(findings, source, file);
  return { policy: problems.some(({ severity }) => severity === "error") ? undefined : build?.(file), problems };
}

interface Judged {
  readonly findings: readonly Finding[];
  /** Present when the shape is right. */
  readonly build?: (file: string) => Policy;
}

function judge(source: string): Judged {
  const unreadable = unreadableText(source);
  if (unreadable) return { findings: [unreadable] };
  const yaml = readYaml(source);
  if (yaml.kind === "faults") return { findings: yaml.faults };
  const { tree, document } = yaml;
  const inClear = secretsInClear(document);
  const shape = checkShape(tree);
  const others = [...shape.findings, ...tieFindings(shape.sound, tree)];
  return {
    findings: [...inClear, ...withoutSecrets(others, inClear, source)],
    ...(shape.kind === "right" && { build: (file) => buildPolicy(shape.sound, tree, file) }),
  };
}

/** A key that is unknown because it holds a secret is said once, and nothing else may repeat what looks like one. */
function withoutSecrets(findings: readonly Finding[], inClear: readonly Finding[], source: string): Finding[] {
  const secretsAt = new Set(inClear.map(({ span }) => span.start));
  const isKeyOfSecret = ({ code, span }: Finding) => code === "unknown-key" && secretsAt.has(startOfValue(span, source));
  return findings.filter((finding) => !looksSecret(finding.message) && !secretsAt.has(finding.span.start) && !isKeyOfSecret(finding));
}

function startOfValue({ end }: Span, source: string): number {
  const between = /\s*:\s*/uy;
  between.lastIndex = end;
  return end + (between.exec(source)?.[0].length ?? 0);
}
