import { formatDuration } from "../duration.ts";
import type { Finding } from "../finding.ts";
import type { PolicyInput } from "../schema/policy-file.ts";
import { durationMs } from "../schema/scalars.ts";
import type { YamlTree } from "../yaml/tree.ts";

/** `every` needs someone who can rotate, and a rotation must be over before the next one is due. */
export function rotationSchedule({ secrets = {} }: PolicyInput, tree: YamlTree): Finding[] {
  return Object.entries(secrets).flatMap(([name, { rotate, every, overlap }]): Finding[] => {
    if (every === undefined) return [];
    const path = ["secrets", name];
    if (!rotate) {
      const message = "`every` without `rotate`: say how a new value is made, such as rotate: { with: generated }, or remove `every`";
      return [{ code: "incomplete", severity: "error", span: tree.keySpan([...path, "every"]), message }];
    }
    if (overlap === undefined || durationMs(overlap) < durationMs(every)) return [];
    const message = `overlap ${formatDuration(durationMs(overlap))} is not shorter than every ${formatDuration(durationMs(every))}: a rotation would be due while the previous value is still valid`;
    return [{ code: "overlap-above-every", severity: "error", span: tree.valueSpan([...path, "overlap"]), message }];
  });
}
