import { open } from "node:fs/promises";
import { join } from "node:path";
import { AuditError, fromSystem } from "../error.ts";
import { FILES } from "./files.ts";
import { rawLines } from "./lines.ts";
import { parseLine, type AuditRecord } from "./record.ts";

/**
 * Reads records in order, without judging them: that is `verifyAuditLog`. A half-written last line is left out.
 * @param options.since records of this time or later (a Date, or an ISO 8601 text).
 * @throws AuditError `log-damaged` naming the line that cannot be read; `not-found`, `denied`.
 */
export async function* readRecords(
  directory: string,
  options: { since?: Date | string | undefined; secret?: string | undefined } = {},
): AsyncGenerator<AuditRecord> {
  const sinceMs = options.since === undefined ? -Infinity : new Date(options.since).getTime();
  if (Number.isNaN(sinceMs))
    throw new AuditError("invalid-record", `"since" must be an ISO 8601 time, not ${JSON.stringify(options.since)}.`);
  const file = join(directory, FILES.records);
  const handle = await open(file, "r").catch((error: unknown) => {
    throw fromSystem(error, "read the audit log", file, "Nothing was changed.");
  });
  try {
    let number = 0;
    for await (const line of rawLines(handle)) {
      if (!line.complete) return;
      number += 1;
      const parsed = parseLine(line.bytes);
      if (!parsed.ok)
        throw new AuditError(
          "log-damaged",
          `Line ${number} of ${file} ${parsed.reason}. Run "holdfast audit verify" to see what else was changed.`,
        );
      const { record } = parsed;
      if (Date.parse(record.time) >= sinceMs && (options.secret === undefined || record.secret === options.secret)) yield record;
    }
  } finally {
    await handle.close();
  }
}
