import { resolvePath } from "../../stores/resolve-path.ts";
import { partsOf } from "../path.ts";
import { readCredential, type Surroundings } from "./credential.ts";
import type { LoginMethod } from "./login.ts";

const projected = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/** `POST auth/kubernetes/login` with the token of the pod's service account. The kubelet replaces the file before the token expires. */
export function kubernetes(
  auth: { readonly mount?: string | undefined; readonly role: string; readonly tokenFile?: string | undefined },
  { directory, env }: Surroundings,
): LoginMethod {
  const { mount = "kubernetes", role } = auth;
  const file = resolvePath(auth.tokenFile ?? projected, directory, env);
  return {
    kind: "login",
    logIn: async (ask) =>
      ask({
        method: "POST",
        path: ["auth", ...partsOf(mount), "login"],
        body: { role, jwt: await readCredential({ file }, "token of the service account") },
        token: undefined,
        what: `log in at auth/${mount}`,
        advice: `Check that the role ${role} is bound to this service account and its namespace, and that Vault may review its tokens.`,
      }),
  };
}
