import { type Failure, sentenceOf } from "../failure.ts";
import { answerLine } from "./json.ts";
import { terminalOf, wrap } from "./terminal.ts";

/** Prints what ended the command: for a person on standard error, with `--json` as `{ "error": … }` on standard output. */
export function reportFailure(failure: Failure, argv: readonly string[]): void {
  if (failure.code === "help") return;
  if (wantsJson(argv)) {
    process.stdout.write(answerLine({ error: failure }));
    return;
  }
  const lines = (failure.text.lines ?? []).map((line) => `  ${line}\n`);
  const { interactive, columns } = terminalOf(process.stderr);
  const text = `holdfast: ${sentenceOf(failure.text)}`;
  process.stderr.write(`${interactive ? wrap(text, columns).join("\n") : text}\n${lines.join("")}`);
}

function wantsJson(argv: readonly string[]): boolean {
  const own = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  if (own[2] === "exec" || own[2] === "pull") return false;
  return own.some(
    (argument, index) => argument === "--json" || argument === "--format=json" || (argument === "--format" && own[index + 1] === "json"),
  );
}
