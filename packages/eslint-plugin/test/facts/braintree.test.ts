import { createRequire } from "node:module";

import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

interface Gateway {
  readonly config: { timeout: number };
  readonly transaction: { sale(request: { amount: string }): Promise<unknown> };
}

/** The package has no types of its own. */
const braintree = createRequire(import.meta.url)("braintree") as {
  readonly Environment: { readonly Development: object };
  readonly BraintreeGateway: new (config: object) => Gateway;
};

/** The development environment is the one whose host and port may be told. */
function gatewayOn(url: string): Gateway {
  const { hostname, port } = new URL(url);
  const environment = Object.assign(braintree.Environment.Development, { server: hostname, port, ssl: false });
  return new braintree.BraintreeGateway({ environment, merchantId: "m", publicKey: "p", privateKey: "k" });
}

/** A fact that changes here is written in src/calls/sdks/braintree.ts. */
async function sale(behaviour: Behaviour, timeout?: number) {
  const { url, requests } = await startUpstream(behaviour);
  const gateway = gatewayOn(url);
  const { config } = gateway;
  const standard = config.timeout;
  if (timeout !== undefined) config.timeout = timeout;
  const outcome = await outcomeOf(gateway.transaction.sale({ amount: "1.00" }), 800);
  return { outcome, requests: requests.length, standard, headers: requests[0]?.headers };
}

describe("braintree (src/calls/sdks/braintree.ts)", () => {
  it("has a timeout of 60 s", async () => {
    expect(await sale("hang")).toMatchObject({ outcome: "still waiting", standard: 60_000 });
  });

  it("ends a request by silence with `gateway.config.timeout`", async () => {
    expect(await sale("hang", 150)).toMatchObject({ outcome: "failed", requests: 1 });
  });

  it("retries nothing, and sends no key", async () => {
    expect(await sale(503)).toMatchObject({ outcome: "failed", requests: 1 });
    const { requests, headers } = await sale("reset");
    expect([requests, headers?.["idempotency-key"]]).toEqual([1, undefined]);
  });
});
