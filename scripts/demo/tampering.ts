import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Flips one bit in the middle of a log's records and says where. */
export function flipOneByte(log: string): string {
  const file = join(log, "records.jsonl");
  const bytes = readFileSync(file);
  const at = bytes.indexOf('"secret":"', Math.floor(bytes.length / 2)) + '"secret":"'.length;
  const before = bytes[at] ?? 0;
  bytes[at] = before ^ 1;
  writeFileSync(file, bytes);
  const line = bytes.subarray(0, at).toString("utf8").split("\n").length;
  return `In a copy of the log, byte ${at} (line ${line}) was changed from "${String.fromCharCode(before)}" to "${String.fromCharCode(before ^ 1)}".`;
}
