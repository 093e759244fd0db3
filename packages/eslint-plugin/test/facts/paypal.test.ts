import { Agent } from "node:https";
import { connect } from "node:net";

import { CheckoutPaymentIntent, Client, OrdersController } from "@paypal/paypal-server-sdk";
import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream, type Upstream } from "./upstream.ts";

/** Leads every connection to the upstream, in the clear: the SDK's hosts are fixed. */
class Detour extends Agent {
  readonly #port: number;

  constructor({ url }: Upstream) {
    super();
    this.#port = Number(new URL(url).port);
  }

  override createConnection() {
    return connect(this.#port, "127.0.0.1");
  }
}

type Options = NonNullable<ConstructorParameters<typeof Client>[0]>;

/** A fact that changes here is written in src/calls/sdks/paypal.ts. */
async function call(
  behaviour: Behaviour,
  run: (orders: OrdersController) => Promise<unknown>,
  { httpClientOptions, ...options }: Partial<Options> = {},
  patience = 4_000,
) {
  const upstream = await startUpstream(behaviour);
  const client = new Client({
    clientCredentialsAuthCredentials: {
      oAuthClientId: "c",
      oAuthClientSecret: "s",
      oAuthToken: { accessToken: "t", tokenType: "Bearer", expiry: BigInt(4_000_000_000) } as never,
    },
    httpClientOptions: { ...httpClientOptions, httpsAgent: new Detour(upstream) },
    ...options,
  });
  const outcome = await outcomeOf(run(new OrdersController(client)), patience);
  return { outcome, requests: upstream.requests.length, headers: upstream.requests[0]?.headers };
}

const get = (orders: OrdersController) => orders.getOrder({ id: "o" });
const create = (orders: OrdersController) =>
  orders.createOrder({ body: { intent: CheckoutPaymentIntent.Capture, purchaseUnits: [] }, paypalRequestId: "own" });

describe("paypal (src/calls/sdks/paypal.ts)", () => {
  it("has no timeout and no retries", async () => {
    expect(await call("hang", get, {}, 800)).toMatchObject({ outcome: "still waiting", requests: 1 });
    expect(await call(503, get)).toMatchObject({ outcome: "failed", requests: 1 });
    expect(await call("reset", create)).toMatchObject({ outcome: "failed", requests: 1 });
  });

  it("ends a request with `timeout`", async () => {
    expect(await call("hang", get, { timeout: 150 })).toMatchObject({ outcome: "failed" });
    expect(await call("hang", get, { httpClientOptions: { timeout: 150 } })).toMatchObject({ outcome: "failed" });
  });

  it("retries not at all with maxNumberOfRetries alone", async () => {
    expect(await call(503, get, { httpClientOptions: { retryConfig: { maxNumberOfRetries: 2 } } })).toMatchObject({ requests: 1 });
  });

  it("counts retries, of GET and not of POST, with a time to wait for them", async () => {
    // The wait is the interval and a random hundredth of a second at most; of 0 s it gives up.
    const retryConfig = { maxNumberOfRetries: 2, maximumRetryWaitTime: 60, retryInterval: 0.01 };
    expect(await call(503, get, { httpClientOptions: { retryConfig } }, 8_000)).toMatchObject({ outcome: "failed", requests: 3 });
    expect(await call(503, create, { httpClientOptions: { retryConfig } }, 8_000)).toMatchObject({ outcome: "failed", requests: 1 });
  });

  it("sends paypalRequestId as PayPal-Request-Id, and none of its own", async () => {
    expect((await call(503, create)).headers?.["paypal-request-id"]).toBe("own");
    const without = (orders: OrdersController) => orders.captureOrder({ id: "o" });
    expect((await call(503, without)).headers).not.toHaveProperty("paypal-request-id");
  });
});
