import type { RotatorPolicy } from "@holdfast/policy";

import type { Rotator } from "../roles.ts";

type Open<Kind extends RotatorPolicy["with"]> = (policy: Extract<RotatorPolicy, { with: Kind }>) => Promise<Rotator>;

/** One line a rotator. Each is loaded when it is first needed: its library costs nothing to who does not use it. */
const rotators: { readonly [Kind in RotatorPolicy["with"]]: Open<Kind> } = {
  postgres: async (policy) => (await import("./databases/postgres.ts")).postgres(policy),
  generated: async (policy) => (await import("./generated.ts")).generated(policy),
  redis: async (policy) => (await import("./redis/redis.ts")).redis(policy),
  "vault-approle": async (policy) => (await import("./vault/approle.ts")).vaultApprole(policy),
  "vault-transit": async (policy) => (await import("./vault/transit.ts")).vaultTransit(policy),
};

export function openRotator(policy: RotatorPolicy): Promise<Rotator> {
  const open = rotators[policy.with] as (policy: RotatorPolicy) => Promise<Rotator>;
  return open(policy);
}
