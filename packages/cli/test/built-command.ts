import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { withOrdinaryRights } from "@holdfast/testing";
import { onTestFinished } from "vitest";

const packages = fileURLToPath(new URL("../../", import.meta.url));
/** The built command; with HOLDFAST_FROM=sources the sources, so that nothing is built while one works on them. */
export const command: readonly [string, ...string[]] =
  process.env["HOLDFAST_FROM"] === "sources"
    ? [process.execPath, "--conditions=holdfast-source", join(packages, "cli", "src", "main.ts")]
    : [process.execPath, join(packages, "cli", "bin", "holdfast.js")];
/** What the command runs of, in build order; its own files hold the sources of the packages that it does not load. */
const builds = [
  { name: "policy", built: "index.js", from: ["policy"] },
  { name: "eslint-plugin", built: "index.js", from: ["eslint-plugin"] },
  { name: "engine", built: "index.js", from: ["engine"] },
  { name: "cli", built: "start.cjs", from: ["cli", "policy", "audit", "rotation"] },
] as const;

/** Builds what changed since its last build; several test processes may ask at once. */
export async function buildIfStale(): Promise<void> {
  if (process.env["HOLDFAST_FROM"] === "sources") return;
  const lock = join(tmpdir(), "holdfast-cli-test-build.lock");
  while (builds.some(isStale)) {
    try {
      mkdirSync(lock);
    } catch {
      if (Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 180_000)
        rmSync(lock, { recursive: true, force: true });
      await new Promise((resolve) => setTimeout(resolve, 200));
      continue;
    }
    try {
      for (const { name } of builds.filter(isStale)) build(name);
    } finally {
      rmdirSync(lock);
    }
  }
}

function build(name: string): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(packages, "..", "node_modules", "tsdown", "dist", "run.mjs")], {
    cwd: join(packages, name),
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`building packages/${name} failed:\n${stdout}${stderr}`);
}

function isStale({ name, built, from }: (typeof builds)[number]): boolean {
  const file = join(packages, name, "dist", built);
  return !existsSync(file) || Math.max(...from.map((source) => newestIn(join(packages, source, "src")))) > statSync(file).mtimeMs;
}

function newestIn(folder: string): number {
  return Math.max(0, ...readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => statSync(join(folder, name)).mtimeMs));
}

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** `ordinary`: the modes of files hold for it, although root runs the tests. */
  readonly rights?: "ordinary";
  /** Standard input; empty without it. */
  readonly input?: string | Uint8Array;
  /** Called with the process as soon as it runs. */
  readonly started?: (child: ChildProcessWithoutNullStreams) => void;
}

/** Runs the built command to its end. */
export function holdfast(args: readonly string[], { cwd, env = {}, rights, input = "", started }: RunOptions): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const [program, ...first] = rights === "ordinary" ? withOrdinaryRights(command) : command;
    const child = spawn(program, [...first, ...args], { cwd, env: { ...cleanEnvironment(), ...env }, stdio: "pipe" });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    // A command that does not read it may be gone before all of it was sent.
    child.stdin.on("error", () => undefined).end(input);
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
    started?.(child);
  });
}

export interface TerminalOptions extends Pick<RunOptions, "cwd" | "env"> {
  /** Called with everything on the screen so far whenever there is more; what it gives is typed. */
  readonly onOutput?: (output: string) => string | undefined;
  /** Standard output goes into this file of `cwd` instead. */
  readonly intoFile?: string;
}

/** Runs the built command in a terminal of its own, 100 columns wide. */
export function inTerminal(
  args: readonly string[],
  { cwd, env = {}, onOutput, intoFile }: TerminalOptions,
): Promise<{ code: number | null; output: string }> {
  const words = [...command, ...args];
  const quoted = words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(" ");
  const line = `stty cols 100 rows 30; exec ${quoted}${intoFile === undefined ? "" : ` > ${intoFile}`}`;
  const script = process.platform === "linux" ? ["-qefc", line, "/dev/null"] : ["-q", "/dev/null", "sh", "-c", line];
  return new Promise((resolve, reject) => {
    const child = spawn("script", script, {
      cwd,
      env: { ...cleanEnvironment(), SHELL: "/bin/sh", TERM: "xterm-256color", ...env },
      stdio: ["pipe", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      child.stdin.write(onOutput?.(output) ?? "");
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output: output.replaceAll("\r\n", "\n") }));
  });
}

/** No colour, no store and no CI of the machine the tests run on. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, ...(TMPDIR && { TMPDIR }) };
}

/** An empty folder for the running test, removed when it ends. */
export function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), "holdfast-cli-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Writes files given by their path relative to `folder`. */
export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
