import type { RetryLayer } from "../calls/outbound-call.ts";
import type { SourceFile } from "../calls/source-file.ts";
import type { Edit } from "./edit.ts";
import { isWrittenInPlace, writeNumber } from "./number-literal.ts";
import { writeOption } from "./options-object.ts";

export interface RetriesEdit {
  readonly edits: readonly Edit[];
  /** Whether the edit changes this layer's retries and nothing else, so that it needs no second look. */
  readonly keepsMeaning: boolean;
}

/** Sets how often a layer repeats, in this file: where the number stands, or as an option where the library's default holds. */
export function writeRetries(layer: RetryLayer, count: number, file: SourceFile): RetriesEdit | undefined {
  const { origin, retries, by, options } = layer;
  if (origin.file !== file) return undefined;
  if (retries.kind === "known") {
    const edits = writeNumber(origin.node, layer.literalFor?.(count) ?? String(count));
    return edits && { edits, keepsMeaning: isWrittenInPlace(origin.node) };
  }
  const option = typeof by === "string" ? undefined : by.write?.retries?.(count);
  const edits = option && options && writeOption(options, option, file.text);
  return edits && { edits, keepsMeaning: false };
}

/** One layer repeats, at most `count` times, and the others not at all; undefined when one of them cannot be written here. */
export function leaveTo(kept: RetryLayer, layers: readonly RetryLayer[], count: number, file: SourceFile): Edit[] | undefined {
  const edits: Edit[] = [];
  for (const layer of layers) {
    if (layer === kept && layer.retries.kind !== "unknown" && layer.retries.value <= count) continue;
    const edit = writeRetries(layer, layer === kept ? count : 0, file);
    if (!edit) return undefined;
    edits.push(...edit.edits);
  }
  return edits;
}
