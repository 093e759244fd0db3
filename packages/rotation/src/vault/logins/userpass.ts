import { partsOf } from "../path.ts";
import { readCredential, sourceOf, type Surroundings } from "./credential.ts";
import type { LoginMethod } from "./login.ts";

/** `POST auth/userpass/login/:username` with the password. */
export function userpass(
  auth: {
    readonly mount?: string | undefined;
    readonly username: string;
    readonly passwordEnv?: string | undefined;
    readonly passwordFile?: string | undefined;
  },
  options: Surroundings,
): LoginMethod {
  const { mount = "userpass", username } = auth;
  const password = sourceOf(auth.passwordEnv, auth.passwordFile, options)!;
  return {
    kind: "login",
    logIn: async (ask) =>
      ask({
        method: "POST",
        path: ["auth", ...partsOf(mount), "login", username],
        body: { password: await readCredential(password, "password") },
        token: undefined,
        what: `log in at auth/${mount} as ${username}`,
        advice: "Check the user name and the password.",
      }),
  };
}
