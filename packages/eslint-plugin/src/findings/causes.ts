import type { TSESTree } from "@typescript-eslint/utils";

import { isIdle, type OutboundCall } from "../calls/outbound-call.ts";
import { isWithin, type SourceFile } from "../calls/source-file.ts";
import type { Origin } from "../calls/value.ts";
import type { ReportAt } from "../settings.ts";

/** Something wrong with a call, and the place in the code that makes it so. */
export interface Problem {
  readonly call: OutboundCall;
  /** Where the fix goes: the instance without a timeout, the literal that is too high, the call itself. */
  readonly cause: Origin;
  /** Whether linting the cause's own file reports it, when that is another file. */
  readonly reportedThere: boolean;
}

export interface Finding<P extends Problem> {
  readonly node: TSESTree.Node;
  /** The one that tells most. */
  readonly problem: P;
  /** How many calls of this file the same cause covers; 0 for a client that only other files use. */
  readonly covers: number;
}

/** One finding a cause, or one a call. A problem whose cause stands in another file is reported there when it can be, else at the call. */
export function findingsOf<P extends Problem>(problems: readonly P[], file: SourceFile, reportAt: ReportAt): Finding<P>[] {
  const groups = new Map<TSESTree.Node, P[]>();
  for (const problem of problems) {
    if (reportAt === "cause" && problem.cause.file !== file && problem.reportedThere) continue;
    const key = reportAt === "call" ? placeOf(problem.call, file) : problem.cause.node;
    groups.set(key, [...(groups.get(key) ?? []), problem]);
  }
  return [...groups.values()].map((group) => {
    const problem = group.reduce((best, other) => (other.call.retries.length > best.call.retries.length ? other : best));
    const atCause = reportAt === "cause" && problem.cause.file === file;
    const calls = new Set(group.map(({ call }) => placeOf(call, file)));
    return { node: atCause ? problem.cause.node : placeOf(problem.call, file), problem, covers: isIdle(problem.call) ? 0 : calls.size };
  });
}

/** Where a call becomes what is wrong with it, and the call as it is there. */
export interface Source {
  readonly call: OutboundCall;
  /** The request itself, or the call of a project function that gave it its arguments. */
  readonly place: Origin;
}

/** Looks for the innermost place: in the function that sends the request, else in the call of that function, and so on outwards. */
export function sourceOf(call: OutboundCall, isWrong: (candidate: OutboundCall) => boolean): Source {
  const { through, origin } = call;
  for (let count = 0; count < through.length; count += 1) {
    const narrowed = call.narrowed(count);
    if (narrowed && isWrong(narrowed)) return { call: narrowed, place: through[through.length - count] ?? origin };
  }
  return { call, place: through[0] ?? origin };
}

/** The place of a call in the file that is linted: the request itself, or the call of the project's function that leads to it. */
export function placeOf({ origin, through }: OutboundCall, file: SourceFile): TSESTree.Node {
  const [outermost] = through;
  if (!outermost) return origin.node;
  return origin.file === file && isWithin(origin.node, outermost.node) ? origin.node : outermost.node;
}
