import { createReadStream } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

import type { Finding, Verification } from "@holdfast/audit";
import { verifyAudit } from "@holdfast/rotation";

import { type ExitCode, exitCodes } from "../failure.ts";
import { count, printable, type Terminal, terminalOf, wrap } from "../output/terminal.ts";
import { openPolicy } from "../policy-file.ts";

export interface AuditVerifyOptions {
  readonly log?: string;
  readonly json?: boolean;
  readonly policy?: string;
}

/** `holdfast audit verify`: 5 when the log is not what was signed. */
export async function auditVerify(options: AuditVerifyOptions): Promise<ExitCode> {
  const policy = openPolicy(options.policy);
  const directory = resolve(policy.directory, policy.policy.audit.log);
  const log = options.log === undefined ? directory : resolve(options.log);
  const verification = await verifyAudit({ policy, directory: log });
  if (options.json) process.stdout.write(`${JSON.stringify(verification, undefined, 2)}\n`);
  else {
    const records = await recordsAt(log, verification.findings.flatMap(lineOf));
    process.stdout.write(textOf(verification, records, log, terminalOf(process.stdout)));
  }
  return verification.ok ? exitCodes.done : exitCodes.audit;
}

function textOf(
  { ok, records, unsigned, findings }: Verification,
  lines: ReadonlyMap<number, string>,
  log: string,
  terminal: Terminal,
): string {
  const { colors } = terminal;
  const blocks = findings.map((finding) => block(finding, lines, terminal)).join("");
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const signed = unsigned > 0 ? `${records - unsigned} of them signed` : "all of them signed";
  return ok
    ? `${blocks}${colors.green("✔")} ${count(records, "record")}, ${signed}, as they were written.\n`
    : `${blocks}${colors.red("✖")} ${count(errors, "error")} in ${count(records, "record")}: ${printable(log)} is not what was signed. Keep a copy of it before anything else.\n`;
}

function block(finding: Finding, lines: ReadonlyMap<number, string>, { colors, columns }: Terminal): string {
  const paint = { error: colors.red, warning: colors.yellow, info: colors.dim }[finding.severity];
  const [line] = lineOf(finding);
  const record = line === undefined ? undefined : lines.get(line);
  return [
    `${paint(finding.severity)} ${colors.bold(finding.code)}${line === undefined ? "" : colors.dim(` line ${line}`)}`,
    ...wrap(printable(finding.message), columns - 2).map((text) => `  ${text}`),
    ...(record === undefined ? [] : [colors.dim(`  ${record}`)]),
  ]
    .map((text) => `${text}\n`)
    .join("");
}

/** Where to find the record: the finding's line, or the one its sequence should be in. */
function lineOf({ line, sequence }: Finding): number[] {
  if (line !== undefined) return [line];
  return sequence === undefined ? [] : [sequence + 1];
}

async function recordsAt(log: string, wanted: readonly number[]): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  if (wanted.length === 0) return found;
  const lines = new Set(wanted);
  const last = Math.max(...wanted);
  let number = 0;
  const input = createReadStream(join(log, "records.jsonl"), "utf8");
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      number += 1;
      if (lines.has(number)) found.set(number, recordText(line));
      if (number >= last) break;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  } finally {
    input.destroy();
  }
  return found;
}

/** A damaged line is shown as it is, cut short: what an intruder wrote may be long. */
function recordText(line: string): string {
  try {
    const { sequence, time, actor, kind, action, secret, generation, result } = JSON.parse(line) as Record<string, unknown>;
    const user = (actor as { user?: unknown } | undefined)?.user;
    const parts = [
      sequence,
      time,
      user,
      kind,
      action,
      secret,
      generation === undefined ? undefined : `generation ${String(generation)}`,
      result,
    ];
    return printable(
      `record ${parts
        .filter((part) => part !== undefined)
        .map(String)
        .join("  ")}`,
    );
  } catch {
    return printable(`record ${line.slice(0, 100)}`);
  }
}
