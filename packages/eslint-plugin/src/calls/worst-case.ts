import type { OutboundCall, RetryLayer } from "./outbound-call.ts";

/** The most a call may take, as a sum that can be printed; undefined when a part of it is not known. */
export interface WorstCase {
  readonly attempts: number;
  readonly timeoutMs: number;
  /** The delays between attempts in milliseconds, in order. */
  readonly delaysMs: readonly number[];
  readonly totalMs: number;
}

/** Attempts of all layers multiplied: p-retry with 2 retries around got with 2 retries is 3 × 3. Undefined when a layer's number is unknown. */
export function attemptsOf(layers: readonly RetryLayer[], method: string): number | undefined {
  let attempts = 1;
  for (const layer of layers) {
    if (!repeatsMethod(layer, method)) continue;
    if (layer.retries.kind === "unknown") return undefined;
    attempts *= layer.retries.value + 1;
  }
  return attempts;
}

/** Whether the layer sends this method again; a condition of the project's own counts as yes for safe methods only. */
export function repeatsMethod(layer: RetryLayer, method: string): boolean {
  if (layer.repeats === "any") return true;
  if (layer.repeats === "unknown") return /^(?:GET|HEAD|OPTIONS|PUT|DELETE)$/u.test(method);
  return layer.repeats.includes(method);
}

/** attempts × timeout + backoff. A timeout that covers all attempts together is the whole sum. */
export function worstCase(call: OutboundCall): WorstCase | undefined {
  if (call.timeout.kind !== "known" || call.timeout.value.bounds === "nothing" || call.method.kind === "unknown") return undefined;
  const { ms, bounds } = call.timeout.value;
  const active = call.retries.filter((layer) => call.method.kind !== "unknown" && repeatsMethod(layer, call.method.value));
  const attempts = attemptsOf(active, call.method.value);
  if (attempts === undefined) return undefined;
  if (bounds === "total" || active.every((layer) => layer.sharesTimeout)) return { attempts, timeoutMs: ms, delaysMs: [], totalMs: ms };
  const delaysMs = delaysOf(active);
  if (!delaysMs) return undefined;
  return { attempts, timeoutMs: ms, delaysMs, totalMs: attempts * ms + delaysMs.reduce((sum, delay) => sum + delay, 0) };
}

/** Each layer waits between its own attempts, once for every attempt of the layers around it. */
function delaysOf(layers: readonly RetryLayer[]): number[] | undefined {
  let delays: number[] = [];
  for (const { retries, backoff } of layers) {
    if (retries.kind === "unknown" || backoff.kind === "unknown") return undefined;
    const own = Array.from({ length: Math.min(retries.value, 100) }, (_, index) => backoff.value.delayMs(index + 1));
    delays = [...delays, ...own.flatMap((delay) => [delay, ...delays])];
  }
  return delays;
}
