import type { TSESLint, TSESTree } from "@typescript-eslint/utils";

import type { LibraryDefinition, OptionText } from "../calls/library.ts";
import type { OutboundCall } from "../calls/outbound-call.ts";
import { isWithin } from "../calls/source-file.ts";
import type { Origin } from "../calls/value.ts";
import { declareBefore } from "./declarations.ts";
import type { Edit } from "./edit.ts";
import { importName } from "./imports.ts";
import { writeOption } from "./options-object.ts";

/** A way to send a key with a call, as complete code. */
export interface KeyEdit {
  /** The variable that already holds one, or "a new UUID". */
  readonly from: string;
  /** The header, option or field that carries it. */
  readonly as: string;
  readonly edits: readonly Edit[];
}

/**
 * Sends a key in `header`: the variable in scope that is named for it, or a UUID made once per operation, outside everything that repeats the call.
 * Undefined where the call's options cannot be written, or where there is no place outside the repetition.
 */
export function sendKey(call: OutboundCall, header: string, sourceCode: Readonly<TSESLint.SourceCode>): KeyEdit | undefined {
  const { node } = call.origin;
  const scope = sourceCode.getScope(node);
  const existing = namesInScope(scope).find((name) => /^idempot\w*key$/iu.test(name.replaceAll("_", "")));
  const { name: as, option } = carrierOf(call.library, header);
  const write = (code: string) => {
    const written = option(code);
    return written && writeOption(call.options, written, sourceCode.text);
  };
  if (existing !== undefined) {
    const edits = write(existing);
    return edits && { from: existing, as, edits };
  }
  const uuid = importName(sourceCode.ast, { module: "node:crypto", aliases: ["crypto"], name: "randomUUID" }, (name) =>
    isInScope(scope, name),
  );
  if (!uuid) return undefined;
  const withImport = (before: readonly Edit[], edits: readonly Edit[] | undefined) =>
    edits && { from: "a new UUID", as, edits: [...before, ...edits] };
  const repeated = outermostRepetition(call);
  if (!repeated) return withImport(uuid.edits, write(`${uuid.local}()`));
  if (repeated === "unknown" || isInScope(scope, "idempotencyKey")) return undefined;
  const declaration = declareBefore(repeated, `const idempotencyKey = ${uuid.local}();`, sourceCode.text);
  return withImport([...uuid.edits, ...(declaration ?? [])], declaration && write("idempotencyKey"));
}

/** The option or field of an SDK that takes keys by itself, else the header. */
function carrierOf({ write }: LibraryDefinition, header: string): { name: string; option: (code: string) => OptionText | undefined } {
  if (!write?.idempotencyKey) return { name: header, option: (code) => write?.header?.(header, code) };
  const written = write.idempotencyKey("");
  return { name: ("path" in written && written.path.at(-1)) || header, option: (code) => write.idempotencyKey?.(code) };
}

/** The code that runs the call again, seen from the call; "unknown" when it stands elsewhere, as for a recursion or a named function. */
function outermostRepetition({ origin, retries, through }: OutboundCall): TSESTree.Node | "unknown" | undefined {
  const encloses = (place: Origin) => place.file === origin.file && isWithin(origin.node, place.node);
  const repetitions = retries.flatMap(({ wraps }) => wraps ?? []);
  const enclosing = [...repetitions, ...through].filter(encloses).map(({ node }) => node);
  if (retries.some(({ by }) => by === "recursion")) return "unknown";
  if (!repetitions.every(encloses) && !through.some(encloses)) return "unknown";
  return enclosing.reduce<TSESTree.Node | undefined>((outer, node) => (!outer || node.range[0] < outer.range[0] ? node : outer), undefined);
}

function namesInScope(scope: TSESLint.Scope.Scope): string[] {
  return [...scope.set.keys(), ...(scope.upper ? namesInScope(scope.upper) : [])];
}

function isInScope(scope: TSESLint.Scope.Scope, name: string): boolean {
  return scope.set.get(name)?.defs.length ? true : scope.upper ? isInScope(scope.upper, name) : false;
}
