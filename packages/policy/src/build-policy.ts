import type { Bounds, Placed, Policy, SecretPolicy, StorePolicy, Upstream } from "./policy.ts";
import type { Path } from "./finding.ts";
import type { PolicyInput } from "./schema/policy-file.ts";
import { durationMs } from "./schema/scalars.ts";
import { milliseconds } from "./duration.ts";
import type { YamlTree } from "./yaml/tree.ts";

/** The policy of a file that passed every check, with the line of what people are referred to. */
export function buildPolicy(input: PolicyInput, tree: YamlTree, file: string): Policy {
  const { budgets = {}, retries, upstreams = {}, webhooks, stores = {}, secrets = {} } = input;
  return {
    file,
    defaults: { ...boundsOf(budgets, ["budgets"], tree), ...placed("retries", retries?.limit, ["retries", "limit"], tree) },
    upstreams: Object.entries(upstreams).map(([name, upstream]) => toUpstream(name, upstream, tree)),
    webhooks: placed("freshness", duration(webhooks?.freshness), ["webhooks", "freshness"], tree),
    stores: Object.entries(stores).map(([name, store]): StorePolicy => ({ ...store, name, line: tree.lineOf(["stores", name]) })),
    secrets: Object.entries(secrets).map(([name, secret]) => toSecret(name, secret, tree)),
    audit: toAudit(input.audit),
  };
}

type UpstreamInput = NonNullable<PolicyInput["upstreams"]>[string];
type SecretInput = NonNullable<PolicyInput["secrets"]>[string];

function toUpstream(name: string, upstream: UpstreamInput, tree: YamlTree): Upstream {
  const path = ["upstreams", name];
  const { match = [], packages = [], retries, idempotency: { header, safe = [] } = {} } = upstream;
  return {
    name,
    line: tree.lineOf(path),
    match,
    packages,
    ...boundsOf(upstream, path, tree),
    ...placed("retries", retries, [...path, "retries"], tree),
    idempotency: { ...(header !== undefined && { header }), safe },
  };
}

function boundsOf({ slo, timeout, concurrency }: NonNullable<PolicyInput["budgets"]>, path: Path, tree: YamlTree): Omit<Bounds, "retries"> {
  return {
    ...placed("slo", duration(slo), [...path, "slo"], tree),
    ...placed("timeout", duration(timeout), [...path, "timeout"], tree),
    ...placed("concurrency", concurrency, [...path, "concurrency"], tree),
  };
}

function toSecret(name: string, { store, path, rotate, every, overlap, env }: SecretInput, tree: YamlTree): SecretPolicy {
  return {
    name,
    line: tree.lineOf(["secrets", name]),
    store,
    path,
    ...(rotate && { rotate }),
    ...(every !== undefined && { every: durationMs(every) }),
    overlap: overlap === undefined ? milliseconds(0) : durationMs(overlap),
    ...(env !== undefined && { env }),
  };
}

function toAudit({ log, key, trust, origin, anchor, on, sinks }: NonNullable<PolicyInput["audit"]> = {}): Policy["audit"] {
  return {
    log: log ?? ".holdfast/audit",
    key: key ?? ".holdfast/audit-key.pem",
    ...(trust && { trust }),
    ...(origin !== undefined && { origin }),
    ...(anchor && { anchor }),
    on: on ?? "fail-closed",
    sinks: sinks ?? [],
  };
}

function duration(text: string | undefined) {
  return text === undefined ? undefined : durationMs(text);
}

function placed<Key extends string, T>(key: Key, value: T | undefined, path: Path, tree: YamlTree): { readonly [K in Key]?: Placed<T> } {
  return value === undefined ? {} : ({ [key]: { value, line: tree.lineOf(path) } } as { [K in Key]: Placed<T> });
}
