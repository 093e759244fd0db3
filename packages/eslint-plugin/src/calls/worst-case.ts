import type { Fact } from "./fact.ts";
import type { OutboundCall, RetryLayer, Timeout } from "./outbound-call.ts";

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

/**
 * What ends the call where it runs: its own timeout, or a lower time limit around it. Unknown as soon as one of them is; nothing when none of them
 * ends it, with what looks like a bound and is none.
 */
export function effectiveTimeout({ timeout, around }: OutboundCall): Fact<Timeout> {
  return [timeout, ...around.flatMap((wrapping) => wrapping.timeout ?? [])].reduce((best, other) => {
    if (best.kind === "unknown" || other.kind === "unknown") return best.kind === "unknown" ? best : other;
    if (other.value.bounds === "nothing") return best.value.bounds === "nothing" && best.value.misread === undefined ? other : best;
    return best.value.bounds === "nothing" || other.value.ms < best.value.ms ? other : best;
  });
}

/**
 * attempts × timeout + backoff. A timeout that covers all attempts together is the whole sum, and so is a time limit around them that is lower.
 */
export function worstCase(call: OutboundCall): WorstCase | undefined {
  const { timeout, method, around } = call;
  if (timeout.kind === "unknown" || timeout.value.bounds === "nothing" || method.kind === "unknown") return undefined;
  const { ms, bounds } = timeout.value;
  const layers = call.retries.slice(0, call.retries.length - around.filter(({ retries }) => retries).length);
  let sum: WorstCase | undefined = { attempts: 1, timeoutMs: ms, delaysMs: [], totalMs: ms };
  const own = layers.filter((layer) => repeatsMethod(layer, method.value));
  if (bounds !== "total" && !(own.length > 0 && own.every(({ sharesTimeout }) => sharesTimeout)))
    for (const layer of own) sum = sum && repeated(sum, layer);
  for (const { retries, timeout: limit } of around) {
    if (retries && repeatsMethod(retries, method.value)) sum = sum && repeated(sum, retries);
    if (limit && limit.kind !== "unknown" && limit.value.bounds !== "nothing") sum = within(sum, limit.value.ms);
  }
  return sum;
}

/** The same again for every retry of the layer, with its delays between; undefined when one of them is not known. */
function repeated({ attempts, timeoutMs, delaysMs, totalMs }: WorstCase, { retries, backoff }: RetryLayer): WorstCase | undefined {
  if (retries.kind === "unknown" || backoff.kind === "unknown") return undefined;
  const delays = Array.from({ length: Math.min(retries.value, 100) }, (_, index) => backoff.value.delayMs(index + 1));
  const times = retries.value + 1;
  return {
    attempts: attempts * times,
    timeoutMs,
    delaysMs: [...delaysMs, ...delays.flatMap((delay) => [delay, ...delaysMs])],
    totalMs: times * totalMs + delays.reduce((sum, delay) => sum + delay, 0),
  };
}

/** What is left of a sum under a time limit around it; the limit alone when nothing else is known. */
function within(sum: WorstCase | undefined, ms: number): WorstCase {
  return sum && sum.totalMs <= ms ? sum : { attempts: 1, timeoutMs: ms, delaysMs: [], totalMs: ms };
}
