import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SendMessageCommand, SQSClient, type SQSClientConfig } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

const access = { region: "eu-central-1", credentials: { accessKeyId: "a", secretAccessKey: "s" } };
const ignore = () => undefined;
const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** A fact that changes here is written in src/calls/sdks/aws-sdk.ts. */
async function send(behaviour: Behaviour, config: SQSClientConfig = {}, options = {}, patience = 6_000) {
  const { url, requests } = await startUpstream(behaviour);
  const client = new SQSClient({ ...access, endpoint: url, logger: quiet, ...config });
  const call = client.send(new SendMessageCommand({ QueueUrl: `${url}queue`, MessageBody: "m" }), options);
  return { outcome: await outcomeOf(call, patience), requests: requests.length };
}

describe("aws-sdk (src/calls/sdks/aws-sdk.ts)", () => {
  it("makes three attempts by default, of SendMessage too", async () => {
    expect(await send(503)).toEqual({ outcome: "failed", requests: 3 });
    expect(await send("reset")).toEqual({ outcome: "failed", requests: 3 });
  });

  it("counts attempts, not retries", async () => {
    expect(await send(503, { maxAttempts: 2 })).toEqual({ outcome: "failed", requests: 2 });
    expect(await send(503, { maxAttempts: 1 })).toEqual({ outcome: "failed", requests: 1 });
  });

  it("has no timeout, and requestTimeout alone is none", async () => {
    expect(await send("hang", {}, {}, 800)).toEqual({ outcome: "still waiting", requests: 1 });
    expect(await send("hang", { requestHandler: { requestTimeout: 150 } }, {}, 800)).toEqual({ outcome: "still waiting", requests: 1 });
  });

  it.each([
    ["requestTimeout with throwOnRequestTimeout", { requestTimeout: 150, throwOnRequestTimeout: true }],
    ["socketTimeout", { socketTimeout: 150 }],
  ])("is ended by %s", async (_, requestHandler) => {
    expect(await send("hang", { requestHandler, maxAttempts: 1 })).toEqual({ outcome: "failed", requests: 1 });
  });

  it("is ended by a signal, with all its attempts", async () => {
    expect(await send("hang", {}, { abortSignal: AbortSignal.timeout(150) })).toEqual({ outcome: "failed", requests: 1 });
  });

  it("fills an idempotency token, the same in every attempt and another in each call", async () => {
    const { url } = await startUpstream(503);
    const client = new SecretsManagerClient({ ...access, endpoint: url, maxAttempts: 2 });
    const tokens: string[] = [];
    client.middlewareStack.add(
      (next) => (args) => {
        tokens.push((JSON.parse((args.request as { body: string }).body) as { ClientRequestToken: string }).ClientRequestToken);
        return next(args);
      },
      { step: "deserialize" },
    );
    const command = new CreateSecretCommand({ Name: "n", SecretString: "s" });
    await outcomeOf(client.send(command), 6_000);
    await outcomeOf(client.send(command), 6_000);
    expect(tokens).toEqual([tokens[0], tokens[0], tokens[2], tokens[2]]);
    expect(tokens[0]).toMatch(/^[\da-f-]{36}$/u);
    expect(tokens[2]).not.toBe(tokens[0]);
  });
});
