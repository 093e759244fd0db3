import type { Secret } from "../../secret.ts";
import { partsOf } from "../path.ts";
import { readCredential, sourceOf, type Surroundings } from "./credential.ts";
import type { Ask, LoginMethod } from "./login.ts";
import { openWrapping } from "./wrapping.ts";

type Of<Keys extends string> = { readonly [Key in Keys]?: string | undefined };

/** Vault's AppRole: `POST auth/approle/login` with the role id and the secret id. */
export function approle(
  auth: Of<"mount" | "roleIdEnv" | "roleIdFile" | "secretIdEnv" | "secretIdFile" | "wrappedSecretIdEnv" | "wrappedSecretIdFile">,
  options: Surroundings,
): LoginMethod {
  const mount = auth.mount ?? "approle";
  const roleId = sourceOf(auth.roleIdEnv ?? "VAULT_ROLE_ID", auth.roleIdFile, options)!;
  const secretId = secretIdOf(auth, mount, options);
  return {
    kind: "login",
    logIn: async (ask) =>
      ask({
        method: "POST",
        path: ["auth", ...partsOf(mount), "login"],
        body: { role_id: await readCredential(roleId, "role id"), ...(secretId && { secret_id: await secretId(ask) }) },
        token: undefined,
        what: `log in at auth/${mount}`,
        advice: "Check the role id and the secret id; a secret id may have expired or been used up.",
      }),
  };
}

function secretIdOf(
  auth: Of<"secretIdEnv" | "secretIdFile" | "wrappedSecretIdEnv" | "wrappedSecretIdFile">,
  mount: string,
  options: Surroundings,
): ((ask: Ask) => Promise<Secret>) | undefined {
  const wrapped = sourceOf(auth.wrappedSecretIdEnv, auth.wrappedSecretIdFile, options);
  if (wrapped) return openWrapping(wrapped, mount);
  const plain = sourceOf(auth.secretIdEnv, auth.secretIdFile, options);
  return plain && (() => readCredential(plain, "secret id"));
}
