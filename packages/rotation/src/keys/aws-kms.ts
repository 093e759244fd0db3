import type { KMSClient } from "@aws-sdk/client-kms";

import { RotationError, type RotationErrorCode } from "../error.ts";
import type { Key } from "../roles.ts";

export interface AwsKmsOptions {
  /** `arn:aws:kms:<region>:<account>:key/…` or `…:alias/…`; its region is asked. */
  readonly arn: string;
  /** The encryption context: has to be the same at both ends, and stands in AWS's own log. */
  readonly context?: Readonly<Record<string, string>> | undefined;
  /** A profile of the shared AWS configuration; the SDK's default chain without it. */
  readonly profile?: string | undefined;
  readonly endpoint?: string | undefined;
}

/**
 * A symmetric key of AWS KMS. Encrypting and decrypting change nothing, so the SDK's standard retries apply: three attempts.
 * @throws RotationError `unreachable` and `quota` for what may pass, `denied` for missing credentials or rights, `key-unavailable` for a key that is
 * gone or disabled or did not wrap this. What AWS says is not passed on, only the name of its error.
 */
export function awsKmsKey(options: AwsKmsOptions): Key {
  const { arn, context } = options;
  const call = async <T>(doing: string, work: (client: KMSClient, sdk: Sdk) => Promise<T>): Promise<T> => {
    const sdk = await import("@aws-sdk/client-kms");
    const client = clientOf(options, sdk);
    try {
      return await work(client, sdk);
    } catch (error) {
      throw explain(error, doing, arn);
    } finally {
      client.destroy();
    }
  };
  return {
    kind: "aws-kms",
    wrap: (plaintext) =>
      call("wrap a data key", async (client, { EncryptCommand }) => {
        const { CiphertextBlob } = await client.send(
          new EncryptCommand({ KeyId: arn, Plaintext: plaintext, EncryptionContext: { ...context } }),
        );
        return { key: arn, ciphertext: CiphertextBlob ?? new Uint8Array() };
      }),
    unwrap: ({ ciphertext }) =>
      call("unwrap a data key", async (client, { DecryptCommand }) => {
        const { Plaintext } = await client.send(
          new DecryptCommand({ KeyId: arn, CiphertextBlob: ciphertext, EncryptionContext: { ...context } }),
        );
        return Plaintext ?? new Uint8Array();
      }),
  };
}

type Sdk = typeof import("@aws-sdk/client-kms");

/** A client of its own: one that rotates keys must not repeat anything, this one may. */
function clientOf({ arn, profile, endpoint }: AwsKmsOptions, { KMSClient }: Sdk): KMSClient {
  return new KMSClient({
    region: arn.split(":")[3] ?? "",
    retryMode: "standard",
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 10_000 },
    ...(profile !== undefined && { profile }),
    ...(endpoint !== undefined && { endpoint }),
  });
}

function explain(error: unknown, doing: string, arn: string): RotationError {
  const name = error instanceof Error ? error.name : "unknown";
  const { code, why, advice } = reasonOf(name, error);
  return new RotationError(code, `AWS KMS cannot ${doing} with ${arn}: ${why} (${name}). Nothing was changed. ${advice}`);
}

interface Reason {
  readonly code: RotationErrorCode;
  readonly why: string;
  readonly advice: string;
}

/** Source of the names: the errors that the API reference of Encrypt and Decrypt lists, and the common ones. */
function reasonOf(name: string, error: unknown): Reason {
  switch (name) {
    case "NotFoundException":
      return { code: "key-unavailable", why: "there is no such key in this account and region", advice: "Check the ARN in the policy." };
    case "DisabledException":
      return {
        code: "key-unavailable",
        why: "the key is disabled",
        advice: "Have it enabled (`aws kms enable-key`), or open the file with another of its keys.",
      };
    case "KMSInvalidStateException":
      return {
        code: "key-unavailable",
        why: "the key is pending deletion or otherwise not usable",
        advice: "Have its deletion cancelled (`aws kms cancel-key-deletion`) at once: what only it wrapped is lost with it.",
      };
    case "InvalidCiphertextException":
    case "IncorrectKeyException":
      return {
        code: "key-unavailable",
        why: "this key did not wrap it, or the encryption context is another",
        advice: "Check that the file was not changed by hand.",
      };
    case "InvalidKeyUsageException":
    case "ValidationException":
      return {
        code: "invalid",
        why: "the key is not for encrypting",
        advice: "Name a symmetric key of usage ENCRYPT_DECRYPT in the policy.",
      };
    case "AccessDeniedException":
      return {
        code: "denied",
        why: "these credentials may not use it",
        advice: "Grant kms:Encrypt and kms:Decrypt on the key, in the key policy or by IAM.",
      };
    case "ThrottlingException":
    case "LimitExceededException":
      return { code: "quota", why: "too many requests", advice: "Try again later." };
    case "CredentialsProviderError":
      return {
        code: "denied",
        why: "the AWS SDK found no credentials",
        advice: "Set AWS_PROFILE or the variables of AWS, or run where a role is attached.",
      };
    case "UnrecognizedClientException":
    case "InvalidClientTokenId":
    case "InvalidSignatureException":
    case "IncompleteSignatureException":
    case "ExpiredTokenException":
      return { code: "denied", why: "the credentials were refused", advice: "Renew them, and check this machine's clock." };
  }
  const status = (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
  if (status !== undefined && status >= 400 && status < 500)
    return { code: "invalid", why: "the request was refused", advice: "Check the policy." };
  return { code: "unreachable", why: "no usable answer came", advice: "Check the network and the endpoint, then try again." };
}
