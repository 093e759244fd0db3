import { RotationError } from "../error.ts";
import type { Key } from "../roles.ts";
import { Secret } from "../secret.ts";
import { partsOf } from "../vault/path.ts";
import type { VaultAnswer, VaultSession } from "../vault/vault.ts";

export interface VaultTransitOptions {
  readonly vault: VaultSession;
  /** Mount of the Transit engine. */
  readonly mount: string;
  readonly key: string;
}

/**
 * A key of Vault's Transit engine. The ciphertext is Vault's own text, `vault:v1:…`; encrypting and decrypting change nothing and may be repeated.
 * @throws RotationError as a request of `VaultSession`; `key-unavailable` when there is no such key or it did not wrap this.
 */
export function vaultTransitKey({ vault, mount, key }: VaultTransitOptions): Key {
  const ask = async (operation: "encrypt" | "decrypt", body: { readonly [name: string]: Secret | string }): Promise<VaultAnswer> => {
    const answer = await vault
      .request({
        method: "POST",
        path: [...partsOf(mount), operation, key],
        body,
        effect: "read",
        what: `${operation} a data key with ${mount}/keys/${key}`,
      })
      .catch((error: unknown) => {
        // 400: another key or a damaged text, an archived version, or no key of this name.
        if (error instanceof RotationError && error.code === "invalid") throw new RotationError("key-unavailable", error.message);
        throw error;
      });
    if (answer.status !== 404) return answer;
    throw new RotationError(
      "key-unavailable",
      `${vault.who} has no Transit engine at ${mount}. Nothing was changed. Check the mount of the key in the policy.`,
    );
  };
  return {
    kind: "vault-transit",
    async wrap(plaintext) {
      const { body } = await ask("encrypt", { plaintext: Secret.of(Buffer.from(plaintext).toString("base64")) });
      return { key: `${mount}/keys/${key}`, ciphertext: Buffer.from(textOf(body.data, "ciphertext"), "utf8") };
    },
    async unwrap({ ciphertext }) {
      const { body } = await ask("decrypt", { ciphertext: Buffer.from(ciphertext).toString("utf8") });
      return Buffer.from(textOf(body.data, "plaintext"), "base64");
    },
  };
}

function textOf(data: unknown, field: string): string {
  const text = (data as Readonly<Record<string, unknown>> | undefined)?.[field];
  return typeof text === "string" ? text : "";
}
