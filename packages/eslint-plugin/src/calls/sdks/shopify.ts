import type { Interpretation, LibraryCall, LibraryDefinition } from "../library.ts";
import type { RetryLayer } from "../outbound-call.ts";
import type { Verb } from "../operation-verb.ts";
import { settingOf } from "../request-reading.ts";
import { byDefault, fetchTimeout, isOnClient, operation, sdkRetries, takesNoKey } from "../sdk-operation.ts";
import { propertyOf, textParts, type Value } from "../value.ts";

const makers = /^create(?:AdminApiClient|AdminRestApiClient|StorefrontApiClient|GraphQLClient)$/u;
const methods: Readonly<Record<string, Verb>> = {
  get: { effect: "reads", method: "GET" },
  post: { effect: "writes", method: "POST" },
  put: { effect: "writes", method: "PUT" },
  delete: { effect: "writes", method: "DELETE" },
};

/**
 * \@shopify/graphql-client and what is made of it. The 300 s of fetch bound the headers and each pause of a body (undici@7.29.1 lib/dispatcher/client.js:316); a
 * `signal` of the call ends it. No retries, or `retries` (0 to 3) of 429, 503 and network errors, mutations too, 1 s apart or as Retry-After says
 * (@shopify/graphql-client@2.0.0 dist/graphql-client/http-fetch.js:6, measured). The API takes no idempotency key.
 */
export const shopify: LibraryDefinition = {
  name: "shopify",
  packages: ["@shopify/admin-api-client", "@shopify/storefront-api-client", "@shopify/graphql-client"],
  types: ["AdminApiClient", "AdminRestApiClient", "StorefrontApiClient", "GraphQLClient"],
  vendor: "Shopify",
  defaultTimeout: "300 s",
  interpret(call) {
    const [name = "", further] = call.path;
    if (further !== undefined) return undefined;
    if (!isOnClient(call)) return makers.test(name) ? { kind: "instance", options: call.argument(0), argument: 0 } : undefined;
    return request(call, name);
  },
  plainRequest: ["fetch"],
  write: { retries: (count) => ({ path: ["retries"], code: String(count) }) },
};

function request(call: LibraryCall, name: string): Interpretation | undefined {
  const verb = methods[name] ?? (/^(?:request|requestStream|fetch)$/u.test(name) ? queryVerb(call.argument(0)) : undefined);
  if (!verb) return undefined;
  const place = { node: call.node, argument: 1 };
  const setting = (option: string) => settingOf((from) => propertyOf(from, option), call.argument(1), call.instance);
  return operation({
    call,
    label: `shopify.${name}`,
    verb,
    timeout: fetchTimeout("shopify", setting("signal"), setting("customFetchApi")),
    retries: [retryLayer(call, setting("retries"))],
    idempotencyKey: takesNoKey,
    options: place,
  });
}

/** A query reads, although it is sent by POST. */
function queryVerb(query: Value): Verb {
  const text = textParts(query)?.[0];
  if (text === undefined) return { effect: "unknown", method: "POST" };
  return { effect: /^\s*(?:#graphql\s*)?mutation\b/u.test(text) ? "writes" : "reads", method: "POST" };
}

function retryLayer(call: LibraryCall, retries: Value): RetryLayer {
  return sdkRetries({
    by: shopify,
    call,
    count: retries,
    whenAbsent: byDefault("shopify", 0, "no retries", "@shopify/graphql-client@2.0.0 dist/graphql-client/graphql-client.js:7"),
    repeats: "any",
    condition: "on 429, 503 and network errors, any method",
    backoff: { delayMs: () => 1_000, jitter: false },
    retryAfter: "honoured",
    options: { node: call.node, argument: 1 },
  });
}
