import { existsSync } from "node:fs";
import { resolve } from "node:path";

import { type AuditRecord, readRecords } from "@holdfast/audit";

import { type ExitCode, exitCodes } from "../failure.ts";
import { count, printable, table, terminalOf } from "../output/terminal.ts";
import { openPolicy } from "../policy-file.ts";

export interface AuditShowOptions {
  readonly secret?: string;
  readonly json?: boolean;
  readonly policy?: string;
}

/** `holdfast audit show`: the records as they are, without judging them. */
export async function auditShow(options: AuditShowOptions): Promise<ExitCode> {
  const { directory, policy } = await openPolicy(options.policy);
  const log = resolve(directory, policy.audit.log);
  if (!existsSync(log)) {
    if (!options.json) process.stdout.write("There is no audit log yet: the first rotation or read begins it.\n");
    return exitCodes.done;
  }
  const records = readRecords(log, { secret: options.secret });
  if (options.json) {
    for await (const record of records) process.stdout.write(`${JSON.stringify(record)}\n`);
    return exitCodes.done;
  }
  const rows = [];
  for await (const record of records) rows.push(row(record));
  const { colors } = terminalOf(process.stdout);
  const heading = ["#", "TIME", "WHO", "WHAT", "SECRET", "GEN", "RESULT"];
  process.stdout.write(
    rows.length === 0
      ? `The audit log has no record${options.secret === undefined ? "" : ` of ${printable(options.secret)}`}.\n`
      : table([heading, ...rows], (cell, _, at) => (at === 0 ? colors.dim(cell) : cell)),
  );
  if (rows.length > 0)
    process.stderr.write(`${count(rows.length, "record")}; holdfast audit verify checks that they are what was written.\n`);
  return exitCodes.done;
}

function row({ sequence, time, actor, kind, action, secret, phase, generation, result, error, intent }: AuditRecord): string[] {
  return [
    String(sequence),
    time.replace(/\.\d+Z$/u, "Z"),
    actor.user,
    [kind === "outcome" ? `└ outcome of ${intent}` : (action ?? kind), kind !== "outcome" && phase].filter(Boolean).join(" "),
    secret ?? "",
    generation === undefined ? "" : String(generation),
    kind === "outcome" ? [result, error].filter(Boolean).join(" ") : kind === "intent" ? "…" : "",
  ].map((cell) => printable(cell));
}
