import { defaultProvider } from "@aws-sdk/credential-provider-node";
import { Sha256 } from "@smithy/core/checksum";
import { SignatureV4 } from "@smithy/signature-v4";

import { RotationError } from "../../error.ts";
import { Secret } from "../../secret.ts";
import type { VaultAnswer } from "../answer.ts";
import { partsOf } from "../path.ts";
import type { Ask } from "./login.ts";

export interface AwsAuth {
  readonly mount?: string | undefined;
  readonly role?: string | undefined;
  readonly region?: string | undefined;
  readonly serverId?: string | undefined;
  readonly profile?: string | undefined;
}

/**
 * `POST auth/aws/login` with a signed request for sts:GetCallerIdentity, which Vault sends on to AWS to learn who signed it. It is signed with the
 * credentials that the AWS SDK finds: environment, shared files, SSO, web identity, container, instance.
 */
export async function logInToAws(auth: AwsAuth, ask: Ask): Promise<VaultAnswer> {
  const { mount = "aws", role } = auth;
  const { url, body, headers } = await signIdentityRequest(auth);
  return ask({
    method: "POST",
    path: ["auth", ...partsOf(mount), "login"],
    body: {
      ...(role !== undefined && { role }),
      iam_http_request_method: "POST",
      iam_request_url: base64(url),
      iam_request_body: base64(body),
      // Whoever has it can be this principal before Vault for some minutes.
      iam_request_headers: Secret.of(base64(JSON.stringify(headers))),
    },
    token: undefined,
    what: `log in at auth/${mount}`,
    advice:
      "Check the role and the principal it is bound to, `region` (Vault must use the same STS endpoint), `serverId`, and this machine's clock.",
  });
}

async function signIdentityRequest(auth: AwsAuth): Promise<{ url: string; body: string; headers: Readonly<Record<string, string>> }> {
  const { region, serverId, profile } = auth;
  const hostname = region === undefined ? "sts.amazonaws.com" : `sts.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
  const body = "Action=GetCallerIdentity&Version=2011-06-15";
  const signer = new SignatureV4({
    service: "sts",
    region: region ?? "us-east-1",
    credentials: defaultProvider(profile === undefined ? {} : { profile }),
    sha256: Sha256,
  });
  const request = {
    ...{ method: "POST", protocol: "https:", hostname, path: "/", query: {}, body },
    headers: {
      Host: hostname,
      "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
      ...(serverId !== undefined && { "X-Vault-AWS-IAM-Server-ID": serverId }),
    },
  };
  const { headers } = await signer.sign(request).catch((error: unknown) => {
    throw new RotationError(
      "invalid",
      `The AWS SDK found no credentials to log in to Vault with (${error instanceof Error ? error.name : "unknown"}). Nothing was sent. Set AWS_PROFILE or the variables of AWS, or run where a role is attached.`,
    );
  });
  return { url: `https://${hostname}/`, body, headers };
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
