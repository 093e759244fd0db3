import { maxRetries } from "../../../src/rules/max-retries.ts";
import { noUnstableIdempotencyKey } from "../../../src/rules/no-unstable-idempotency-key.ts";
import { requireIdempotencyKey } from "../../../src/rules/require-idempotency-key.ts";
import { requireTimeout } from "../../../src/rules/require-timeout.ts";
import { runRule } from "../run-rule.ts";

const sqs = (options: string) =>
  `import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";\n\nconst sqs = new SQSClient(${options});\n\nawait sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));\n`;
const secrets = `import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";\nimport pRetry from "p-retry";\n\nconst client = new SecretsManagerClient({});\n\n`;
const storage = (options = "") =>
  `import { Storage } from "@google-cloud/storage";\n\nconst storage = new Storage(${options});\n\nawait storage.bucket(name).getFiles();\n`;
const drive = (options = "") =>
  `import { google } from "googleapis";\n\nconst drive = google.drive({ version: "v3"${options} });\n\nawait drive.files.list({});\n`;

const azure = (options = "") =>
  `import { BlobServiceClient } from "@azure/storage-blob";\n\nconst blobs = new BlobServiceClient(url, credential${options});\n\nawait blobs.getContainerClient("c").getBlockBlobClient("b").uploadData(data);\n`;
const minio = (options = "") =>
  `import { Client } from "minio";\n\nconst minio = new Client({ endPoint${options} });\n\nawait minio.putObject("b", "n", data);\n`;
const hubspot = (options = "") =>
  `import { Client } from "@hubspot/api-client";\n\nconst hubspot = new Client({ accessToken${options} });\n\nawait hubspot.crm.contacts.basicApi.getById(id);\n`;
const huggingface = (options = "") =>
  `import { InferenceClient } from "@huggingface/inference";\n\nconst models = new InferenceClient(token${options});\n\nawait models.textGeneration({ inputs });\n`;

runRule("require-timeout", requireTimeout, {
  silent: [
    { name: "AWS with a bound on silence", code: sqs("{ requestHandler: { socketTimeout: 300 } }") },
    { name: "AWS with a bound until the headers", code: sqs("{ requestHandler: { requestTimeout: 300, throwOnRequestTimeout: true } }") },
    { name: "AWS with options that cannot be seen", code: sqs("options") },
    {
      name: "AWS, a client that is passed in",
      code: `import type { SQSClient } from "@aws-sdk/client-sqs"; export const send = (sqs: SQSClient, command) => sqs.send(command);`,
    },
    {
      name: "presigned URLs",
      code: `import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3"; import { getSignedUrl } from "@aws-sdk/s3-request-presigner"; getSignedUrl(new S3Client({}), new GetObjectCommand({}));`,
    },
    { name: "Google Cloud Storage's default of 60 s", code: storage() },
    { name: "googleapis with a timeout", code: drive(", timeout: 300") },
    {
      name: "Google Cloud's generated clients, whose APIs have their own",
      code: `import { CloudTasksClient } from "@google-cloud/tasks"; new CloudTasksClient().createTask({ parent, task });`,
    },
  ],
  reported: [
    { name: "AWS", code: sqs("{ region }") },
    {
      name: "AWS with requestTimeout alone",
      filename: "packages/eslint-plugin/test/rules/sdks/clouds.ts",
      options: [{ alsoIn: ["test"] }],
      code: sqs("{ requestHandler: { requestTimeout: 300 } }"),
    },
    {
      name: "a client that only other files use",
      code: `import { S3Client } from "@aws-sdk/client-s3";\n\nexport const s3 = new S3Client({ requestHandler: { connectionTimeout: 300 } });\n`,
    },
    { name: "googleapis", code: drive(", auth") },
    { name: "Azure, whose option is only told to the server", code: azure(", { retryOptions: { tryTimeoutInMs: 300 } }") },
    { name: "MinIO", code: minio() },
    { name: "HubSpot", code: hubspot() },
    {
      name: "a client that is passed on, once",
      code: `import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";\n\nconst load = (client: S3Client, Key: string) => client.send(new GetObjectCommand({ Bucket, Key }));\nconst all = ({ client, keys }) => keys.map((key) => load(client, key));\n\nconst s3 = new S3Client({});\nawait load(s3, "a");\nawait all({ client: s3, keys });`,
    },
  ],
});

runRule("max-retries", maxRetries, {
  silent: [
    { name: "AWS's default of three attempts", code: sqs("{}") },
    { name: "AWS with three attempts", code: sqs("{ maxAttempts: 3 }") },
    { name: "Google Cloud Storage with two", code: storage("{ retryOptions: { maxRetries: 2 } }") },
    { name: "googleapis without", code: drive(", retry: false") },
    { name: "Azure with three attempts", code: azure(", { retryOptions: { maxTries: 3 } }") },
    { name: "MinIO's one", code: minio() },
    { name: "HubSpot with three attempts", code: hubspot(", numberOfApiCallRetries: 3") },
    { name: "Hugging Face without", code: huggingface(", { retry_on_error: false }") },
  ],
  reported: [
    { name: "AWS with ten attempts", code: sqs("{ maxAttempts: 10 }") },
    { name: "Google Cloud Storage's three", code: storage() },
    { name: "googleapis' three", code: drive() },
    { name: "Azure's four attempts", code: azure() },
    { name: "MinIO with four", code: minio(", retryOptions: { maximumRetryCount: 4 }") },
    { name: "HubSpot with six attempts", code: hubspot(", numberOfApiCallRetries: 6") },
    { name: "Hugging Face without end", code: huggingface() },
  ],
});

runRule("require-idempotency-key", requireIdempotencyKey, {
  silent: [{ name: "AWS takes none, or makes it", code: `${sqs("{}")}${secrets}client.send(new CreateSecretCommand({ Name }));` }],
  reported: [],
});

runRule("no-unstable-idempotency-key", noUnstableIdempotencyKey, {
  silent: [
    {
      name: "a token of the caller's",
      code: `${secrets}export const create = (id: string) => pRetry(() => client.send(new CreateSecretCommand({ Name, ClientRequestToken: id })), { retries: 2 });`,
    },
  ],
  reported: [
    {
      name: "a retry around the token that the SDK fills",
      code: `${secrets}await pRetry(() => client.send(new CreateSecretCommand({ Name })), { retries: 2 });`,
    },
  ],
});
