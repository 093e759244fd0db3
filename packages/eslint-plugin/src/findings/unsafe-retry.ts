import type { OutboundCall, RetryLayer } from "../calls/outbound-call.ts";
import { isSafePost } from "../calls/safe-posts.ts";
import type { Origin } from "../calls/value.ts";
import { attemptsOf, repeatsMethod } from "../calls/worst-case.ts";
import type { JudgedCalls } from "./judged-calls.ts";

/** A POST or PATCH that carries no key in any place a key is known to be. */
export function lacksKey({ method, headers, idempotencyKey }: OutboundCall, header: string): boolean {
  if (method.kind === "unknown" || (method.value !== "POST" && method.value !== "PATCH")) return false;
  if (headers.kind === "known" && headers.value.has(header.toLowerCase())) return false;
  return idempotencyKey.kind === "known" && idempotencyKey.value === undefined;
}

/** Whether the call changes something at an upstream that cannot recognise it when it comes again. */
export function isKeylessWrite(call: OutboundCall, judged: JudgedCalls): boolean {
  const { header, safe } = judged.budgetOf(call).idempotency;
  return lacksKey(call, header) && judged.ownerOf(call) === "upstream" && isSafePost(call, safe) === "unsafe";
}

/** The layers that send the call again; of a call whose method is not known, those that repeat any. */
export function repeatingLayers({ method, retries }: OutboundCall): readonly RetryLayer[] {
  const repeats = (layer: RetryLayer) => (method.kind === "unknown" ? layer.repeats === "any" : repeatsMethod(layer, method.value));
  return retries.filter((layer) => repeats(layer) && !(layer.retries.kind !== "unknown" && layer.retries.value === 0));
}

/** Where the wait of a layer is changed: the sleep of hand-written code, else where the layer is set. */
export function placeOfWait({ by, backoff, origin }: RetryLayer): Origin {
  return (typeof by === "string" && backoff.kind === "known" ? backoff.origin : undefined) ?? origin;
}

/** Hand-written retries of another file that say what they repeat: linting that file judges them. */
export function isJudgedElsewhere({ isOfRequests, origin }: RetryLayer, { file }: JudgedCalls): boolean {
  return isOfRequests === true && origin.file !== file;
}

/**
 * The outermost layer of the judged file that repeats a write without a key: there `no-unsafe-retry` speaks, and `require-idempotency-key` does not
 * (docs/decisions/0008). Undefined for a call that nothing repeats, or that only layers of other files do.
 */
export function unsafeRetryHere(call: OutboundCall, judged: JudgedCalls): RetryLayer | undefined {
  const here = repeatingLayers(call).findLast(({ origin, onlyRefused }) => origin.file === judged.file && !onlyRefused);
  if (!here || call.method.kind === "unknown") return undefined;
  const attempts = attemptsOf(call.retries, call.method.value);
  return attempts !== undefined && attempts > 1 && isKeylessWrite(call, judged) ? here : undefined;
}
