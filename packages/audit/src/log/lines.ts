import type { FileHandle } from "node:fs/promises";

export type RawLine = { complete: boolean; bytes: Buffer };

/** Splits the bytes from `start` to the end at newlines; the last line may lack its own (`complete: false`). */
export async function* rawLines(handle: FileHandle, start = 0): AsyncGenerator<RawLine> {
  const chunk = Buffer.allocUnsafe(1 << 18);
  let position = start;
  let parts: Buffer[] = [];
  for (;;) {
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    const data = Buffer.from(chunk.subarray(0, bytesRead));
    let from = 0;
    for (let newline = data.indexOf(10); newline !== -1; newline = data.indexOf(10, from)) {
      parts.push(data.subarray(from, newline));
      yield { complete: true, bytes: parts.length === 1 ? parts[0]! : Buffer.concat(parts) };
      parts = [];
      from = newline + 1;
    }
    if (from < data.length) parts.push(data.subarray(from));
  }
  if (parts.length > 0) yield { complete: false, bytes: Buffer.concat(parts) };
}
