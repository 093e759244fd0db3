import { spawn } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";

export interface CommandOptions {
  cwd?: string;
  /** Set in addition to this process's environment. */
  env?: NodeJS.ProcessEnv;
  /** User and group to run as; only root can. */
  runAs?: number;
}

/** Runs a command to its end and answers its stdout. A failure throws with the end of its output in the message. */
export async function run(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    ...(options.runAs === undefined ? {} : { uid: options.runAs, gid: options.runAs }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let all = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    all += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (all += text));
  const outcome = await new Promise<string>((settle) => {
    child.once("error", (error) => settle(error.message));
    child.once("close", (code, signal) => settle(code === 0 ? "" : signal === null ? `exit code ${String(code)}` : signal));
  });
  if (outcome === "") return stdout;
  throw new Error(`${[command, ...args].join(" ")}: ${outcome}\n${lastLines(all, 15)}`);
}

/** Absolute path of a program on PATH. */
export async function findOnPath(...names: readonly string[]): Promise<string | undefined> {
  const ending = process.platform === "win32" ? ".exe" : "";
  for (const name of names) {
    for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
      const file = join(folder, name + ending);
      if (folder !== "" && (await isExecutable(file))) return file;
    }
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function lastLines(text: string, count: number): string {
  return text.trimEnd().split("\n").slice(-count).join("\n");
}
