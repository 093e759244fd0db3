import { printable } from "./terminal.ts";

/** One line a name at the bottom of a terminal, replaced as things happen. */
export interface LiveLines {
  set(name: string, text: string): void;
  /** Takes the lines away, so that other text can be printed in their place. */
  clear(): void;
}

export function liveLines(stream: NodeJS.WriteStream): LiveLines {
  const lines = new Map<string, string>();
  let drawn = 0;
  const erase = () => {
    if (drawn > 0) stream.write(`\u001b[${drawn}A\u001b[J`);
    drawn = 0;
  };
  return {
    set(name, text) {
      lines.set(name, text);
      erase();
      // More lines than the terminal has could not be erased again.
      const shown = [...lines.values()].slice(-Math.max(1, (stream.rows || 24) - 2));
      for (const line of shown) stream.write(`${fitted(line, stream.columns || 80)}\n`);
      drawn = shown.length;
    },
    clear() {
      erase();
      lines.clear();
    },
  };
}

function fitted(line: string, columns: number): string {
  const text = printable(line);
  return text.length < columns ? text : `${text.slice(0, columns - 2)}…`;
}
