import { archiveName, type PlacedLine } from "../log/archives.ts";
import { FILES } from "../log/files.ts";
import { parseLine } from "../log/record.ts";
import { EMPTY_ROOT } from "../tree/merkle.ts";
import type { Finding } from "./verify.ts";

interface Seen {
  readonly leaf: string;
  readonly prev: string;
  readonly place: Place;
}

type Place = Pick<PlacedLine, "file" | "line">;

/** Names the record a change concerns, from sequences and from the hash each record holds of the one before. */
export function createSequenceCheck(findings: Finding[]) {
  const seen = new Map<number, Seen>();
  const unreadable = new Set<number>();
  const open = new Map<number, Place>();
  const intents = new Set<number>();
  let highest = -1;
  let expected = 0;

  return {
    add({ bytes, file, line, first }: PlacedLine, leaf: string): void {
      const place = { file, line };
      const where = placeOf(place);
      if (line === 1 && first !== undefined) expected = first;
      const parsed = parseLine(bytes);
      if (!parsed.ok) {
        unreadable.add(expected);
        findings.push({
          code: parsed.code,
          severity: "error",
          sequence: expected,
          ...place,
          message: `${capital(where)} ${parsed.reason}.`,
        });
        expected += 1;
        return;
      }
      const { sequence, prev, kind, intent, torn } = parsed.record;
      if (line === 1 && first !== undefined && first !== sequence)
        findings.push({
          code: "renamed",
          severity: "error",
          sequence,
          ...place,
          message: `The archive ${file} begins with record ${sequence}: it was renamed or is not whole.`,
        });
      expected = sequence + 1;
      const earlier = seen.get(sequence);
      const at = { severity: "error", sequence, ...place } as const;
      if (earlier?.leaf === leaf)
        return void findings.push({
          ...at,
          code: "duplicated",
          message: `${capital(where)} repeats record ${sequence} of ${placeOf(earlier.place)}.`,
        });
      if (earlier)
        return void findings.push({
          ...at,
          code: "inserted",
          message: `${capital(where)} is another record ${sequence}; the first is on ${placeOf(earlier.place)}.`,
        });
      if (sequence < highest)
        findings.push({ ...at, code: "reordered", message: `Record ${sequence} is on ${where}, after record ${highest}.` });
      seen.set(sequence, { leaf, prev, place });
      highest = Math.max(highest, sequence);
      if (kind === "intent") {
        intents.add(sequence);
        open.set(sequence, place);
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
      let next = 0;
      for (const sequence of sequences) {
        if (sequence > next) reportGap(next, sequence - 1);
        const before = seen.get(sequence - 1);
        const { prev, place } = seen.get(sequence)!;
        if (sequence === 0 && prev !== EMPTY_ROOT.toString("hex"))
          findings.push({
            code: "edited",
            severity: "error",
            sequence,
            ...place,
            message: `Record 0 (${placeOf(place)}) does not begin a log: it names a record before it.`,
          });
        if (before && before.leaf !== prev)
          findings.push({
            code: "edited",
            severity: "error",
            sequence: sequence - 1,
            ...before.place,
            message: `Record ${sequence - 1} (${placeOf(before.place)}) is not the one record ${sequence} was written after: it, or the "prev" of record ${sequence}, was changed.`,
          });
        next = sequence + 1;
      }
      for (const [sequence, place] of open)
        findings.push({
          code: "unfinished",
          severity: "warning",
          sequence,
          ...place,
          message: `Intent ${sequence} (${placeOf(place)}) has no outcome: it is under way, or its process was stopped. "holdfast resume" finishes a rotation.`,
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
    // An archive ends where another file begins.
    const before = seen.get(from - 1)?.place.file;
    const after = seen.get(to + 1)!.place;
    const isArchive = after.line === 1 && before !== after.file;
    const archive = isArchive ? `, and with ${from === to ? "it" : "them"} the archive ${archiveName(from)}` : "";
    findings.push({ code: "removed", severity: "error", sequence: from, message: `${which} missing${archive}.` });
  }
}

function placeOf({ file, line }: Place): string {
  return file === FILES.records ? `line ${line}` : `line ${line} of ${file}`;
}

function capital(text: string): string {
  return `L${text.slice(1)}`;
}
