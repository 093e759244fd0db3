import { spawn } from "node:child_process";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const bin = fileURLToPath(new URL("../../packages/cli/bin/holdfast.js", import.meta.url));

export interface CommandOptions {
  readonly cwd: string;
  /** Whether the command line is printed above its output. */
  readonly shown: "yes" | "no";
}

/** Runs the built command with our own terminal and gives its exit code. */
export function holdfast(args: readonly string[], { cwd, shown }: CommandOptions): Promise<number> {
  if (shown === "yes") print(`${bold(`$ holdfast ${args.join(" ")}`)}${cwd === root ? "" : faint(`   (in ${relative(root, cwd)})`)}\n`);
  return exitCodeOf(process.execPath, [bin, ...args], cwd);
}

export function exitCodeOf(program: string, args: readonly string[], cwd: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? (signal === "SIGKILL" ? 137 : 1)));
  });
}

export function print(text: string): void {
  process.stdout.write(text);
}

export const bold = styled(1);
export const faint = styled(2);

function styled(code: number): (text: string) => string {
  const plain = Boolean(process.env["NO_COLOR"]) || (!process.stdout.isTTY && !process.env["FORCE_COLOR"]);
  return (text) => (plain ? text : `\u001b[${code}m${text}\u001b[0m`);
}
