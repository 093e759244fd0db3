import * as grpc from "@grpc/grpc-js";
import { describe, expect, it, onTestFinished } from "vitest";

import { outcomeOf } from "./upstream.ts";

const pass = {
  requestSerialize: (text: string) => Buffer.from(text),
  requestDeserialize: String,
  responseSerialize: Buffer.from,
  responseDeserialize: String,
};
const definition = {
  pay: { path: "/Payments/pay", requestStream: false, responseStream: false, ...pass },
} as unknown as grpc.ServiceDefinition;
const Payments = grpc.makeGenericClientConstructor(definition, "Payments");

type Call = (message: string, ...rest: unknown[]) => grpc.ClientUnaryCall;

/** A server that counts calls and answers as told, and a way to call it that settles with its answer. */
async function start(behaviour: "hang" | "unavailable", clientOptions: Partial<grpc.ClientOptions> = {}) {
  let calls = 0;
  const server = new grpc.Server();
  server.addService(definition, {
    pay: (_: unknown, answer: grpc.sendUnaryData<string>) => {
      calls += 1;
      if (behaviour === "unavailable") answer({ code: grpc.status.UNAVAILABLE });
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  const client = new Payments(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), clientOptions);
  onTestFinished(() => {
    client.close();
    server.forceShutdown();
  });
  const pay = (options: object) =>
    new Promise<string>((resolve, reject) => {
      const call = (client as unknown as Record<string, Call>)["pay"]!;
      call.call(client, "1", options, (error: Error | null, answer: string) => (error ? reject(error) : resolve(answer)));
    });
  return { pay, calls: () => calls };
}

const config = (maxAttempts: number) => ({
  "grpc.service_config": JSON.stringify({
    methodConfig: [
      {
        name: [{}],
        retryPolicy: {
          maxAttempts,
          initialBackoff: "0.001s",
          maxBackoff: "0.01s",
          backoffMultiplier: 1,
          retryableStatusCodes: ["UNAVAILABLE"],
        },
      },
    ],
  }),
});

describe("@grpc/grpc-js (a changed fact belongs into src/calls/clients/grpc-js.ts)", () => {
  it("waits without a deadline, and ends at one", async () => {
    const { pay } = await start("hang");
    expect(await outcomeOf(pay({}), 300)).toBe("still waiting");
    expect(await outcomeOf(pay({ deadline: Date.now() + 50 }))).toBe("failed");
    expect(await outcomeOf(pay({ deadline: new Date(Date.now() + 50) }))).toBe("failed");
  });

  it("fails at once for a span in place of a moment, before the server sees anything", async () => {
    const { pay, calls } = await start("hang");
    await expect(pay({ deadline: 300 })).rejects.toMatchObject({ code: grpc.status.DEADLINE_EXCEEDED });
    expect(calls()).toBe(0);
  });

  it("repeats nothing without a service config, and counts attempts with one, five at most", async () => {
    const counted = async (options?: Partial<grpc.ClientOptions>) => {
      const { pay, calls } = await start("unavailable", options);
      expect(await outcomeOf(pay({}))).toBe("failed");
      return calls();
    };
    expect(await counted()).toBe(1);
    expect(await counted(config(2))).toBe(2);
    expect(await counted(config(9))).toBe(5);
  });
});
