import type { Terminal } from "../output/terminal.ts";

const firstAfterMs = 700;
const everyMs = 100;

/** `Linting 812 of 5000 files` at the bottom of a terminal, for runs long enough to wonder. */
export function progressLine(stream: NodeJS.WriteStream, { interactive }: Terminal) {
  let next = Date.now() + firstAfterMs;
  let drawn = false;
  return {
    show(done: number, total: number): void {
      if (!interactive || Date.now() < next) return;
      next = Date.now() + everyMs;
      drawn = true;
      stream.write(`\r\u001b[KLinting ${done} of ${total} files`);
    },
    clear(): void {
      if (drawn) stream.write("\r\u001b[K");
    },
  };
}
