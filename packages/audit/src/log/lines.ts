import type { FileHandle } from "node:fs/promises";

export interface RawLine {
  readonly complete: boolean;
  readonly bytes: Buffer;
  /** Length in the file, without the newline; more than `bytes` has when the line was cut. */
  readonly length: number;
}

/** More than any line the log writes. What goes beyond is left out, so that a file without newlines does not fill the memory. */
const MAX_KEPT_BYTES = 1 << 17;

/** Splits the bytes from `start` to the end at newlines; the last line may lack its own (`complete: false`). */
export async function* rawLines(handle: FileHandle, start = 0): AsyncGenerator<RawLine> {
  const chunk = Buffer.allocUnsafe(1 << 18);
  let position = start;
  let parts: Buffer[] = [];
  let length = 0;
  const keep = (part: Buffer) => {
    if (length < MAX_KEPT_BYTES) parts.push(part.subarray(0, MAX_KEPT_BYTES - length));
    length += part.length;
  };
  for (;;) {
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    const data = Buffer.from(chunk.subarray(0, bytesRead));
    let from = 0;
    for (let newline = data.indexOf(10); newline !== -1; newline = data.indexOf(10, from)) {
      keep(data.subarray(from, newline));
      yield { complete: true, bytes: parts.length === 1 ? parts[0]! : Buffer.concat(parts), length };
      parts = [];
      length = 0;
      from = newline + 1;
    }
    if (from < data.length) keep(data.subarray(from));
  }
  if (parts.length > 0) yield { complete: false, bytes: Buffer.concat(parts), length };
}
