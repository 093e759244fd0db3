import { type AddressInfo, connect } from "node:net";
import { createServer } from "node:tls";

import { Client, EnvironmentEnum } from "@adyen/api-library";
import { describe, expect, it, onTestFinished } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

/** Ciphers without certificates: the SDK speaks https only, and its hosts are fixed. */
const anonymous = { ciphers: "AECDH-AES256-SHA:@SECLEVEL=0", maxVersion: "TLSv1.2", rejectUnauthorized: false } as const;

async function startTlsBefore(url: string): Promise<string> {
  const server = createServer(anonymous, (socket) => {
    const upstream = connect(Number(new URL(url).port), "127.0.0.1");
    for (const end of [socket, upstream]) end.on("error", () => upstream.destroy(socket.destroy().errored ?? undefined));
    upstream.on("close", () => socket.destroy());
    socket.pipe(upstream).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const clientWith = (options = {}) => new Client({ apiKey: "k", environment: EnvironmentEnum.TEST, ...options });

/** A fact that changes here is written in src/calls/sdks/adyen.ts. */
async function post(behaviour: Behaviour, client: Client, options = {}, patience = 1_500) {
  const { url, requests } = await startUpstream(behaviour);
  const endpoint = await startTlsBefore(url);
  const call = client.httpClient.request(endpoint, "{}", client.config, true, { ...anonymous, ...options });
  return { outcome: await outcomeOf(call, patience), requests: requests.length, headers: requests[0]?.headers };
}

describe("adyen (src/calls/sdks/adyen.ts)", () => {
  it("retries nothing", async () => {
    expect(await post(503, clientWith())).toMatchObject({ outcome: "failed", requests: 1 });
    expect(await post("reset", clientWith())).toMatchObject({ outcome: "failed", requests: 1 });
  });

  it("ends a request with connectionTimeoutMillis, and with setTimeouts", async () => {
    expect(await post("hang", clientWith({ connectionTimeoutMillis: 150 }))).toMatchObject({ outcome: "failed", requests: 1 });
    const client = clientWith();
    client.setTimeouts(150);
    expect(await post("hang", client)).toMatchObject({ outcome: "failed", requests: 1 });
  });

  it("overwrites the timeout of a single request", async () => {
    expect(await post("hang", clientWith({ connectionTimeoutMillis: 5_000 }), { timeout: 100 }, 800)).toMatchObject({
      outcome: "still waiting",
      requests: 1,
    });
  });

  it("sends idempotencyKey as the header, and none of its own", async () => {
    expect((await post(503, clientWith(), { idempotencyKey: "own" })).headers?.["idempotency-key"]).toBe("own");
    expect((await post(503, clientWith())).headers).not.toHaveProperty("idempotency-key");
  });
});
