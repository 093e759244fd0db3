import { Secret } from "@holdfast/rotation";

import { type ExitCode, exitCodes, Failure } from "../failure.ts";
import { printable } from "../output/terminal.ts";
import { withRotation } from "../rotation-session.ts";
import { askHidden } from "../terminal-input.ts";

export interface SetOptions {
  readonly policy?: string;
}

/** `holdfast set`: the value is never an argument, which every user of the machine could read. */
export async function set(name: string, options: SetOptions): Promise<ExitCode> {
  await withRotation(options.policy, async (rotation, { policy }) => {
    // What stands in the way shall be known before anybody types a secret.
    const [status] = await rotation.status([name]);
    if (status?.error) throw status.error;
    if (policy.secrets.some((secret) => secret.name === name && secret.rotate !== undefined)) throw madeByRotator(name);
    const value = process.stdin.isTTY ? await askHidden(`Value of ${printable(name)} (not shown): `) : await fromStandardInput();
    if (value === "") throw nothingGiven(name);
    await rotation.set(name, Secret.of(value));
    process.stdout.write(`✔ ${printable(name)} is set in ${status?.store}\n`);
  });
  return exitCodes.done;
}

function madeByRotator(name: string): Failure {
  return new Failure({
    code: "made-by-rotator",
    exitCode: exitCodes.usage,
    what: `${name} has a \`rotate:\` line, so its values are made and not set`,
    left: "Nothing was written",
    next: `Run holdfast rotate --force ${name} for a new one`,
  });
}

/** All of it but one newline at the end, which `echo` and editors add. */
async function fromStandardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes).replace(/\r?\n$/u, "");
  } catch {
    throw new Failure({
      code: "not-text",
      exitCode: exitCodes.usage,
      what: "The value is not UTF-8 text",
      left: "Nothing was written",
      next: "Encode it first, for example with base64",
    });
  }
}

function nothingGiven(name: string): Failure {
  return new Failure({
    code: "no-value",
    exitCode: exitCodes.usage,
    what: `No value was given for ${name}`,
    left: "Nothing was written",
    next: "Type it when asked, or send it on standard input",
  });
}
