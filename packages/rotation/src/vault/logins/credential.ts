import { readFile } from "node:fs/promises";

import { RotationError } from "../../error.ts";
import { Secret } from "../../secret.ts";
import { resolvePath } from "../../stores/resolve-path.ts";

/** A file, or a variable of the environment as it was given. */
export type CredentialSource = { readonly file: string } | { readonly variable: string; readonly value: string | undefined };

export interface Surroundings {
  /** The folder of the policy: relative paths start there. */
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Where a policy says a credential is. The policy's own check has seen that it says so once. */
export function sourceOf(
  variable: string | undefined,
  file: string | undefined,
  { directory, env }: Surroundings,
): CredentialSource | undefined {
  if (file !== undefined) return { file: resolvePath(file, directory, env) };
  return variable === undefined ? undefined : { variable, value: env[variable] };
}

/** Read when it is needed, so that a renewed file is noticed. @throws RotationError `invalid` when there is nothing. */
export async function readCredential(source: CredentialSource, what: string): Promise<Secret> {
  if ("variable" in source) {
    if (source.value !== undefined && source.value.trim() !== "") return Secret.of(source.value.trim());
    throw new RotationError(
      "invalid",
      `The ${what} for Vault should be in ${source.variable}, which is not set. Nothing was read. Set it, or name a file in the policy.`,
    );
  }
  const text = (await readLoginFile(source.file, what)).trim();
  if (text !== "") return Secret.of(text);
  throw new RotationError(
    "invalid",
    `The file ${source.file} should hold the ${what} for Vault and is empty. Nothing was read. Check what writes it.`,
  );
}

export async function readLoginFile(file: string, what: string): Promise<string> {
  return readFile(file, "utf8").catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code;
    throw new RotationError(
      "invalid",
      `The ${what} for Vault cannot be read from ${file} (${code}). Nothing was read. Check the path and its rights.`,
    );
  });
}
