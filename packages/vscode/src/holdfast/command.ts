import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** One run of the `holdfast` command. */
export interface Run {
  readonly args: readonly string[];
  readonly cwd: string;
  /** Each line of standard output, as it comes. */
  readonly onLine?: (line: string) => void;
  /** Asks the command to stop where it is safe, which is between two phases of a rotation. */
  readonly signal?: AbortSignal;
}

export interface Ended {
  /** As documented by `holdfast --help`; 128 and above when the process was killed. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `holdfast` and waits for its end. Rejects only when the process could not be started. */
export type Holdfast = (run: Run) => Promise<Ended>;

/** The command as a process of its own: a crash of it, or of the editor, leaves a rotation that `holdfast resume` finishes. */
export function holdfastCommand({ script, env = {} }: { readonly script: string; readonly env?: NodeJS.ProcessEnv }): Holdfast {
  return async ({ args, cwd, onLine, signal }) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd,
      // The editor's own executable is Node when this variable is set.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
    });
    const stop = () => void child.kill("SIGINT");
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
    const output = Promise.all([linesOf(child.stdout, onLine), linesOf(child.stderr)]);
    try {
      const exitCode = await new Promise<number>((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (code) => resolve(code ?? 128));
      });
      const [stdout, stderr] = await output;
      return { exitCode, stdout, stderr };
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  };
}

async function linesOf(stream: Readable, onLine?: (line: string) => void): Promise<string> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
    lines.push(line);
    onLine?.(line);
  }
  return lines.join("\n");
}
