import { partsOf } from "../path.ts";
import type { Limits } from "../transport.ts";
import { readCredential, sourceOf, type Surroundings } from "./credential.ts";
import { githubIdToken } from "./github-id-token.ts";
import type { LoginMethod } from "./login.ts";

/** `POST auth/jwt/login` with an ID token that a CI system signed: from a variable, a file, or from GitHub Actions. */
export function jwt(
  auth: {
    readonly mount?: string | undefined;
    readonly role?: string | undefined;
    readonly jwtEnv?: string | undefined;
    readonly jwtFile?: string | undefined;
    readonly github?: { readonly audience?: string | undefined } | undefined;
  },
  options: Surroundings & { readonly limits: Limits },
): LoginMethod {
  const { mount = "jwt", role, github } = auth;
  const source = sourceOf(auth.jwtEnv, auth.jwtFile, options);
  return {
    kind: "login",
    logIn: async (ask) =>
      ask({
        method: "POST",
        path: ["auth", ...partsOf(mount), "login"],
        body: {
          ...(role !== undefined && { role }),
          jwt: source ? await readCredential(source, "ID token") : await githubIdToken(github?.audience, options),
        },
        token: undefined,
        what: `log in at auth/${mount}`,
        advice:
          "Check the role, and that it expects the issuer, audience and claims of this ID token. An ID token of a CI job lives for minutes.",
      }),
  };
}
