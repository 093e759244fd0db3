import { CloudTasksClient } from "@google-cloud/tasks";
import * as grpc from "@grpc/grpc-js";
import { describe, expect, it, onTestFinished, vi } from "vitest";

import { outcomeOf } from "./upstream.ts";

const name = "projects/p/locations/l/queues/q";
const raw = { requestStream: false, responseStream: false, requestSerialize: Buffer.from, responseSerialize: Buffer.from };
const method = (path: string) => ({
  ...raw,
  path,
  requestDeserialize: (bytes: Buffer) => bytes,
  responseDeserialize: (bytes: Buffer) => bytes,
});
const definition = {
  getQueue: method("/google.cloud.tasks.v2.CloudTasks/GetQueue"),
  createTask: method("/google.cloud.tasks.v2.CloudTasks/CreateTask"),
} as unknown as grpc.ServiceDefinition;

/** A server that counts calls, refuses the first of them and answers none of the others. */
async function start(refusals: number) {
  let calls = 0;
  const answer = (_: unknown, send: grpc.sendUnaryData<Buffer>) => {
    calls += 1;
    if (calls <= refusals) send({ code: grpc.status.UNAVAILABLE });
  };
  const server = new grpc.Server();
  server.addService(definition, { getQueue: answer, createTask: answer });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  vi.stubEnv("METADATA_SERVER_DETECTION", "none");
  const client = new CloudTasksClient({ apiEndpoint: "127.0.0.1", port, sslCreds: grpc.credentials.createInsecure(), projectId: "p" });
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await client.close();
    server.forceShutdown();
  });
  return { client, calls: () => calls };
}

describe("google-gax (src/calls/sdks/google-gax.ts)", () => {
  it("repeats reads as its API's configuration says, by a total time and no number", async () => {
    const { client, calls } = await start(4);
    expect(await outcomeOf(client.getQueue({ name }), 3_000)).toBe("still waiting");
    expect(calls()).toBe(5);
  });

  it("does not repeat what creates", async () => {
    const { client, calls } = await start(4);
    expect(await outcomeOf(client.createTask({ parent: name, task: {} }), 3_000)).toBe("failed");
    expect(calls()).toBe(1);
  });

  it("ends an attempt with `timeout` of the call, in milliseconds", async () => {
    const { client } = await start(0);
    expect(await outcomeOf(client.createTask({ parent: name, task: {} }, { timeout: 150 }), 3_000)).toBe("failed");
    expect(await outcomeOf(client.createTask({ parent: name, task: {} }), 800)).toBe("still waiting");
  });
});
