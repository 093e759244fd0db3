import { resolve } from "node:path";

import { findPolicy, loadPolicy, type PolicyFile } from "@holdfast/policy";

import { exitCodes, Failure } from "./failure.ts";

/** The policy that `--policy` names or the nearest one; throws `Failure` or the policy's own `PolicyError`. */
export function openPolicy(file: string | undefined): PolicyFile {
  const found = file === undefined ? findPolicy(process.cwd()) : resolve(file);
  if (found !== undefined) return loadPolicy(found);
  throw new Failure({
    code: "no-policy",
    exitCode: exitCodes.usage,
    what: `There is no holdfast.yaml in ${process.cwd()} or in a folder above it`,
    left: "Nothing was done",
    next: "Run holdfast init to write one, or name yours with --policy",
  });
}
