import { createInterface } from "node:readline/promises";

import { exitCodes, Failure } from "./failure.ts";

/** Asks on the terminal without showing what is typed. The question goes to standard error, so that standard output stays the command's answer. */
export function askHidden(question: string): Promise<string> {
  const { stdin, stderr } = process;
  // Before the question: what is typed at once must not be shown either.
  stdin.setRawMode(true);
  stderr.write(question);
  stdin.setEncoding("utf8");
  stdin.resume();
  let typed: string[] = [];
  return new Promise<string>((resolve, reject) => {
    stdin.on("data", (text: string) => {
      for (const character of text) {
        switch (character) {
          case "\r":
          case "\n":
            resolve(typed.join(""));
            return;
          case "\u0003":
          case "\u0004":
            reject(givenUp());
            return;
          case "\u0015":
            typed = [];
            break;
          case "\b":
          case "\u007f":
            typed.pop();
            break;
          default:
            typed.push(character);
        }
      }
    });
  }).finally(() => {
    stdin.setRawMode(false);
    stdin.removeAllListeners("data");
    stdin.pause();
    stderr.write("\n");
  });
}

function givenUp(): Failure {
  return new Failure({
    code: "given-up",
    exitCode: exitCodes.usage,
    what: "No value was given",
    left: "Nothing was written",
  });
}

/** Asks a yes-or-no question where a person can answer it; no where nobody can, such as in CI. */
export async function agrees(question: string): Promise<boolean> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY || process.env["CI"]) return false;
  const terminal = createInterface({ input: stdin, output: stderr });
  // Ctrl-C and Ctrl-D are a no.
  const closed = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
  try {
    return /^y(?:es)?$/iu.test((await Promise.race([terminal.question(`${question} [y/N] `), closed])).trim());
  } finally {
    terminal.close();
  }
}
