import type { RotatorPolicy } from "@holdfast/policy";

import type { Rotator } from "../roles.ts";
import { generated } from "./generated.ts";

/** One line a rotator. */
const rotators: { readonly [Kind in RotatorPolicy["with"]]: (policy: Extract<RotatorPolicy, { with: Kind }>) => Rotator } = {
  generated,
};

export function rotatorOf(policy: RotatorPolicy): Rotator {
  return rotators[policy.with](policy);
}
