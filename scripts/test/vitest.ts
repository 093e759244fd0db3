import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Counts } from "./checks.ts";

export interface VitestRequest {
  readonly words: readonly string[];
  readonly servers: "with" | "without";
}

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

/** Every test file. A file that could not even be loaded, and a run that ended without a report, count as failed. */
export async function vitest({ words, servers }: VitestRequest): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-test-"));
  const report = join(folder, "report.json");
  try {
    const code = await run(["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...words], servers);
    const counts = countsIn(report);
    return code === 0 || counts.failed > 0 ? counts : { ...counts, failed: counts.failed + 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(args: readonly string[], servers: VitestRequest["servers"]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...(servers === "without" && { HOLDFAST_NO_SERVERS: "1" }) };
    const child = spawn("vitest", args, { shell: process.platform === "win32", stdio: ["ignore", "inherit", "inherit"], env });
    child.on("error", reject);
    child.on("close", resolve);
  });
}

function countsIn(file: string): Counts {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, "utf8")) as Report;
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const unloaded = report.testResults.filter(({ status, assertionResults }) => status === "failed" && assertionResults.length === 0).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
