import { RotationError } from "../../error.ts";
import type { Secret } from "../../secret.ts";
import { readCredential, sourceOf, type Surroundings } from "./credential.ts";
import type { LoginMethod } from "./login.ts";

export function givenToken(
  { tokenEnv, tokenFile }: { readonly tokenEnv?: string | undefined; readonly tokenFile?: string | undefined },
  options: Surroundings,
): LoginMethod {
  const source = sourceOf(tokenEnv, tokenFile, options);
  return source ? { kind: "given", read: () => readCredential(source, "token") } : usualToken(options);
}

/** Where Vault's own command looks: VAULT_TOKEN, then what `vault login` left in ~/.vault-token. */
export function usualToken({ directory, env }: Surroundings): LoginMethod {
  return {
    kind: "given",
    read: async (): Promise<Secret> => {
      if (env["VAULT_TOKEN"]) return readCredential({ variable: "VAULT_TOKEN", value: env["VAULT_TOKEN"] }, "token");
      const helper = sourceOf(undefined, "~/.vault-token", { directory, env });
      return readCredential(helper!, "token").catch((error: unknown) => {
        throw new RotationError(
          "invalid",
          "There is no token for Vault: VAULT_TOKEN is not set, and there is none in ~/.vault-token. Nothing was read. Run `vault login`, set VAULT_TOKEN, or say in the policy how to log in (auth).",
          { cause: error },
        );
      });
    },
  };
}
