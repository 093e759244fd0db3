import { defaultBudget } from "../budget/default-budget.ts";
import { formatDuration } from "../duration.ts";
import type { Finding, Path } from "../finding.ts";
import type { PolicyInput } from "../schema/policy-file.ts";
import { durationMs } from "../schema/scalars.ts";
import type { YamlTree } from "../yaml/tree.ts";

interface Bounded {
  readonly slo?: string | undefined;
  readonly timeout?: string | undefined;
}

/** One attempt may not take longer than the caller waits. Said where the file says one of the two. */
export function timeoutsAboveSlo({ budgets = {}, upstreams = {} }: PolicyInput, tree: YamlTree): Finding[] {
  return [
    ...timeoutAboveSlo(budgets, {}, ["budgets"], tree),
    ...Object.entries(upstreams).flatMap(([name, upstream]) => timeoutAboveSlo(upstream, budgets, ["upstreams", name], tree)),
  ];
}

function timeoutAboveSlo(own: Bounded, above: Bounded, path: Path, tree: YamlTree): Finding[] {
  if (own.slo === undefined && own.timeout === undefined) return [];
  const slo = inForce(own.slo ?? above.slo, defaultBudget.slo);
  const timeout = inForce(own.timeout ?? above.timeout, defaultBudget.timeout);
  if (timeout <= slo) return [];
  const span = tree.valueSpan([...path, own.timeout === undefined ? "slo" : "timeout"]);
  const message = `timeout ${formatDuration(timeout)}${origin(own.timeout, above.timeout)} is above slo ${formatDuration(slo)}${origin(own.slo, above.slo)}: the caller gives up before the attempt does`;
  return [{ code: "timeout-above-slo", severity: "warning", span, message }];
}

function inForce(declared: string | undefined, otherwise: number): number {
  return declared === undefined ? otherwise : durationMs(declared);
}

function origin(own: string | undefined, above: string | undefined): string {
  if (own !== undefined) return "";
  return above === undefined ? " (the default)" : " (of `budgets`)";
}

/** An upstream that matches nothing is never used. */
export function unusedUpstreams({ upstreams = {} }: PolicyInput, tree: YamlTree): Finding[] {
  return Object.entries(upstreams)
    .filter(([, { match = [], packages = [] }]) => match.length + packages.length === 0)
    .map(([name]) => ({
      code: "incomplete",
      severity: "warning",
      span: tree.keySpan(["upstreams", name]),
      message: `\`${name}\` matches no call: give it \`match\` (URL patterns) or \`packages\``,
    }));
}
