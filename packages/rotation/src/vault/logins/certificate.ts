import { createSecureContext } from "node:tls";

import { RotationError } from "../../error.ts";
import { resolvePath } from "../../stores/resolve-path.ts";
import { partsOf } from "../path.ts";
import type { ClientIdentity } from "../transport.ts";
import { readLoginFile, type Surroundings } from "./credential.ts";
import type { LoginMethod } from "./login.ts";

/** `POST auth/cert/login` over a connection that shows the certificate. All later ones show it too, as Vault compares it when the token is renewed. */
export function certificate(
  auth: {
    readonly mount?: string | undefined;
    readonly role?: string | undefined;
    readonly certificateFile: string;
    readonly keyFile: string;
  },
  { directory, env }: Surroundings,
): LoginMethod {
  const { mount = "cert", role } = auth;
  const [certificateFile, keyFile] = [auth.certificateFile, auth.keyFile].map((file) => resolvePath(file, directory, env)) as [
    string,
    string,
  ];
  return {
    kind: "login",
    logIn: async (ask) =>
      ask({
        method: "POST",
        path: ["auth", ...partsOf(mount), "login"],
        body: { ...(role !== undefined && { name: role }) },
        token: undefined,
        what: `log in at auth/${mount} with the certificate ${certificateFile}`,
        advice: "Check that a role of that auth method trusts the certificate, and that it has not expired.",
        identity: await readIdentity(certificateFile, keyFile),
      }),
  };
}

async function readIdentity(certificateFile: string, keyFile: string): Promise<ClientIdentity> {
  const identity = { cert: await readLoginFile(certificateFile, "certificate"), key: await readLoginFile(keyFile, "private key") };
  try {
    createSecureContext(identity);
    return identity;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    throw new RotationError(
      "invalid",
      `${certificateFile} and ${keyFile} are not a certificate and its private key in PEM without a passphrase (${code}). Nothing was sent. Check both files.`,
    );
  }
}
