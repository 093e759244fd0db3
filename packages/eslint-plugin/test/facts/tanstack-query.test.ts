import { environmentManager, MutationObserver, QueryClient, QueryObserver } from "@tanstack/query-core";
import { afterEach, describe, expect, it } from "vitest";

import { attemptsOf } from "./attempts.ts";

const client = () => new QueryClient();
const atOnce = { retryDelay: 0, queryKey: ["x"] };

/** What a component sees of a query: settles when the query has an answer or has failed. */
function observed(queries: QueryClient, options: Record<string, unknown>, queryFn: () => Promise<never>): Promise<unknown> {
  const observer = new QueryObserver(queries, { ...atOnce, ...options, queryFn });
  return new Promise((resolve, reject) => {
    const stop = observer.subscribe(({ status, error }) => {
      if (status === "pending") return;
      stop();
      if (status === "error") reject(error);
      else resolve(undefined);
    });
  });
}

describe("TanStack Query (a changed fact belongs into src/calls/retries/tanstack-query.ts)", () => {
  const server = environmentManager.isServer();
  afterEach(() => environmentManager.setIsServer(() => server));

  it("repeats a query three times in a browser, and not at all on a server", async () => {
    environmentManager.setIsServer(() => false);
    expect(await attemptsOf((fail) => observed(client(), {}, fail))).toBe(4);
    environmentManager.setIsServer(() => true);
    expect(await attemptsOf((fail) => observed(client(), {}, fail))).toBe(1);
  });

  it("counts retries", async () => {
    expect(await attemptsOf((fail) => observed(client(), { retry: 2 }, fail))).toBe(3);
    expect(await attemptsOf((fail) => observed(client(), { retry: false }, fail))).toBe(1);
  });

  it("takes the default of the client for a query that says nothing", async () => {
    const queries = new QueryClient({ defaultOptions: { queries: { retry: 1 } } });
    expect(await attemptsOf((fail) => observed(queries, {}, fail))).toBe(2);
  });

  it("repeats neither fetchQuery nor a mutation unless told", async () => {
    environmentManager.setIsServer(() => false);
    expect(await attemptsOf((queryFn) => client().fetchQuery({ ...atOnce, queryFn }))).toBe(1);
    expect(await attemptsOf((queryFn) => client().fetchQuery({ ...atOnce, queryFn, retry: 2 }))).toBe(3);
    const mutate = (options: object) => (mutationFn: () => Promise<never>) =>
      new MutationObserver(client(), { mutationFn, retryDelay: 0, ...options }).mutate();
    expect(await attemptsOf(mutate({}))).toBe(1);
    expect(await attemptsOf(mutate({ retry: 2 }))).toBe(3);
  });
});
