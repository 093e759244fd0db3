import type { Milliseconds } from "../duration.ts";
import type { Bounds, Placed, Policy, Upstream } from "../policy.ts";
import { defaultBudget } from "./default-budget.ts";
import { upstreamOf } from "./upstream-of.ts";

/** A limit and who set it. */
export interface Bound<T> {
  readonly value: T;
  /** `line` counts from 1. `upstream` is the entry of `upstreams` that says it, absent for `budgets`, `retries` and `webhooks`. */
  readonly source:
    { readonly kind: "default" } | { readonly kind: "policy"; readonly file: string; readonly line: number; readonly upstream?: string };
}

/** What one request to an upstream may spend. */
export interface Budget {
  /** Name of the upstream in holdfast.yaml; absent when no entry matches. */
  readonly upstream?: string;
  /** Latency objective: what the caller of the program may wait for. */
  readonly slo: Bound<Milliseconds>;
  /** The most one attempt may take. */
  readonly timeout: Bound<Milliseconds>;
  /** Calls after the first. */
  readonly retries: Bound<number>;
  /** Requests that may run at the same time. */
  readonly concurrency: Bound<number>;
  /** The header that carries the key, and the POSTs that need none: `/oauth/token`, `POST /v1/search`. */
  readonly idempotency: { readonly header: string; readonly safe: readonly string[] };
}

/** What is called: its URL, or the SDK that calls it. The URL wins where both are known. */
export interface Target {
  /** Absolute. `*` stands for a part that is not known; a URL known only to some point may end there. */
  readonly url?: string | undefined;
  readonly package?: string | undefined;
}

/** The budget of a call: what its upstream says, then what the policy says for all, then the defaults. Never throws. */
export function budgetFor(policy: Policy | undefined, target: Target): Budget {
  const upstream = policy && upstreamOf(policy, target);
  return {
    ...(upstream && { upstream: upstream.name }),
    slo: boundOf(policy, upstream, ({ slo }) => slo, defaultBudget.slo),
    timeout: boundOf(policy, upstream, ({ timeout }) => timeout, defaultBudget.timeout),
    retries: boundOf(policy, upstream, ({ retries }) => retries, defaultBudget.retries),
    concurrency: boundOf(policy, upstream, ({ concurrency }) => concurrency, defaultBudget.concurrency),
    idempotency: { header: upstream?.idempotency.header ?? defaultBudget.idempotencyHeader, safe: upstream?.idempotency.safe ?? [] },
  };
}

/** How old a signed webhook may be when it is accepted. */
export function webhookFreshness(policy: Policy | undefined): Bound<Milliseconds> {
  const freshness = policy?.webhooks.freshness;
  return freshness ? said(policy, freshness) : { value: defaultBudget.webhookFreshness, source: { kind: "default" } };
}

function boundOf<T>(
  policy: Policy | undefined,
  upstream: Upstream | undefined,
  limitOf: (bounds: Bounds) => Placed<T> | undefined,
  otherwise: T,
): Bound<T> {
  const own = upstream && limitOf(upstream);
  if (policy && own) return said(policy, own, upstream);
  const general = policy && limitOf(policy.defaults);
  return policy && general ? said(policy, general) : { value: otherwise, source: { kind: "default" } };
}

function said<T>({ file }: Policy, { value, line }: Placed<T>, upstream?: Upstream): Bound<T> {
  return { value, source: { kind: "policy", file, line, ...(upstream && { upstream: upstream.name }) } };
}
