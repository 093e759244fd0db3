import type { Share } from "@holdfast/rotation";

import { exitCodes, Failure } from "./failure.ts";

/** As they are given on the command line. */
export interface ShareOptions {
  readonly shard?: string;
  readonly concurrency?: string;
}

/** @throws Failure for `--shard` that is not `i/n` with i from 1 to n, and `--concurrency` that is no number. */
export function shareOf({ shard, concurrency }: ShareOptions): Share {
  return {
    ...(shard !== undefined && { shard: shardOf(shard) }),
    ...(concurrency !== undefined && { concurrency: numberOf(concurrency) }),
  };
}

function shardOf(text: string): NonNullable<Share["shard"]> {
  const [, index = 0, count = 0] = (/^(\d{1,6})\/(\d{1,6})$/u.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= count) return { index, count };
  throw new Failure({
    code: "usage",
    exitCode: exitCodes.usage,
    what: `--shard ${text} names no part`,
    left: "Nothing was done",
    next: "Expected i/n with i from 1 to n, for example --shard 2/10",
  });
}

function numberOf(text: string): number {
  const number = /^\d{1,3}$/u.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= 64) return number;
  throw new Failure({
    code: "usage",
    exitCode: exitCodes.usage,
    what: `--concurrency ${text} is out of range`,
    left: "Nothing was done",
    next: "Expected a whole number from 1 to 64, for example --concurrency 8",
  });
}

/** Which secrets `plan` and `rotate` take besides those that are due. */
export interface RotationChoice {
  readonly all?: boolean;
  readonly force?: boolean;
}

/** `--force` alone would rotate every secret there is; that has to be said with `--all`. */
export function requireNamesForForce(command: "plan" | "rotate", names: readonly string[], { all, force }: RotationChoice): void {
  if (!force || all || names.length > 0) return;
  throw new Failure({
    code: "usage",
    exitCode: exitCodes.usage,
    what: "--force needs the names of the secrets, or --all",
    left: "Nothing was done",
    next: `For example: holdfast ${command} --force psp/webhook`,
  });
}
