import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { onTestFinished } from "vitest";

import type { SecretOutcome } from "../src/index.ts";

export interface RunnerProcess {
  readonly child: ChildProcessWithoutNullStreams;
  /** Resolves when the process has printed `line`; rejects when it ends without. */
  printed(line: string): Promise<void>;
  /** Everything it printed, once it ended. */
  ended(): Promise<{ readonly stdout: string; readonly stderr: string; readonly outcome: SecretOutcome | undefined }>;
  /** As a power cut: no handler of the process runs. */
  kill(): Promise<void>;
  /** Lets it go on from where it waits. */
  proceed(): void;
}

const program = fileURLToPath(new URL("fixtures/rotate.ts", import.meta.url));

/** Compiled code that one runner leaves for the next: starting one is most of the time these tests take. */
const compiled = mkdtempSync(join(tmpdir(), "rotation-code-"));
process.once("exit", () => rmSync(compiled, { recursive: true, force: true }));

/** A process of its own that rotates `secret` by force; see `fixtures/rotate.ts` for what `stop` does. */
export function startRunner(
  policy: string,
  secret: string,
  stop: { readonly mode: "go" | "wait" | "die"; readonly boundary?: string } = { mode: "go" },
  env: NodeJS.ProcessEnv = {},
): RunnerProcess {
  return startProgram(program, [policy, secret, stop.mode, stop.boundary ?? ""], env);
}

/** A process of its own that runs a file of this repository, and ends with the test at the latest. */
export function startProgram(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): RunnerProcess {
  const child = spawn(process.execPath, ["--conditions=holdfast-source", file, ...args], {
    env: { ...process.env, NODE_COMPILE_CACHE: compiled, ...env },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let stderr = "";
  let closed = false;
  const wake = () => waiting.forEach((look) => look());
  createInterface(child.stdout).on("line", (line) => {
    lines.push(line);
    wake();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const end = once(child, "close").then(() => {
    closed = true;
    wake();
  });
  return {
    child,
    printed: (line) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (lines.includes(line)) resolve();
          else if (closed) reject(new Error(`The runner ended before it printed ${line}: ${stderr}`));
          else return;
          waiting.delete(look);
        };
        waiting.add(look);
        look();
      }),
    async ended() {
      await end;
      const last = lines.at(-1) ?? "";
      const outcome = last.startsWith("[") ? (JSON.parse(last) as SecretOutcome[])[0] : undefined;
      return { stdout: lines.join("\n"), stderr, outcome };
    },
    async kill() {
      child.kill("SIGKILL");
      await end;
    },
    proceed: () => void child.stdin.write("\n"),
  };
}
