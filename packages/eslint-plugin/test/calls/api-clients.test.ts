import { describe, expect, it } from "vitest";

import { analyse, callsOf } from "./analyse-project.ts";

const reading = (imports: string) => (code: string) => callsOf({ "a.ts": `${imports}\n${code}` });
const effectsIn = (imports: string) => (code: string) => analyse({ "a.ts": `${imports}\n${code}` }).calls.map(({ effect }) => effect);

describe("openapi-fetch", () => {
  const imports = `import createClient, { type Client } from "openapi-fetch";
const client = createClient<paths>({ baseUrl: "https://x.example/v1" });`;

  it.each([
    [`client.POST("/payments", { body: {} })`, "POST https://x.example/v1/payments unbounded"],
    [
      `client.GET("/payments/{id}", { params: { path: { id } }, signal: AbortSignal.timeout(300) })`,
      "GET https://x.example/v1/payments/{id} 300 ms (total)",
    ],
    [
      `client.POST("/payments", { params: { header: { "Idempotency-Key": key } } })`,
      "POST https://x.example/v1/payments unbounded key:idempotency-key",
    ],
    [
      `client.PATCH("/payments", { headers: { "Idempotency-Key": key } })`,
      "PATCH https://x.example/v1/payments unbounded key:idempotency-key",
    ],
    [`client.request("post", "/payments", { body: {} })`, "POST https://x.example/v1/payments unbounded"],
    [`client.POST("/payments", options)`, "POST https://x.example/v1/payments ? key:?"],
    [
      `client.use({ onRequest({ request }) { request.headers.set("Idempotency-Key", crypto.randomUUID()); return request; } }); client.POST("/payments", {});`,
      "POST https://x.example/v1/payments unbounded key:?",
    ],
    [
      `client.use({ onResponse({ response }) { log(response.headers); } }); client.POST("/payments", {});`,
      "POST https://x.example/v1/payments unbounded",
    ],
    [`client.use(authMiddleware); client.POST("/payments", {});`, "POST https://x.example/v1/payments ? key:?"],
  ])("%s", (code, expected) => {
    expect(reading(imports)(code)).toEqual([expected]);
  });

  it("knows nothing of a client that is passed in, or sends with a fetch of its own", () => {
    expect(reading(imports)(`export const pay = (api: Client<paths>) => api.POST("/payments", {});`)).toEqual(["POST …/payments ? key:?"]);
    expect(reading(imports)(`createClient({ baseUrl: "https://x.example", fetch: retryingFetch }).POST("/payments", {});`)).toEqual([
      "POST https://x.example/payments ?",
    ]);
  });
});

describe("graphql-request", () => {
  const imports = `import { gql, GraphQLClient, request } from "graphql-request";
const client = new GraphQLClient("https://x.example/graphql");`;

  it.each([
    ["request(`https://x.example/graphql`, gql`query { a }`)", "POST https://x.example/graphql unbounded"],
    [
      "request({ url: `https://x.example/graphql`, document, signal: AbortSignal.timeout(300) })",
      "POST https://x.example/graphql 300 ms (total)",
    ],
    ["client.request(document, variables, { 'Idempotency-Key': key })", "POST https://x.example/graphql unbounded key:idempotency-key"],
    [
      "client.request({ document, requestHeaders: { 'Idempotency-Key': key } })",
      "POST https://x.example/graphql unbounded key:idempotency-key",
    ],
    ["client.setHeader('authorization', token); client.request(document)", "POST https://x.example/graphql unbounded key:?"],
    ["new GraphQLClient(`https://x.example/`, { fetch: own }).request(document)", "POST https://x.example/ ?"],
    ["new GraphQLClient(`https://x.example/`, { requestMiddleware }).request(document)", "POST https://x.example/ ? key:?"],
  ])("%s", (code, expected) => {
    expect(reading(imports)(code)).toEqual([expected]);
  });

  it.each([
    ["client.request(gql`mutation Pay($id: ID!) { pay(id: $id) { id } }`)", "writes"],
    ["client.request(gql`query Payment { payment { mutation } }`)", "reads"],
    ["client.request(`{ payment { id } }`)", "reads"],
    ["const Pay = gql`\n  # pays\n  mutation { pay { id } }`; client.request({ document: Pay })", "writes"],
    ["client.request(gql`fragment P on Payment { id } mutation Pay { pay { ...P } }`)", "writes"],
    ["client.request(PayDocument)", "unknown"],
    ["client.batchRequests([{ document }])", "unknown"],
  ])("tells what it does: %s", (code, expected) => {
    expect(effectsIn(imports)(code)).toEqual([expected]);
  });
});

describe("@apollo/client", () => {
  const imports = `import { ApolloClient, ApolloLink, from, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { RetryLink } from "@apollo/client/link/retry";`;
  const make = (link: string) => `const client = new ApolloClient({ link: ${link}, cache: new InMemoryCache() });`;
  const http = `new HttpLink({ uri: "https://x.example/graphql" })`;

  it.each([
    [`${make(http)} client.mutate({ mutation: PAY });`, "POST https://x.example/graphql unbounded"],
    [
      `const client = new ApolloClient({ uri: "https://x.example/graphql" }); client.query({ query: A });`,
      "POST https://x.example/graphql unbounded",
    ],
    [
      `${make(`from([new RetryLink(), ${http}])`)} client.mutate({ mutation: PAY });`,
      "POST https://x.example/graphql unbounded @apollo/client×4",
    ],
    [
      `${make(`ApolloLink.from([new RetryLink({ attempts: { max: 2 } }), ${http}])`)} client.mutate({ mutation: PAY });`,
      "POST https://x.example/graphql unbounded @apollo/client×1",
    ],
    [
      `const retry = new RetryLink({ attempts: { max: 8 } }); ${make(`retry.concat(${http})`)} client.mutate({ mutation: PAY });`,
      "POST https://x.example/graphql unbounded @apollo/client×7",
    ],
    [`${make(`from([authLink, ${http}])`)} client.mutate({ mutation: PAY });`, "POST https://x.example/graphql ? key:?"],
    [
      `${make(http)} client.mutate({ mutation: PAY, context: { headers: { "Idempotency-Key": key }, fetchOptions: { signal: AbortSignal.timeout(300) } } });`,
      "POST https://x.example/graphql 300 ms (total) key:idempotency-key",
    ],
  ])("%s", (code, expected) => {
    expect(reading(imports)(code)).toEqual([expected]);
  });

  it("takes a mutation for a write and a query for a read", () => {
    expect(effectsIn(imports)(`${make(http)} client.mutate({ mutation: PAY }); client.query({ query: GET });`)).toEqual([
      "writes",
      "reads",
    ]);
  });
});

describe("@grpc/grpc-js", () => {
  const imports = `import * as grpc from "@grpc/grpc-js";
const { payments } = { payments: grpc.loadPackageDefinition(definition).payments };
const client = new payments.Payments("payments.example:443", grpc.credentials.createSsl());`;

  it.each([
    [`client.pay({ id: 1 }, (error, answer) => {});`, "POST grpc://payments.example:443 unbounded key:?"],
    [`client.pay({ id: 1 }, new grpc.Metadata(), callback);`, "POST grpc://payments.example:443 unbounded key:?"],
    [`client.pay({ id: 1 }, { deadline: Date.now() + 300 }, callback);`, "POST grpc://payments.example:443 300 ms (total) key:?"],
    [
      `client.pay({ id: 1 }, metadata(), { deadline: new Date(Date.now() + 5000) }, (error) => {});`,
      "POST grpc://payments.example:443 5000 ms (total) key:?",
    ],
    [
      `const deadline = new Date(); deadline.setSeconds(deadline.getSeconds() + 5); client.pay({}, { deadline }, callback);`,
      "POST grpc://payments.example:443 ? key:?",
    ],
    [`client.pay({ id: 1 }, options, callback);`, "POST grpc://payments.example:443 ? key:?"],
    [`client.pay({ id: 1 }, { interceptors: [withDeadline] }, callback);`, "POST grpc://payments.example:443 ? key:?"],
  ])("%s", (code, expected) => {
    expect(reading(imports)(code)).toEqual([expected]);
  });

  it("knows a span that was given as a moment", () => {
    const [call] = analyse({ "a.ts": `${imports}\nclient.pay({}, { deadline: 300 }, callback);` }).calls;
    expect(call?.timeout).toMatchObject({
      value: { bounds: "nothing", misread: "`deadline: 300` is a moment in 1970, so the call fails at once" },
    });
    expect(call?.label).toBe("Payments.pay");
  });

  it("knows clients of generated code, and no request in what every client has", () => {
    const generated = `const grpc = require("@grpc/grpc-js"); exports.PaymentsClient = grpc.makeGenericClientConstructor(PaymentsService, "Payments");`;
    const code = `import { PaymentsClient } from "./payments_grpc_pb"; const client = new PaymentsClient("payments.example:443", creds); client.pay({}, () => {}); client.close();`;
    expect(callsOf({ "a.ts": code, "payments_grpc_pb.js": generated })).toEqual(["POST grpc://payments.example:443 unbounded key:?"]);
  });

  it("counts the attempts of a service config, five at most", () => {
    const config = (maxAttempts: number) =>
      `const options = { "grpc.service_config": JSON.stringify({ methodConfig: [{ name: [{}], retryPolicy: { maxAttempts: ${maxAttempts}, initialBackoff: "0.1s", maxBackoff: "1s", backoffMultiplier: 2, retryableStatusCodes: ["UNAVAILABLE"] } }] }) };
new payments.Payments("payments.example:443", creds, options).pay({}, () => {});`;
    expect(reading(imports)(config(3))).toEqual(["POST grpc://payments.example:443 unbounded @grpc/grpc-js×2 key:?"]);
    expect(reading(imports)(config(9))).toEqual(["POST grpc://payments.example:443 unbounded @grpc/grpc-js×4 key:?"]);
  });
});
