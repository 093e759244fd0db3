import { spawnSync } from "node:child_process";

/** Runs each contestant once a round, in turn, so that a machine that slows down slows all of them; the first round is a warm-up and does not count. */
export function interleave<Name extends string, Result>(
  names: readonly Name[],
  rounds: number,
  measure: (name: Name) => Result,
): Map<Name, Result[]> {
  const results = new Map<Name, Result[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      progress(`round ${round} of ${rounds}: ${name} `);
      const result = measure(name);
      if (round > 0) results.get(name)?.push(result);
    }
  }
  progress("");
  return results;
}

/** One line that is written over, where a person looks. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** A value with the smallest and largest seen: `1.31 (1.28–1.40)`. */
export function spread(values: readonly number[], digits: number): string {
  return `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})`;
}

/** Standard output of a program that must end well. */
export function outputOf(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8", env, maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${status}: ${error?.message ?? stderr}`);
  return stdout;
}
