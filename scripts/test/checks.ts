import { spawn } from "node:child_process";

/** A command that passes or fails as a whole. Its output is shown only when it fails. */
export interface Check {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
  /** What mends it, where one command does. */
  readonly repair?: string;
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const atOnce = 2;

/** Runs the checks, two at a time; each counts as one. */
export async function runChecks(checks: readonly Check[]): Promise<Counts> {
  const waiting = [...checks];
  let failed = 0;
  const worker = async (): Promise<void> => {
    for (let check = waiting.shift(); check; check = waiting.shift()) if ((await run(check)) === "failed") failed += 1;
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return { passed: checks.length - failed, failed, skipped: 0 };
}

async function run({ name, command: [program, ...args], repair }: Check): Promise<"passed" | "failed"> {
  const started = performance.now();
  const { code, output } = await outputOf(program, args);
  const seconds = `${((performance.now() - started) / 1000).toFixed(1)} s`;
  if (code === 0) process.stdout.write(`✔ ${name} (${seconds})\n`);
  else process.stdout.write(`✖ ${name} (${seconds}, ${program} ended with ${code})\n${output}${repair ? `  → ${repair}\n` : ""}`);
  return code === 0 ? "passed" : "failed";
}

function outputOf(program: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { shell: process.platform === "win32", stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}
