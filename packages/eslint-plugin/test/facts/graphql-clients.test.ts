import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { RetryLink } from "@apollo/client/link/retry";
import { GraphQLClient, request } from "graphql-request";
import createClient from "openapi-fetch";
import { describe, expect, it } from "vitest";

import { outcomeOf, startUpstream } from "./upstream.ts";

const PAY = gql`
  mutation Pay {
    pay
  }
`;

describe("openapi-fetch (a changed fact belongs into src/calls/clients/openapi-fetch.ts)", () => {
  it("sends once, and waits until its signal says otherwise", async () => {
    const { url, requests } = await startUpstream("reset", "hang");
    const client = createClient<Record<string, Record<string, never>>>({ baseUrl: url }) as unknown as {
      POST(path: string, init: object): Promise<unknown>;
    };
    expect(await outcomeOf(client.POST("/a", {}))).toBe("failed");
    expect(requests).toHaveLength(1);
    expect(await outcomeOf(client.POST("/a", { timeout: 50 }), 300)).toBe("still waiting");
    expect(await outcomeOf(client.POST("/a", { signal: AbortSignal.timeout(50) }))).toBe("failed");
  });

  it("sends headers of the client, the call and its parameters, and what middleware sets", async () => {
    const { url, requests } = await startUpstream(200);
    const client = createClient({ baseUrl: url, headers: { "x-client": "1" } });
    client.use({
      onRequest({ request: sent }) {
        sent.headers.set("x-middleware", "1");
        return sent;
      },
    });
    const api = client as unknown as { POST(path: string, init: object): Promise<unknown> };
    await outcomeOf(api.POST("/a", { headers: { "x-call": "1" }, params: { header: { "idempotency-key": "1" } } }));
    expect(requests[0]?.headers).toMatchObject({ "x-client": "1", "x-call": "1", "idempotency-key": "1", "x-middleware": "1" });
  });
});

describe("graphql-request (a changed fact belongs into src/calls/clients/graphql-request.ts)", () => {
  it("sends a POST once, queries too", async () => {
    const { url, requests } = await startUpstream(503, "reset");
    expect(await outcomeOf(request(url, "query { a }"))).toBe("failed");
    expect(await outcomeOf(new GraphQLClient(url).request("mutation { pay }"))).toBe("failed");
    expect(requests.map(({ method }) => method)).toEqual(["POST", "POST"]);
  });

  it("waits until its signal says otherwise", async () => {
    const { url } = await startUpstream("hang");
    expect(await outcomeOf(request(url, "query { a }"), 300)).toBe("still waiting");
    expect(await outcomeOf(request({ url, document: "query { a }", signal: AbortSignal.timeout(50) }))).toBe("failed");
  });

  it("takes headers as the last argument, or as requestHeaders", async () => {
    const { url, requests } = await startUpstream(503);
    await outcomeOf(request(url, "mutation { pay }", {}, { "idempotency-key": "1" }));
    await outcomeOf(new GraphQLClient(url).request("mutation { pay }", {}, { "idempotency-key": "2" }));
    await outcomeOf(new GraphQLClient(url).request({ document: "mutation { pay }", requestHeaders: { "idempotency-key": "3" } }));
    expect(requests.map(({ headers }) => headers["idempotency-key"])).toEqual(["1", "2", "3"]);
  });
});

describe("@apollo/client (a changed fact belongs into src/calls/clients/apollo-client.ts)", () => {
  const client = (link: ApolloLink) => new ApolloClient({ link, cache: new InMemoryCache() });
  const atOnce = { initial: 0, max: 0 };

  it("sends a mutation once without a RetryLink, five times with one", async () => {
    const { url, requests } = await startUpstream("reset");
    const http = new HttpLink({ uri: url });
    expect(await outcomeOf(client(http).mutate({ mutation: PAY }))).toBe("failed");
    expect(requests).toHaveLength(1);
    expect(await outcomeOf(client(ApolloLink.from([new RetryLink({ delay: atOnce }), http])).mutate({ mutation: PAY }))).toBe("failed");
    expect(requests).toHaveLength(6);
  });

  it("counts attempts with attempts.max, after answers that are none too", async () => {
    const { url, requests } = await startUpstream(503);
    const retry = new RetryLink({ attempts: { max: 2 }, delay: atOnce });
    expect(await outcomeOf(client(retry.concat(new HttpLink({ uri: url }))).mutate({ mutation: PAY }))).toBe("failed");
    expect(requests).toHaveLength(2);
  });

  it("takes headers and a signal in the context, and waits without", async () => {
    const { url, requests } = await startUpstream("hang");
    const apollo = client(new HttpLink({ uri: url }));
    const context = { headers: { "idempotency-key": "1" }, fetchOptions: { signal: AbortSignal.timeout(50) } };
    expect(await outcomeOf(apollo.mutate({ mutation: PAY, context }))).toBe("failed");
    expect(requests[0]?.headers["idempotency-key"]).toBe("1");
    expect(await outcomeOf(apollo.mutate({ mutation: PAY }), 300)).toBe("still waiting");
  });
});
