import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

interface Options {
  readonly timeout?: number;
  readonly maxRetries?: number;
}

interface ModelClient extends Required<Options> {
  withOptions(options: Options): Required<Options>;
}

interface Sdk<Client extends ModelClient> {
  readonly connect: (options: Options & { readonly baseURL?: string }) => Client;
  readonly complete: (client: Client, options?: Options & { readonly signal?: AbortSignal }) => Promise<unknown>;
}

const openai: Sdk<OpenAI> = {
  connect: (options) => new OpenAI({ apiKey: "k", ...options }),
  complete: (client, options) => client.chat.completions.create({ model: "m", messages: [] }, options),
};
const anthropic: Sdk<Anthropic> = {
  connect: (options) => new Anthropic({ apiKey: "k", ...options }),
  complete: (client, options) => client.messages.create({ model: "m", max_tokens: 1, messages: [] }, options),
};

showFacts("openai", openai);
showFacts("anthropic", anthropic);

/** A fact that changes for both is written in src/calls/sdks/model-client.ts, one that changes for one of them in its own file. */
function showFacts<Client extends ModelClient>(name: string, { connect, complete }: Sdk<Client>): void {
  async function attempts(behaviour: Behaviour, config?: Options, options?: Parameters<typeof complete>[1]): Promise<number> {
    const { url, requests } = await startUpstream(behaviour);
    expect(await outcomeOf(complete(connect({ baseURL: url, ...config }), options), 8_000)).toBe("failed");
    return requests.length;
  }

  describe(`${name} (src/calls/sdks/model-client.ts, src/calls/sdks/${name}.ts)`, () => {
    it("retries twice by default, a POST too", async () => {
      expect(await attempts(503)).toBe(3);
    });

    it("counts retries, not attempts, in the client and in the call", async () => {
      expect(await attempts("reset", { maxRetries: 1 })).toBe(2);
      expect(await attempts(503, { maxRetries: 2 }, { maxRetries: 0 })).toBe(1);
    });

    it("has a timeout of 10 minutes", () => {
      expect(connect({}).timeout).toBe(600_000);
    });

    it("ends each attempt until the headers with `timeout`", async () => {
      expect(await attempts("hang", { timeout: 150, maxRetries: 1 })).toBe(2);
      const { url } = await startUpstream("stall");
      expect(await outcomeOf(complete(connect({ baseURL: url, timeout: 150, maxRetries: 0 })), 800)).toBe("still waiting");
    });

    it("ends everything with a signal", async () => {
      expect(await attempts("hang", {}, { signal: AbortSignal.timeout(150) })).toBe(1);
    });

    it("sends no idempotency key of its own", async () => {
      const { url, requests } = await startUpstream(503);
      await outcomeOf(complete(connect({ baseURL: url, maxRetries: 0 })));
      expect(requests[0]?.headers["idempotency-key"]).toBeUndefined();
    });

    it("takes other options for the client that withOptions makes", () => {
      const client = connect({ timeout: 5_000, maxRetries: 1 }).withOptions({ maxRetries: 4 });
      expect([client.timeout, client.maxRetries]).toEqual([5_000, 4]);
    });
  });
}
