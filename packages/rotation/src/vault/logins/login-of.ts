import type { VaultStorePolicy } from "@holdfast/policy";

import type { Limits } from "../transport.ts";
import { approle } from "./approle.ts";
import { certificate } from "./certificate.ts";
import type { Surroundings } from "./credential.ts";
import { jwt } from "./jwt.ts";
import { kubernetes } from "./kubernetes.ts";
import type { LoginMethod } from "./login.ts";
import { givenToken, usualToken } from "./token.ts";
import { userpass } from "./userpass.ts";

type Auth = NonNullable<VaultStorePolicy["auth"]>;

/** The login that a policy asks for; nothing is read or sent before it is used. */
export function loginOf(auth: Auth | undefined, options: Surroundings & { readonly limits: Limits }): LoginMethod {
  switch (auth?.method) {
    case undefined:
      return usualToken(options);
    case "token":
      return givenToken(auth, options);
    case "approle":
      return approle(auth, options);
    case "userpass":
      return userpass(auth, options);
    case "cert":
      return certificate(auth, options);
    case "jwt":
      return jwt(auth, options);
    case "kubernetes":
      return kubernetes(auth, options);
    case "aws":
      // Loaded when it is used: who does not log in so does not wait for the AWS SDK.
      return { kind: "login", logIn: async (ask) => (await import("./aws.ts")).logInToAws(auth, ask) };
  }
}
