import { spawn } from "node:child_process";
import { constants } from "node:os";

import { exitCodes, Failure } from "../failure.ts";

export interface ChildRequest {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** What this process still does while the program runs; it ends no earlier. Must not reject. */
  readonly meanwhile?: Promise<unknown>;
}

const forwarded = [
  "SIGTERM",
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGUSR1",
  "SIGUSR2",
  "SIGWINCH",
  "SIGCONT",
] as const satisfies readonly NodeJS.Signals[];
/** The rest would write a core file of this process, which holds secrets, or open Node's debugger: those end with 128 + number instead. */
const raisedAgain: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"];

/**
 * Runs a program in the place of this one: same terminal, same standard streams, signals passed on, its exit code ours.
 * When SIGINT, SIGTERM, SIGHUP or SIGKILL ended it, this process ends by the same signal, so that a shell or supervisor sees what happened.
 */
export function runChild({ file, args, env, meanwhile }: ChildRequest): Promise<number> {
  const done = Promise.allSettled([meanwhile]);
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env, stdio: "inherit" });
    // A terminal sends Ctrl-C and Ctrl-\ to the child too: passing them on would deliver them twice.
    const sentByTerminal: readonly NodeJS.Signals[] = process.stdin.isTTY ? ["SIGINT", "SIGQUIT"] : [];
    const handlers = forwarded.map((signal) => [signal, () => void (sentByTerminal.includes(signal) || child.kill(signal))] as const);
    for (const [signal, handler] of handlers) process.on(signal, handler);
    const release = () => {
      for (const [signal, handler] of handlers) process.off(signal, handler);
    };
    child.on("error", (error: NodeJS.ErrnoException) => {
      release();
      void done.then(() => reject(startFailure(file, error)));
    });
    const end = (code: number | null, signal: NodeJS.Signals | null) => {
      release();
      if (signal && raisedAgain.includes(signal)) {
        // Libraries that clean up on signals listen too, and nothing is left to clean up.
        process.removeAllListeners(signal);
        process.kill(process.pid, signal);
      }
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    };
    child.on("exit", (code, signal) => void done.then(() => end(code, signal)));
  });
}

function startFailure(file: string, error: NodeJS.ErrnoException): Failure {
  const reason = {
    ENOENT: "there is no such program",
    EACCES: "it may not be executed",
    E2BIG: "its arguments and environment are too long",
  }[error.code ?? ""];
  return new Failure({
    code: "exec-failed",
    exitCode: exitCodes.usage,
    what: `${file} could not be started: ${reason ?? error.code ?? "unknown reason"}`,
    left: "Nothing was run",
    next: "Check the path, and put -- before the program: holdfast exec -- node server.js",
  });
}
