import { formatDuration } from "@holdfast/policy";

import type { Idle } from "./decide.ts";

export function printIdle(idle: Idle): string {
  switch (idle.reason) {
    case "finished":
      return "nothing is unfinished";
    case "manual":
      return 'it has no "every" in the policy, so it is never due; name it to rotate it';
    case "fresh":
      return `fresh until ${printTime(idle.untilMs)}`;
    case "overlap":
      return `the previous value stays valid until ${printTime(idle.untilMs)}`;
  }
}

export function printTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** The largest unit only: `3d`, `5h`, `12m`. */
export function roughly(ms: number): string {
  const unit = [86_400_000, 3_600_000, 60_000, 1_000].find((unit) => ms >= unit) ?? 1;
  return formatDuration(Math.floor(ms / unit) * unit);
}
