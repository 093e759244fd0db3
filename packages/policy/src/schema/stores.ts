import { z } from "zod";

import { environmentName, filePath, name } from "./scalars.ts";

const atMount = (usual: string) =>
  z.string().min(1, { error: "expected a mount" }).optional().describe(`Mount of the auth method; \`${usual}\` without it.`);
const role = z.string().min(1, { error: "expected the name of a role" });

const vaultAuth = z
  .discriminatedUnion("method", [
    z
      .strictObject({
        method: z.literal("token").describe("A token that someone else made; renewed, never revoked."),
        tokenEnv: environmentName.optional().describe("The environment variable that holds the token; this or `tokenFile`."),
        tokenFile: filePath.optional().describe("The file that holds the token."),
      })
      .describe("A token."),
    z
      .strictObject({
        method: z.literal("approle").describe("AppRole: a role and its secret ID give a token that Holdfast renews and revokes."),
        mount: atMount("approle"),
        roleIdEnv: environmentName.optional().describe("The environment variable that holds the role ID; this or `roleIdFile`."),
        roleIdFile: filePath.optional().describe("The file that holds the role ID."),
        secretIdEnv: environmentName
          .optional()
          .describe("The environment variable that holds the secret ID; this or one of the next three."),
        secretIdFile: filePath.optional().describe("The file that holds the secret ID."),
        wrappedSecretIdEnv: environmentName.optional().describe("The environment variable that holds the wrapping token of a secret ID."),
        wrappedSecretIdFile: filePath.optional().describe("The file that holds the wrapping token of a secret ID."),
      })
      .describe("AppRole."),
    z
      .strictObject({
        method: z.literal("userpass").describe("A user name and a password."),
        mount: atMount("userpass"),
        username: z.string().min(1, { error: "expected a user name" }).describe("The user name."),
        passwordEnv: environmentName.optional().describe("The environment variable that holds the password; this or `passwordFile`."),
        passwordFile: filePath.optional().describe("The file that holds the password."),
      })
      .describe("User name and password."),
    z
      .strictObject({
        method: z.literal("cert").describe("A TLS client certificate, shown with every request."),
        mount: atMount("cert"),
        role: role.optional().describe("The role; whichever matches the certificate without it."),
        certificateFile: filePath.describe("PEM file of the certificate, followed by those between it and its authority."),
        keyFile: filePath.describe("PEM file of its private key, without a passphrase."),
      })
      .describe("A client certificate."),
    z
      .strictObject({
        method: z.literal("jwt").describe("A signed ID token, as CI systems give one to each job."),
        mount: atMount("jwt"),
        role: role.optional().describe("The role; the default role of the mount without it."),
        jwtEnv: environmentName
          .optional()
          .describe("The environment variable that holds the ID token, as GitLab sets it with `id_tokens`; this or one of the next two."),
        jwtFile: filePath.optional().describe("The file that holds the ID token."),
        github: z
          .strictObject({
            audience: z
              .string()
              .min(1, { error: "expected an audience" })
              .optional()
              .meta({ description: "The audience to ask for; GitHub's own without it.", examples: ["https://vault.internal:8200"] }),
          })
          .optional()
          .describe("Asks GitHub Actions for an ID token; the job needs `permissions: { id-token: write }`."),
      })
      .describe("JWT or OIDC, for CI."),
    z
      .strictObject({
        method: z.literal("kubernetes").describe("The service account of a pod."),
        mount: atMount("kubernetes"),
        role: role.describe("The role."),
        tokenFile: filePath
          .optional()
          .describe(
            "The file that holds the token of the service account; `/var/run/secrets/kubernetes.io/serviceaccount/token` without it.",
          ),
      })
      .describe("Kubernetes."),
    z
      .strictObject({
        method: z.literal("aws").describe("An IAM principal, with the credentials that the AWS SDK finds."),
        mount: atMount("aws"),
        role: role.optional().describe("The role; the one named as the principal without it."),
        region: z
          .string()
          .regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/u, { error: "expected a region such as eu-central-1" })
          .optional()
          .describe("Region of the STS endpoint that Vault is configured with; the global endpoint without it."),
        serverId: z
          .string()
          .min(1, { error: "expected the value of iam_server_id_header_value" })
          .optional()
          .describe("What the mount has as `iam_server_id_header_value`."),
        profile: z.string().min(1, { error: "expected a profile" }).optional().describe("Profile of the shared AWS configuration."),
      })
      .describe("AWS IAM."),
  ])
  .describe("How to log in; with the token of VAULT_TOKEN without it, or with that of `vault login` (~/.vault-token).");

const address = z
  .string()
  .regex(/^https?:\/\/[^/\s]+\/?$/u, { error: "expected an address such as https://vault.internal:8200" })
  .meta({ examples: ["https://vault.internal:8200"] });

const vault = z
  .strictObject({
    kind: z.literal("vault").describe("KV version 2 of HashiCorp Vault."),
    address: address.describe("Where the server is."),
    namespace: z.string().min(1, { error: "expected a namespace" }).optional().describe("Namespace, on servers that have them."),
    mount: z.string().min(1, { error: "expected a mount" }).optional().describe("Mount of the engine; `secret` without it."),
    ca: filePath.optional().describe("PEM file of a private certificate authority."),
    auth: vaultAuth.optional(),
  })
  .describe("A server.");

const age = z
  .strictObject({
    recipients: z
      .array(
        z
          .string()
          .regex(/^age1[a-z0-9]{20,}$/u, { error: "expected an age recipient, which starts with age1" })
          .meta({ examples: ["age1…"] }),
      )
      .min(1, { error: "expected at least one recipient" })
      .describe("Who can decrypt: public keys of people and servers."),
    identityFile: filePath.optional().describe("The file that holds the private key of this machine."),
    identityEnv: environmentName.optional().describe("The environment variable that holds it instead."),
  })
  .describe("age keys (X25519).");

const awsKms = z
  .strictObject({
    arns: z
      .array(
        z
          .string()
          .regex(/^arn:aws[\w-]*:kms:[^:\s]+:\d+:(?:key|alias)\/\S+$/u, {
            error: "expected an ARN such as arn:aws:kms:eu-central-1:111122223333:key/…",
          })
          .meta({ examples: ["arn:aws:kms:eu-central-1:111122223333:key/…"] }),
      )
      .min(1, { error: "expected at least one ARN" })
      .describe("Symmetric keys or their aliases, each asked in its own region."),
    context: z.record(z.string(), z.string()).optional().describe("Encryption context of a new file."),
    profile: z
      .string()
      .min(1, { error: "expected a profile" })
      .optional()
      .describe("Profile of the shared AWS configuration; the SDK's default chain without it."),
    endpoint: z
      .string()
      .regex(/^https?:\/\/[^/\s]+\/?$/u, { error: "expected an address such as https://vpce-….kms.eu-central-1.vpce.amazonaws.com" })
      .optional()
      .describe("Address of the API, such as a VPC endpoint; that of the region without it."),
  })
  .describe("Keys of AWS KMS.");

const vaultTransit = z
  .strictObject({
    store: name.optional().describe("A store of kind `vault` whose server and login are used; this or `address`."),
    address: address.optional().describe("The server, when no store is on it."),
    namespace: z.string().min(1, { error: "expected a namespace" }).optional().describe("With `address`: namespace."),
    ca: filePath.optional().describe("With `address`: PEM file of a private certificate authority."),
    auth: vaultAuth.optional(),
    mount: z.string().min(1, { error: "expected a mount" }).optional().describe("Mount of the Transit engine; `transit` without it."),
    key: z
      .string()
      .regex(/^[\w.-]+$/u, { error: "expected the name of a key" })
      .describe("Name of the key."),
  })
  .describe("A key of Vault's Transit engine.");

const sops = z
  .strictObject({
    kind: z.literal("sops").describe("An encrypted file in the repository; needs no server."),
    file: filePath.describe("A YAML or JSON file in SOPS format."),
    key: z
      .strictObject({ age: age.optional(), "aws-kms": awsKms.optional(), "vault-transit": vaultTransit.optional() })
      .describe("What protects the file; of several keys any one opens it."),
  })
  .describe("A file.");

/** One line a kind. */
export const store = z.discriminatedUnion("kind", [vault, sops]);
export const stores = z.record(name, store).describe("Where secrets are kept, by a name of your own.");
