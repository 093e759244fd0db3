import type { ParsedLine } from "../log/record.ts";
import { EMPTY_ROOT } from "../tree/merkle.ts";
import type { Finding } from "./verify.ts";

interface Seen {
  readonly leaf: string;
  readonly prev: string;
  readonly line: number;
}

/** Names the record a change concerns, from sequences and from the hash each record holds of the one before. */
export function createSequenceCheck(findings: Finding[]) {
  const seen = new Map<number, Seen>();
  const unreadable = new Set<number>();
  const open = new Map<number, number>();
  const intents = new Set<number>();
  let highest = -1;

  return {
    /** `line` counts from 1. */
    add(parsed: ParsedLine, leaf: string, line: number): void {
      if (!parsed.ok) {
        unreadable.add(line - 1);
        findings.push({ code: parsed.code, severity: "error", sequence: line - 1, line, message: `Line ${line} ${parsed.reason}.` });
        return;
      }
      const { sequence, prev, kind, intent, torn } = parsed.record;
      const earlier = seen.get(sequence);
      const at = { severity: "error", sequence, line } as const;
      if (earlier?.leaf === leaf)
        return void findings.push({
          ...at,
          code: "duplicated",
          message: `Line ${line} repeats record ${sequence} of line ${earlier.line}.`,
        });
      if (earlier)
        return void findings.push({
          ...at,
          code: "inserted",
          message: `Line ${line} is another record ${sequence}; the first is on line ${earlier.line}.`,
        });
      if (sequence < highest)
        findings.push({ ...at, code: "reordered", message: `Record ${sequence} is on line ${line}, after record ${highest}.` });
      seen.set(sequence, { leaf, prev, line });
      highest = Math.max(highest, sequence);
      if (kind === "intent") {
        intents.add(sequence);
        open.set(sequence, line);
      }
      if (kind === "outcome" && !open.delete(intent!)) {
        if (intents.has(intent!))
          findings.push({
            ...at,
            severity: "warning",
            code: "outcome-repeated",
            message: `Record ${sequence} is a second outcome of intent ${intent}.`,
          });
        else
          findings.push({
            ...at,
            code: "outcome-without-intent",
            message: `Record ${sequence} is the outcome of record ${intent}, which is no intent before it.`,
          });
      }
      if (kind === "recovered")
        findings.push({
          ...at,
          severity: "warning",
          code: "recovered",
          message: `Before record ${sequence}, ${torn?.bytes ?? "some"} bytes of a record a crash left unfinished were moved to ${torn?.file ?? "a file"}.`,
        });
    },

    end(): void {
      const sequences = [...seen.keys()].sort((a, b) => a - b);
      let expected = 0;
      for (const sequence of sequences) {
        if (sequence > expected) reportGap(expected, sequence - 1);
        const before = seen.get(sequence - 1);
        const { prev, line } = seen.get(sequence)!;
        if (sequence === 0 && prev !== EMPTY_ROOT.toString("hex"))
          findings.push({
            code: "edited",
            severity: "error",
            sequence,
            line,
            message: `Record 0 (line ${line}) does not begin a log: it names a record before it.`,
          });
        if (before && before.leaf !== prev)
          findings.push({
            code: "edited",
            severity: "error",
            sequence: sequence - 1,
            line: before.line,
            message: `Record ${sequence - 1} (line ${before.line}) is not the one record ${sequence} was written after: it, or the "prev" of record ${sequence}, was changed.`,
          });
        expected = sequence + 1;
      }
      for (const [sequence, line] of open)
        findings.push({
          code: "unfinished",
          severity: "warning",
          sequence,
          line,
          message: `Intent ${sequence} (line ${line}) has no outcome: it is under way, or its process was stopped. "holdfast resume" finishes a rotation.`,
        });
    },
  };

  function reportGap(from: number, to: number): void {
    if (
      to - from < 1_000 &&
      Array.from({ length: to - from + 1 }, (_, index) => from + index).every((sequence) => unreadable.has(sequence))
    )
      return;
    const which = from === to ? `Record ${from} is` : `Records ${from} to ${to} are`;
    findings.push({ code: "removed", severity: "error", sequence: from, message: `${which} missing.` });
  }
}
