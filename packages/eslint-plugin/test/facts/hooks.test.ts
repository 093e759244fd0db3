import axios, { type InternalAxiosRequestConfig } from "axios";
import axiosRetry from "axios-retry";
import got14, { type OptionsInit } from "got";
import got16 from "got-16";
import ky2 from "ky";
import ky1 from "ky-1";
import { describe, expect, it } from "vitest";

import { outcomeOf, startUpstream } from "./upstream.ts";

let made = 0;
const makeKey = () => String((made += 1));

/** The keys of three attempts, as the numbers of the order in which they were first seen: [1, 1, 1] is one key, 0 none. */
async function keysOf(post: (url: string) => PromiseLike<unknown>): Promise<number[]> {
  const { url, requests } = await startUpstream(503);
  expect(await outcomeOf(Promise.resolve(post(url)), 5_000)).toBe("failed");
  const keys = requests.map(({ headers }) => headers["idempotency-key"]);
  const seen = [...new Set(keys.filter((key) => key !== undefined))];
  return keys.map((key) => (key === undefined ? 0 : seen.indexOf(key) + 1));
}

interface HasHeaders {
  readonly headers: Record<string, unknown>;
}
const setKey = ({ headers }: HasHeaders) => void (headers["Idempotency-Key"] = makeKey());
const keepKey = ({ headers }: HasHeaders) => void (headers["Idempotency-Key"] ??= makeKey());

describe.each([
  ["got 14", got14],
  ["got 16", got16 as unknown as typeof got14],
])("%s: how often a hook makes a key (src/calls/clients/got.ts)", (_, got) => {
  const retry: OptionsInit["retry"] = { limit: 2, methods: ["POST"], calculateDelay: ({ computedValue }) => (computedValue === 0 ? 0 : 1) };

  it.each([
    ["beforeRequest", setKey, [1, 2, 3]],
    ["beforeRequest", keepKey, [1, 1, 1]],
    ["init", setKey, [1, 1, 1]],
  ] as const)("%s", async (name, hook, keys) => {
    expect(await keysOf((url) => got.post(url, { retry, headers: {}, hooks: { [name]: [hook] } }))).toEqual(keys);
    expect(await keysOf((url) => got.extend({ retry, headers: {}, hooks: { [name]: [hook] } }).post(url, { headers: {} }))).toEqual(keys);
  });

  it("beforeRetry", async () => {
    expect(await keysOf((url) => got.post(url, { retry, hooks: { beforeRetry: [({ options }) => setKey(options)] } }))).toEqual([0, 1, 2]);
  });
});

describe.each([
  ["ky 1", ky1 as unknown as typeof ky2, [1, 2, 3]],
  ["ky 2", ky2, [1, 1, 1]],
] as const)("%s: how often a hook makes a key (src/calls/clients/ky.ts)", (_, ky, ofBeforeRequest) => {
  const retry = { limit: 2, methods: ["post"], delay: () => 1 } as const;
  const requestOf = (state: unknown) => (state instanceof Request ? state : (state as { request: Request }).request);
  const hook = (state: unknown) => requestOf(state).headers.set("Idempotency-Key", makeKey());

  it("beforeRequest", async () => {
    expect(await keysOf((url) => ky.post(url, { retry: { ...retry, methods: ["post"] }, hooks: { beforeRequest: [hook] } }))).toEqual(
      ofBeforeRequest,
    );
  });

  it("beforeRetry", async () => {
    expect(await keysOf((url) => ky.post(url, { retry: { ...retry, methods: ["post"] }, hooks: { beforeRetry: [hook] } }))).toEqual([
      0, 1, 2,
    ]);
  });
});

describe("axios with axios-retry: how often an interceptor makes a key (src/calls/clients/axios.ts)", () => {
  it.each([
    ["sets it", (config: InternalAxiosRequestConfig) => config.headers.set("Idempotency-Key", makeKey()), [1, 2, 3]],
    ["assigns it", setKey, [1, 2, 3]],
    ["assigns it where there is none", keepKey, [1, 1, 1]],
    [
      "sets it where there is none",
      (config: InternalAxiosRequestConfig) => config.headers.set("Idempotency-Key", makeKey(), false),
      [1, 1, 1],
    ],
  ])("%s", async (_, interceptor, keys) => {
    const client = axios.create({ proxy: false });
    axiosRetry(client, { retries: 2, retryCondition: () => true });
    client.interceptors.request.use((config) => {
      interceptor(config as never);
      return config;
    });
    expect(await keysOf((url) => client.post(url, {}))).toEqual(keys);
  });
});
