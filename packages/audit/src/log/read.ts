import { AuditError } from "../error.ts";
import { linesOf } from "./archives.ts";
import { parseLine, type AuditRecord } from "./record.ts";

/** Which records are wanted; all that is given must hold. */
export interface RecordFilter {
  /** Records of this time or later (a Date, or an ISO 8601 text). */
  readonly since?: Date | string | undefined;
  /** Records before this time. */
  readonly until?: Date | string | undefined;
  readonly secret?: string | undefined;
  /** `rotate`, `read`, …; of a record that is no act, its kind. */
  readonly action?: string | undefined;
}

/**
 * Reads records in order, those of archives first, without judging them: that is `verifyAuditLog`. A half-written last line is left out.
 * @throws AuditError `log-damaged` naming the line that cannot be read; `not-found`, `denied`; `invalid-record` for a time that is none.
 */
export async function* readRecords(directory: string, filter: RecordFilter = {}): AsyncGenerator<AuditRecord> {
  const sinceMs = timeOf("since", filter.since) ?? Number.NEGATIVE_INFINITY;
  const untilMs = timeOf("until", filter.until) ?? Number.POSITIVE_INFINITY;
  for await (const { bytes, complete, file, line } of linesOf(directory)) {
    if (!complete) continue;
    const parsed = parseLine(bytes);
    if (!parsed.ok)
      throw new AuditError(
        "log-damaged",
        `Line ${line} of ${file} in ${directory} ${parsed.reason}. Run "holdfast audit verify" to see what else was changed.`,
      );
    const { record } = parsed;
    const timeMs = Date.parse(record.time);
    if (timeMs < sinceMs || timeMs >= untilMs) continue;
    if (filter.secret !== undefined && record.secret !== filter.secret) continue;
    if (filter.action !== undefined && (record.action ?? record.kind) !== filter.action) continue;
    yield record;
  }
}

function timeOf(name: string, time: Date | string | undefined): number | undefined {
  if (time === undefined) return undefined;
  const ms = new Date(time).getTime();
  if (Number.isNaN(ms)) throw new AuditError("invalid-record", `"${name}" must be an ISO 8601 time, not ${JSON.stringify(time)}.`);
  return ms;
}
