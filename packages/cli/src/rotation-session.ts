import type { PolicyFile } from "@holdfast/policy";
import { openRotation, type Rotation, type RotationOptions } from "@holdfast/rotation";

import { refuseNodeDebug } from "./node-debug.ts";
import { printable } from "./output/printable.ts";
import { openPolicy } from "./policy-file.ts";

/** Opens the policy and its secrets, and closes the stores again whatever happens in `use`. */
export async function withRotation<Result>(
  policyFile: string | undefined,
  use: (rotation: Rotation, policy: PolicyFile) => Promise<Result>,
  options: Omit<RotationOptions, "policy"> = {},
): Promise<Result> {
  const { rotation, policy } = await openSession(policyFile, options);
  try {
    return await use(rotation, policy);
  } finally {
    await rotation.close();
  }
}

/** For who closes the rotation at a moment of its own. Throws `Failure` or the policy's own `PolicyError`. */
export async function openSession(
  policyFile: string | undefined,
  options: Omit<RotationOptions, "policy"> = {},
): Promise<{ readonly rotation: Rotation; readonly policy: PolicyFile }> {
  refuseNodeDebug(process.env["NODE_DEBUG"]);
  const policy = await openPolicy(policyFile);
  const onWarning = (message: string) => void process.stderr.write(`holdfast: ${printable(message)}\n`);
  return { policy, rotation: openRotation({ onWarning, ...options, policy }) };
}

/** Names given on the command line; none given is not the same as an empty choice. */
export function named(names: readonly string[]): readonly string[] | undefined {
  return names.length > 0 ? names : undefined;
}
