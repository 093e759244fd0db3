import type { OptionText, OptionWriter } from "../calls/library.ts";
import type { RetryLayer } from "../calls/outbound-call.ts";
import type { SourceFile } from "../calls/source-file.ts";
import type { Edit } from "./edit.ts";
import { writeOption } from "./options-object.ts";

/** Writes an option of a retry library where the layer's options stand; undefined when that is another file, or no such option exists. */
export function writeLayerOption(
  { by, options }: RetryLayer,
  file: SourceFile,
  optionOf: (write: OptionWriter, callee: string) => OptionText | undefined,
): Edit[] | undefined {
  if (typeof by === "string" || !by.write || !options || !isIn(options.node, file)) return undefined;
  const { callee } = options.node;
  const option = optionOf(by.write, file.text.slice(...callee.range));
  return option && writeOption(options, option, file.text);
}

function isIn(node: NonNullable<RetryLayer["options"]>["node"], { calls }: SourceFile): boolean {
  return calls.includes(node);
}
