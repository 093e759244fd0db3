import type { SuggestionCase } from "./case.ts";

export const cases: readonly SuggestionCase[] = [
  {
    name: "openapi-fetch",
    from: ["require-timeout", "require-idempotency-key"],
    code: `import createClient from "openapi-fetch";
type Answers = { 200: { content: { "application/json": string } } };
interface paths {
  "/payments": { parameters: {}; post: { parameters: {}; requestBody: { content: { "application/json": { amount: number } } }; responses: Answers } };
}
const psp = createClient<paths>({ baseUrl: "https://api.psp.example/v1" });
export const pay = (amount: number) => psp.POST("/payments", { body: { amount } });`,
  },
  {
    name: "Apollo Client",
    from: ["require-timeout", "require-idempotency-key"],
    code: `import { ApolloClient, gql, HttpLink, InMemoryCache } from "@apollo/client";
const psp = new ApolloClient({ link: new HttpLink({ uri: "https://api.psp.example/graphql" }), cache: new InMemoryCache() });
export const pay = () => psp.mutate({ mutation: gql\`mutation Pay { pay }\` });`,
  },
  {
    name: "RetryLink",
    from: ["max-retries"],
    code: `import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { RetryLink } from "@apollo/client/link/retry";
const link = ApolloLink.from([new RetryLink(), new HttpLink({ uri: "https://api.psp.example/graphql" })]);
const psp = new ApolloClient({ link, cache: new InMemoryCache() });
export const rates = () => psp.query({ query: gql\`query Rates { rates }\` });`,
  },
  {
    name: "a gRPC call",
    from: ["require-timeout"],
    code: `import * as grpc from "@grpc/grpc-js";
declare const definition: grpc.ServiceDefinition;
interface PaymentsClient extends grpc.Client {
  pay(message: object, options: grpc.CallOptions, callback: grpc.requestCallback<object>): grpc.ClientUnaryCall;
  pay(message: object, callback: grpc.requestCallback<object>): grpc.ClientUnaryCall;
}
const Payments = grpc.makeGenericClientConstructor(definition, "Payments") as unknown as new (address: string, credentials: grpc.ChannelCredentials) => PaymentsClient;
const client = new Payments("payments.psp.example:443", grpc.credentials.createSsl());
client.pay({ amount: 1 }, (error) => {
  if (error) throw error;
});`,
  },
  {
    name: "a gRPC deadline that has passed",
    from: ["require-timeout"],
    code: `import * as grpc from "@grpc/grpc-js";
declare const definition: grpc.ServiceDefinition;
interface PaymentsClient extends grpc.Client {
  pay(message: object, options: grpc.CallOptions, callback: grpc.requestCallback<object>): grpc.ClientUnaryCall;
}
const Payments = grpc.makeGenericClientConstructor(definition, "Payments") as unknown as new (address: string, credentials: grpc.ChannelCredentials) => PaymentsClient;
const client = new Payments("payments.psp.example:443", grpc.credentials.createSsl());
client.pay({ amount: 1 }, { deadline: 300 }, (error) => {
  if (error) throw error;
});`,
  },
];
