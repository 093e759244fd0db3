import { basename } from "node:path";

import { readEnvironment } from "../delivery/environment.ts";
import { type PullFormat, render } from "../delivery/formats.ts";
import { type ExitCode, exitCodes } from "../failure.ts";
import { writeOutput } from "../files/write-output.ts";
import { count, printable } from "../output/terminal.ts";
import { withRotation } from "../rotation-session.ts";

export interface PullOptions {
  readonly format: PullFormat;
  readonly output?: string;
  /** Name of the Kubernetes Secret. */
  readonly name?: string;
  readonly policy?: string;
}

/** `holdfast pull`: all of the secrets or none. */
export async function pull(names: readonly string[], { format, output, name, policy: policyFile }: PullOptions): Promise<ExitCode> {
  const { values, text } = await withRotation(policyFile, async (rotation, { policy, directory }) => {
    const values = await readEnvironment(rotation, policy, names);
    return { values, text: render(format, values, name ?? kubernetesName(directory)) };
  });
  if (output !== undefined) {
    writeOutput(output, text, "private");
    process.stderr.write(`${count(values.length, "secret")} in the clear in ${printable(output)}, which only you can read (mode 0600).\n`);
    return exitCodes.done;
  }
  process.stdout.write(text);
  if (process.stdout.isTTY) {
    process.stderr.write(
      "holdfast: these values are now in the history of this terminal; --output writes them to a file that only you can read.\n",
    );
  }
  return exitCodes.done;
}

/** The name of a folder as Kubernetes wants it: RFC 1123, at most 63 characters. */
function kubernetesName(directory: string): string {
  const name = basename(directory)
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, "-")
    .slice(0, 63)
    .replace(/^-+|-+$/gu, "");
  return name || "holdfast";
}
