import type { OutboundCall } from "../calls/outbound-call.ts";
import { createRule } from "../create-rule.ts";
import { callRule } from "../findings/call-rule.ts";
import type { Problem } from "../findings/causes.ts";
import type { JudgedCalls } from "../findings/judged-calls.ts";
import { placeOf } from "../findings/causes.ts";
import { printCall, printCount } from "../findings/words.ts";
import { type CallSettings, callOptionsSchema } from "../settings.ts";

type Options = readonly [CallSettings];
type MessageIds = "noBreaker";

/** An upstream of the policy that the program goes on calling while it is down. */
export const requireCircuitBreaker = createRule<MessageIds, Options>({
  name: "require-circuit-breaker",
  set: "strict",
  description: "Require a circuit breaker around the calls of every upstream of the policy",
  meta: {
    type: "suggestion",
    languages: ["*"],
    schema: [{ type: "object", properties: callOptionsSchema, additionalProperties: false }],
    defaultOptions: [{}],
    messages: {
      noBreaker: "{{call}}{{others}} has no circuit breaker: while {{upstream}} is down, every request still waits for its timeout.",
    },
  },
  create: (context) =>
    callRule(context, {
      problemsIn: problemsIn,
      reportOf: ({ problem: { call, upstream }, covers }) => ({
        messageId: "noBreaker",
        data: { call: printCall(call), upstream, others: covers > 1 ? ` (with ${printCount(covers - 1, "other call")})` : "" },
      }),
    }),
});

interface Unbroken extends Problem {
  readonly upstream: string;
}

/** One finding an upstream: the breaker belongs around all of its calls, and the first of them shows where. */
function problemsIn(judged: JudgedCalls): Unbroken[] {
  const first = new Map<string, OutboundCall>();
  return judged.calls.flatMap((call) => {
    const { upstream } = judged.budgetOf(call);
    if (upstream === undefined || call.around.some(({ breaker }) => breaker)) return [];
    const shown = first.get(upstream) ?? call;
    first.set(upstream, shown);
    return [{ call, upstream, cause: { file: judged.file, node: placeOf(shown, judged.file) }, reportedThere: false }];
  });
}
