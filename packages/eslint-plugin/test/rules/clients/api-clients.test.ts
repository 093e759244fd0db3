import { maxRetries } from "../../../src/rules/max-retries.ts";
import { maxTimeout } from "../../../src/rules/max-timeout.ts";
import { noUnsafeRetry } from "../../../src/rules/no-unsafe-retry.ts";
import { requireIdempotencyKey } from "../../../src/rules/require-idempotency-key.ts";
import { requireTimeout } from "../../../src/rules/require-timeout.ts";
import { runRule } from "../run-rule.ts";

const openapi = `import createClient from "openapi-fetch";\n\nconst psp = createClient({ baseUrl: "https://api.psp.example/v1" });\n`;
const graphql = `import { gql, GraphQLClient, request } from "graphql-request";\n\nconst psp = new GraphQLClient("https://api.psp.example/graphql");\n`;
const apollo = (links: string) => `import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { RetryLink } from "@apollo/client/link/retry";

const psp = new ApolloClient({ link: ${links}, cache: new InMemoryCache() });
`;
const http = `new HttpLink({ uri: "https://api.psp.example/graphql" })`;
const grpc = `import * as grpc from "@grpc/grpc-js";

const { Payments } = { Payments: grpc.loadPackageDefinition(definition).psp.Payments };
const client = new Payments("payments.psp.example:443", grpc.credentials.createSsl());
`;
const nest = `import { HttpModule, HttpService } from "@nestjs/axios";
import { Injectable, Module } from "@nestjs/common";
import { firstValueFrom, map, retry, timeout } from "rxjs";

@Module({ imports: [HttpModule], providers: [Psp] })
export class PspModule {}

`;
const service = (body: string) => `${nest}@Injectable()
export class Psp {
  constructor(private readonly http: HttpService) {}
  pay(order) {
    ${body}
  }
}`;
const bounded = `{ timeout: 100 }`;

runRule("require-timeout", requireTimeout, {
  silent: [
    { name: "openapi-fetch with a signal", code: `${openapi}psp.GET("/rates", { signal: AbortSignal.timeout(300) });` },
    {
      name: "middleware that may set a signal",
      code: `${openapi}psp.use({ onRequest: ({ request }) => new Request(request, { signal: AbortSignal.timeout(300) }) });\npsp.GET("/rates");`,
    },
    {
      name: "graphql-request with a signal",
      code: `${graphql}psp.request({ document: gql\`{ rates }\`, signal: AbortSignal.timeout(300) });`,
    },
    {
      name: "Apollo with a signal in its context",
      code: `${apollo(http)}psp.query({ query: RATES, context: { fetchOptions: { signal: AbortSignal.timeout(300) } } });`,
    },
    { name: "a gRPC deadline", code: `${grpc}client.pay({}, { deadline: Date.now() + 300 }, callback);` },
    {
      name: "a gRPC server on this machine",
      code: `${grpc.replace("payments.psp.example:443", "localhost:50051")}client.pay({}, callback);`,
    },
    {
      name: "HttpService under rxjs's timeout",
      code: service(`return this.http.post("https://api.psp.example/v1", order).pipe(timeout(300));`),
    },
    {
      name: "HttpService registered with one",
      code: service(`return this.http.post("https://api.psp.example/v1", order);`).replace(
        "[HttpModule]",
        "[HttpModule.register({ timeout: 300 })]",
      ),
    },
    {
      name: "an HttpService whose module is not seen",
      code: service(`return this.http.post("https://api.psp.example/v1", order);`)
        .replace("[HttpModule]", "[]")
        .replace("HttpModule, ", ""),
    },
  ],
  reported: [
    { name: "openapi-fetch", code: `${openapi}export const rates = () => psp.GET("/rates");` },
    { name: "graphql-request", code: `${graphql}export const rates = () => psp.request(gql\`{ rates }\`);` },
    { name: "Apollo", code: `${apollo(http)}export const rates = () => psp.query({ query: RATES });` },
    { name: "a gRPC call", code: `${grpc}client.pay({ amount: 1 }, (error) => done(error));` },
    { name: "a span in place of a moment", code: `${grpc}client.pay({ amount: 1 }, { deadline: 300 }, (error) => done(error));` },
    { name: "HttpService", code: service(`return firstValueFrom(this.http.post("https://api.psp.example/v1/payments", order));`) },
    { name: "HttpService's axiosRef", code: service(`return this.http.axiosRef.get("https://api.psp.example/v1/rates");`) },
  ],
});

runRule("max-timeout", maxTimeout, {
  silent: [{ name: "300 ms", code: service(`return this.http.get("https://api.psp.example/v1", { timeout: 300 });`) }],
  reported: [
    { name: "a long deadline", code: `${grpc}client.pay({}, { deadline: Date.now() + 5000 }, callback);` },
    { name: "rxjs's timeout", code: service(`return this.http.get("https://api.psp.example/v1").pipe(timeout(5000));`) },
  ],
});

runRule("max-retries", maxRetries, {
  silent: [
    {
      name: "three attempts of a RetryLink",
      code: `${apollo(`ApolloLink.from([new RetryLink({ attempts: { max: 3 } }), ${http}])`)}psp.query({ query: RATES });`,
    },
    {
      name: "attempts that a function decides",
      code: `${apollo(`ApolloLink.from([new RetryLink({ attempts: decide }), ${http}])`)}psp.query({ query: RATES });`,
    },
  ],
  reported: [
    { name: "RetryLink's default", code: `${apollo(`ApolloLink.from([new RetryLink(), ${http}])`)}psp.query({ query: RATES });` },
    {
      name: "rxjs around HttpService",
      code: service(`return this.http.get("https://api.psp.example/v1", ${bounded}).pipe(retry(3), map((answer) => answer.data));`),
    },
  ],
});

runRule("require-idempotency-key", requireIdempotencyKey, {
  silent: [
    { name: "a query", code: `${graphql}psp.request(gql\`query Rates { rates }\`);` },
    { name: "a document that is not seen", code: `${graphql}psp.request(PayDocument);` },
    { name: "Apollo's query", code: `${apollo(http)}psp.query({ query: RATES });` },
    {
      name: "middleware that sets it",
      code: `${openapi}psp.use({ onRequest({ request }) { request.headers.set("Idempotency-Key", crypto.randomUUID()); } });\npsp.POST("/payments", { body: {} });`,
    },
    {
      name: "a header among the parameters",
      code: `${openapi}psp.POST("/payments", { params: { header: { "Idempotency-Key": key } }, body: {} });`,
    },
    { name: "a gRPC call, which has no such header", code: `${grpc}client.pay({}, callback);` },
  ],
  reported: [
    { name: "openapi-fetch", code: `${openapi}export const pay = (body) => psp.POST("/payments", { body });` },
    { name: "a mutation", code: `${graphql}export const pay = () => psp.request(gql\`mutation Pay { pay }\`);` },
    { name: "Apollo's mutate", code: `${apollo(http)}export const pay = () => psp.mutate({ mutation: PAY });` },
    { name: "HttpService", code: service(`return this.http.post("https://api.psp.example/v1/payments", order, ${bounded});`) },
  ],
});

runRule("no-unsafe-retry", noUnsafeRetry, {
  silent: [
    {
      name: "a query behind a RetryLink",
      code: `${apollo(`ApolloLink.from([new RetryLink({ attempts: { max: 2 } }), ${http}])`)}psp.query({ query: RATES });`,
    },
  ],
  reported: [
    {
      name: "a mutation behind a RetryLink",
      code: `${apollo(`ApolloLink.from([new RetryLink({ attempts: { max: 2 } }), ${http}])`)}export const pay = () => psp.mutate({ mutation: PAY });`,
    },
    {
      name: "rxjs around HttpService",
      code: service(`return this.http.post("https://api.psp.example/v1/payments", order, ${bounded}).pipe(retry(2));`),
    },
  ],
});
