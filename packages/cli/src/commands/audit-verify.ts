import { createReadStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import type { Finding } from "@holdfast/audit";
import { type AuditVerification, verifyAudit } from "@holdfast/rotation";

import { type ExitCode, exitCodes } from "../failure.ts";
import { answer } from "../output/json.ts";
import { shownPath } from "../output/shown-path.ts";
import { count, printable, type Terminal, terminalOf, wrap } from "../output/terminal.ts";
import { openPolicy } from "../policy-file.ts";

export interface AuditVerifyOptions {
  readonly log?: string;
  readonly json?: boolean;
  readonly policy?: string;
}

/** `holdfast audit verify`: 5 when the log is not what was signed. */
export async function auditVerify({ log, json, policy }: AuditVerifyOptions): Promise<ExitCode> {
  const verification = await verifyAudit(await openPolicy(policy), { log });
  if (json) process.stdout.write(answer(verification));
  else {
    const records = await recordsAt(verification.directory, verification.findings.flatMap(lineOf));
    process.stdout.write(textOf(verification, log ?? shownPath(verification.directory), records, terminalOf(process.stdout)));
  }
  return verification.ok ? exitCodes.done : exitCodes.audit;
}

function textOf(verification: AuditVerification, name: string, lines: ReadonlyMap<number, string>, terminal: Terminal): string {
  const { ok, records, unsigned, findings } = verification;
  const { colors } = terminal;
  const blocks = findings.map((finding) => block(finding, lines, terminal)).join("");
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const signed = unsigned > 0 ? `${records - unsigned} of them signed` : "all of them signed";
  const verdict = ok
    ? `${colors.green("✔")} ${count(records, "record")}, ${signed}, ${records === 1 ? "is" : "are"} as written.\n`
    : `${colors.red("✖")} ${count(errors, "error")} in ${count(records, "record")}: ${printable(name)} is not what was signed. Keep a copy of it before anything else.\n`;
  return `${blocks}${verdict}${ok ? limits(verification, terminal) : ""}`;
}

/** What a verification without errors could not have noticed, and how to change that. */
function limits({ trustedFrom, anchored }: AuditVerification, { colors, columns }: Terminal): string {
  const notes = [
    trustedFrom === "key-file" &&
      "Checked with the key on this machine, which whoever can write here could have replaced: pin the key with `audit: trust:` in holdfast.yaml.",
    anchored === "not-configured" &&
      "Not compared with anything outside the log, so an older copy of all of it would pass: `audit: anchor:` keeps the newest checkpoint in a store.",
    anchored === "none-yet" && "The store has no checkpoint of this log yet; the next rotation writes one.",
  ].filter((note) => note !== false);
  return notes
    .flatMap((note) => wrap(note, columns - 2))
    .map((line) => colors.dim(`  ${line}\n`))
    .join("");
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
