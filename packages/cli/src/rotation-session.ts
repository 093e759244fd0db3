import type { PolicyFile } from "@holdfast/policy";
import { openRotation, type Rotation, type RotationOptions } from "@holdfast/rotation";

import { refuseNodeDebug } from "./node-debug.ts";
import { printable } from "./output/terminal.ts";
import { openPolicy } from "./policy-file.ts";

/** Opens the policy and its secrets, and closes the stores again whatever happens in `use`. */
export async function withRotation<Result>(
  policyFile: string | undefined,
  use: (rotation: Rotation, policy: PolicyFile) => Promise<Result>,
  options: Omit<RotationOptions, "policy"> = {},
): Promise<Result> {
  refuseNodeDebug(process.env["NODE_DEBUG"]);
  const policy = openPolicy(policyFile);
  const onWarning = (message: string) => void process.stderr.write(`holdfast: ${printable(message)}\n`);
  const rotation = openRotation({ onWarning, ...options, policy });
  try {
    return await use(rotation, policy);
  } finally {
    await rotation.close();
  }
}

/** Names given on the command line; none given is not the same as an empty choice. */
export function named(names: readonly string[]): readonly string[] | undefined {
  return names.length > 0 ? names : undefined;
}
