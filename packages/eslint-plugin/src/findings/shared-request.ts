import type { OutboundCall } from "../calls/outbound-call.ts";
import type { Origin } from "../calls/value.ts";
import type { Problem } from "./causes.ts";
import type { JudgedCalls } from "./judged-calls.ts";

/** A problem of a call that its own function does not have, and the call of that function in this file that leaves out what is missing. */
export interface LeftOut extends Problem {
  readonly leftOutAt: Origin | undefined;
}

/** How many calls of this file leave it out of the same request, which the problem is then about; 0 for a problem of one call. */
export interface Shared {
  readonly leftOutBy: number;
}

/**
 * A function of the project passes on what its callers give, and none of several callers here gives what is missing: that is one problem, whose place is
 * the request, or the first of the callers where the request stands in another file. Where one caller gives it, it is up to the callers, and each that
 * forgot it stays a problem of its own.
 */
export function atSharedRequests<P extends LeftOut>(
  problems: readonly P[],
  { file, calls }: Pick<JudgedCalls, "file" | "calls">,
  { isGiven, placeOf }: { readonly isGiven: (call: OutboundCall) => boolean; readonly placeOf: (call: OutboundCall) => Origin },
): (P & Shared)[] {
  const places = new Map<unknown, Map<unknown, Origin>>();
  for (const { call, leftOutAt } of problems) {
    if (leftOutAt?.file !== file) continue;
    const ofRequest = places.get(call.origin.node) ?? new Map<unknown, Origin>();
    places.set(call.origin.node, ofRequest.set(leftOutAt.node, leftOutAt));
  }
  for (const call of calls) if (call.through.length > 0 && isGiven(call)) places.delete(call.origin.node);
  return problems.map((problem) => {
    const { call, leftOutAt } = problem;
    const together = [...(places.get(call.origin.node)?.values() ?? [])];
    if (leftOutAt?.file !== file || together.length < 2) return { ...problem, leftOutBy: 0 };
    const place = [placeOf(call), call.origin].find((candidate) => candidate.file === file) ?? firstOf(together);
    return { ...problem, cause: place, leftOutBy: together.length };
  });
}

function firstOf(places: readonly Origin[]): Origin {
  return places.reduce((first, other) => (other.node.range[0] < first.node.range[0] ? other : first));
}
