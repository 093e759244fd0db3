import type { SopsStorePolicy } from "@holdfast/policy";

import { parseAgeIdentities, readAgeIdentities } from "../../keys/age.ts";
import { RotationError } from "../../error.ts";
import type { Secret } from "../../secret.ts";
import { resolvePath } from "../resolve-path.ts";

/**
 * The age identities a store is opened with: the file or the variable that the policy names, else those sops itself would take
 * (`SOPS_AGE_KEY`, `SOPS_AGE_KEY_FILE`).
 * @throws RotationError `key-unavailable`
 */
export async function findIdentities(
  policy: SopsStorePolicy,
  options: { readonly directory: string; readonly env: NodeJS.ProcessEnv },
): Promise<Secret[]> {
  const { identityFile, identityEnv } = policy.key.age ?? {};
  const { directory, env } = options;
  if (identityFile !== undefined) return readAgeIdentities(resolvePath(identityFile, directory, env));
  if (identityEnv !== undefined) {
    const text = env[identityEnv];
    if (!text)
      throw new RotationError(
        "key-unavailable",
        `The store ${policy.name} takes its age identity from ${identityEnv}, which is not set. Nothing was read. Set it to the identity.`,
      );
    return parseAgeIdentities(text, `The variable ${identityEnv}`);
  }
  if (env["SOPS_AGE_KEY"]) return parseAgeIdentities(env["SOPS_AGE_KEY"], "The variable SOPS_AGE_KEY");
  if (env["SOPS_AGE_KEY_FILE"]) return readAgeIdentities(resolvePath(env["SOPS_AGE_KEY_FILE"], directory, env));
  throw new RotationError(
    "key-unavailable",
    `The store ${policy.name} has no age identity to open its file with. Nothing was read. Name one in the policy (key.age.identityFile or identityEnv), or set SOPS_AGE_KEY_FILE.`,
  );
}
