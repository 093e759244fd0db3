import { RotationError } from "../../error.ts";
import { Secret } from "../../secret.ts";
import { partsOf } from "../path.ts";
import { type CredentialSource, readCredential } from "./credential.ts";
import type { Ask } from "./login.ts";

/**
 * A secret id inside a wrapping token (`vault write -wrap-ttl=…`), which can be taken out once. Before that Vault is asked what made the token,
 * so that one put in its place by somebody else is noticed, and nothing is taken out of it. The secret id is remembered for later logins, until
 * another wrapping token is found.
 */
export function openWrapping(source: CredentialSource, mount: string): (ask: Ask) => Promise<Secret> {
  let opened: { readonly wrapping: Secret; readonly secretId: Secret } | undefined;
  return async (ask) => {
    const wrapping = await readCredential(source, "wrapped secret id").catch((error: unknown) => {
      // Whoever delivers wrapping tokens may take them away once they are used.
      if (opened) return opened.wrapping;
      throw error;
    });
    if (opened?.wrapping.equals(wrapping)) return opened.secretId;
    await requireOrigin(wrapping, mount, ask);
    opened = { wrapping, secretId: await unwrap(wrapping, ask) };
    return opened.secretId;
  };
}

const usedUp =
  "It was unwrapped before, or its time is over: have another one made. If nobody here unwrapped it, somebody else may have the secret id: revoke it.";

async function requireOrigin(wrapping: Secret, mount: string, ask: Ask): Promise<void> {
  const { body } = await ask({
    method: "POST",
    path: ["sys", "wrapping", "lookup"],
    body: { token: wrapping },
    token: undefined,
    what: "look up the wrapped secret id",
    advice: usedUp,
  });
  const { creation_path: origin = "an unknown path" } = (body.data ?? {}) as { creation_path?: string };
  const parts = partsOf(origin);
  const before = ["auth", ...partsOf(mount), "role"];
  const isExpected =
    parts.length === before.length + 2 &&
    before.every((part, at) => parts[at] === part) &&
    ["secret-id", "custom-secret-id"].includes(parts.at(-1) ?? "");
  if (isExpected) return;
  throw new RotationError(
    "denied",
    `The wrapped secret id was made by ${origin}, not by auth/${mount}/role/…/secret-id: somebody may have put it in the place of the right one. It was not unwrapped. Find out who delivered it.`,
  );
}

async function unwrap(wrapping: Secret, ask: Ask): Promise<Secret> {
  const { body } = await ask({
    method: "POST",
    path: ["sys", "wrapping", "unwrap"],
    token: wrapping,
    effect: "write",
    what: "unwrap the secret id",
    advice: usedUp,
  });
  const { secret_id: secretId } = (body.data ?? {}) as { secret_id?: string };
  if (secretId) return Secret.of(secretId);
  throw new RotationError("denied", `There was no secret id in the wrapping token. ${usedUp}`);
}
