import { exponential } from "../backoff.ts";
import { type ClientInstance } from "../client-instance.ts";
import { type Fact, known, numberFact, unknownFact } from "../fact.ts";
import type { LibraryCall, LibraryDefinition } from "../library.ts";
import type { Backoff, RetryLayer } from "../outbound-call.ts";
import { firstPresent, originOf, propertyAt, propertyOf, type Value } from "../value.ts";

const queries =
  /^(?:useQuery|useSuspenseQuery|useInfiniteQuery|useSuspenseInfiniteQuery|usePrefetchQuery|createQuery|injectQuery|queryOptions|infiniteQueryOptions)$/u;
const mutations = /^(?:useMutation|createMutation|injectMutation|mutationOptions)$/u;
/** Of a QueryClient; none of them repeats unless `retry` says so. */
const fetches = /^(?:fetchQuery|prefetchQuery|ensureQueryData|fetchInfiniteQuery|prefetchInfiniteQuery)$/u;

/**
 * TanStack Query 4 and 5, for React, Vue, Solid, Svelte, Angular and Preact. A query repeats what its function does three times in a browser and not at all on a server, a
 * mutation and `fetchQuery` not at all, each unless `retry` or the client's `defaultOptions` say otherwise; `retry` counts the calls after the first, true is
 * without end. Waits 1 s, doubled each time, at most 30 s, without jitter (@tanstack/query-core@5.108.0 build/modern/retryer.js:13,119, mutation.js:168,
 * queryClient.js:413, measured). The client that a hook uses is somewhere up the tree of components, so that what it says by default is not known.
 */
export const tanstackQuery: LibraryDefinition = {
  name: "TanStack Query",
  packages: [
    "@tanstack/query-core",
    "@tanstack/react-query",
    "@tanstack/preact-query",
    "@tanstack/vue-query",
    "@tanstack/solid-query",
    "@tanstack/svelte-query",
    "@tanstack/angular-query-experimental",
    "@tanstack/angular-query",
    "react-query",
  ],
  types: ["QueryClient"],
  interpret(call) {
    const [name = "", ...rest] = call.path;
    if (rest.length > 0) return undefined;
    if (call.form === "new") return name === "QueryClient" ? { kind: "instance", options: call.argument(0), argument: 0 } : undefined;
    const options = call.argument(0);
    if (queries.test(name)) return run(call, propertyOf(options, "queryFn"), unknownFact("the query client is not seen"));
    if (mutations.test(name)) return run(call, propertyOf(options, "mutationFn"), unknownFact("the query client is not seen"));
    if (fetches.test(name)) return run(call, propertyOf(options, "queryFn"), fetchedBy(call.instance));
    return undefined;
  },
  write: {
    retries: (count) => ({ path: ["retry"], code: String(count) }),
  },
};

function run(call: LibraryCall, operation: Value, whenAbsent: Fact<number>) {
  return { kind: "run" as const, operation, under: [{ retries: retryLayer(call, whenAbsent) }] };
}

function fetchedBy(client: ClientInstance): Fact<number> {
  const none = {
    kind: "default",
    value: 0,
    library: { library: "TanStack Query", says: "no retries", source: "queryClient.js:413" },
  } as const;
  return countFact(propertyAt(client.options, ["defaultOptions", "queries", "retry"]), none);
}

function retryLayer(call: LibraryCall, whenAbsent: Fact<number>): RetryLayer {
  const options = call.argument(0);
  const retry = propertyOf(options, "retry");
  return {
    by: tanstackQuery,
    retries: countFact(retry, whenAbsent),
    repeats: "any",
    backoff: backoffOf(
      firstPresent(propertyOf(options, "retryDelay"), propertyAt(call.instance.options, ["defaultOptions", "queries", "retryDelay"])),
    ),
    origin: originOf(retry) ?? call.origin,
    options: { node: call.node, argument: 0 },
  };
}

/** `retry: 2`, `retry: false`, `retry: true` */
function countFact(retry: Value, whenAbsent: Fact<number>): Fact<number> {
  if (retry.kind === "primitive" && typeof retry.value === "boolean") return known(retry.value ? Infinity : 0, retry.origin);
  return numberFact(retry, whenAbsent);
}

function backoffOf(delay: Value): Fact<Backoff> {
  if (delay.kind === "absent") return known(exponential({ firstMs: 1000, factor: 2, maximumMs: 30_000, jitter: false }));
  const ms = delay.kind === "primitive" ? delay.value : undefined;
  return typeof ms === "number" ? known({ delayMs: () => ms, jitter: false }, originOf(delay)) : unknownFact("a delay of its own");
}
