import pico from "picocolors";

export { printable } from "./printable.ts";

/** The reader at the other end of a stream: colours and width only where a person looks. */
export interface Terminal {
  readonly interactive: boolean;
  readonly columns: number;
  readonly colors: ReturnType<typeof pico.createColors>;
}

export function terminalOf(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv = process.env): Terminal {
  const interactive = stream.isTTY === true && env["TERM"] !== "dumb";
  const forced = Boolean(env["FORCE_COLOR"]) && env["FORCE_COLOR"] !== "0";
  return {
    interactive,
    columns: Math.min(Math.max(stream.columns || 100, 40), 140),
    colors: pico.createColors(!env["NO_COLOR"] && (interactive || forced)),
  };
}

/** A file: nobody watches, and no colours. */
export const plain: Terminal = { interactive: false, columns: 100, colors: pico.createColors(false) };

/** Breaks at spaces so that no line is longer than `width`; a longer word stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/u)) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  return line ? [...lines, line] : lines;
}

/** Both ends of a URL, a path or a piece of code tell more than its middle. */
export function cutInMiddle(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const end = Math.floor((longest - 1) / 2);
  return `${text.slice(0, longest - 1 - end).replace(/…$/u, "")}…${text.slice(-end).replace(/^…/u, "")}`;
}

/** A hyperlink (OSC 8) where a person looks and escape sequences are welcome; terminals that do not know it show the text alone. */
export function linkTo(url: string, text: string, { interactive, colors }: Pick<Terminal, "interactive" | "colors">): string {
  return interactive && colors.isColorSupported ? `\u001b]8;;${url}\u001b\\${text}\u001b]8;;\u001b\\` : text;
}

/** Columns as wide as their longest cell, two spaces between them. */
export function table(
  rows: readonly (readonly string[])[],
  paint: (cell: string, column: number, row: number) => string = (cell) => cell,
): string {
  const widths = rows.reduce<number[]>((widest, row) => row.map((cell, column) => Math.max(widest[column] ?? 0, cell.length)), []);
  return rows
    .map((row, rowIndex) =>
      row
        .map(
          (cell, column) =>
            paint(cell, column, rowIndex) + (column === row.length - 1 ? "" : " ".repeat((widths[column] ?? 0) - cell.length + 2)),
        )
        .join("")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** `1 error`, `2 errors`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
}
