import { describe, expect, it } from "vitest";

import { analyse, callsOf, print } from "./analyse-project.ts";

const axios = (code: string) => callsOf({ "a.ts": `import axios from "axios";\nimport axiosRetry from "axios-retry";\n${code}` });
const got = (code: string) => callsOf({ "a.ts": `import got from "got";\n${code}` });

describe("axios", () => {
  it("joins baseURL and path, with one slash", () => {
    expect(axios(`const c = axios.create({ baseURL: "https://x.example/v1/", timeout: 1 }); c.get("a"); c.get("/b");`)).toEqual([
      "GET https://x.example/v1/a 1 ms (idle)",
      "GET https://x.example/v1//b 1 ms (idle)",
    ]);
  });

  it("takes an absolute URL for itself", () => {
    expect(axios(`axios.create({ baseURL: "https://x.example", timeout: 1 }).get("https://y.example/a");`)).toEqual([
      "GET https://y.example/a 1 ms (idle)",
    ]);
  });

  it("lets the call win over the instance, and the instance over the library's defaults", () => {
    expect(
      axios(`axios.defaults.timeout = 1; const c = axios.create({ timeout: 2 });
axios.get("https://x.example/1"); c.get("https://x.example/2"); c.get("https://x.example/3", { timeout: 3 });`),
    ).toEqual(["GET https://x.example/1 1 ms (idle)", "GET https://x.example/2 2 ms (idle)", "GET https://x.example/3 3 ms (idle)"]);
  });

  it("inherits the library's defaults", () => {
    expect(axios(`axios.defaults.timeout = 1; axios.create().get("https://x.example/");`)).toEqual(["GET https://x.example/ 1 ms (idle)"]);
  });

  it("counts the timeout as a total with the fetch adapter", () => {
    expect(axios(`axios.get("https://x.example/", { timeout: 1, adapter: "fetch" });`)).toEqual(["GET https://x.example/ 1 ms (total)"]);
  });

  it.each([
    `class A { constructor(private readonly http: AxiosInstance) {} go() { this.http.post("https://x.example/", {}); } }`,
    `class A { private http: AxiosInstance; constructor(http: AxiosInstance) { this.http = http; } go() { this.http.post("https://x.example/", {}); } }`,
    `class A { @Inject() private readonly http!: AxiosInstance; go() { this.http.post("https://x.example/", {}); } }`,
    `export function go(http: AxiosInstance) { return http.post("https://x.example/", {}); }`,
  ])("knows a client that is passed in by its type, and nothing of its settings: %s", (code) => {
    expect(callsOf({ "a.ts": `import type { AxiosInstance } from "axios";\n${code}` })).toEqual(["POST https://x.example/ ? key:?"]);
  });

  it("knows what a client that is passed in was made with, when it is seen", () => {
    const code = `function go(http: AxiosInstance) { return http.get("https://x.example/"); }\ngo(axios.create({ timeout: 300 }));`;
    expect(callsOf({ "a.ts": `import axios, { type AxiosInstance } from "axios";\n${code}` })).toContain(
      "GET https://x.example/ 300 ms (idle)",
    );
  });

  it("takes a signal for the bound", () => {
    expect(axios(`axios.get("https://x.example/", { signal: AbortSignal.timeout(5) });`)).toEqual(["GET https://x.example/ 5 ms (total)"]);
  });

  it.each([
    [`axios("https://x.example/")`, "GET https://x.example/ unbounded"],
    [`axios({ url: "https://x.example/", method: "put" })`, "PUT https://x.example/ unbounded"],
    [`axios.request({ url: "https://x.example/", method: "post" })`, "POST https://x.example/ unbounded"],
    [`axios.delete("https://x.example/")`, "DELETE https://x.example/ unbounded"],
    [`axios.postForm("https://x.example/", {})`, "POST https://x.example/ unbounded"],
    [
      `axios.patch("https://x.example/", {}, { headers: { "Idempotency-Key": "k" } })`,
      "PATCH https://x.example/ unbounded key:idempotency-key",
    ],
  ])("reads %s", (code, expected) => {
    expect(axios(code)).toEqual([expected]);
  });

  it("knows no request in helpers, type guards and interceptors", () => {
    expect(axios(`axios.isAxiosError(e); axios.all([]); axios.interceptors.response.use((r) => r); new axios.AxiosError();`)).toEqual([]);
  });

  it("adds the retries that were plugged into the instance, and into no other", () => {
    expect(
      axios(`const a = axios.create({ timeout: 1 }); const b = axios.create({ timeout: 1 }); axiosRetry(a, { retries: 4 });
a.get("https://a.example/"); b.get("https://b.example/");`),
    ).toEqual(["GET https://a.example/ 1 ms (idle) axios-retry×4", "GET https://b.example/ 1 ms (idle)"]);
  });

  it("takes axios-retry's default without a number, and nothing from options it cannot see", () => {
    expect(axios(`axiosRetry(axios); axios.get("https://x.example/");`)).toEqual(["GET https://x.example/ unbounded axios-retry×3"]);
    expect(axios(`axiosRetry(axios, options); axios.get("https://x.example/");`)).toEqual([
      "GET https://x.example/ unbounded axios-retry×?",
    ]);
  });

  it.each([
    [`c.interceptors.request.use((config) => { config.headers.set("Idempotency-Key", id()); return config; });`],
    [`c.interceptors.request.use(addHeaders);`],
    [`c.defaults.headers = headersFrom(elsewhere);`],
  ])("does not know the key behind %s", (effect) => {
    expect(axios(`const c = axios.create({ timeout: 1 }); ${effect} c.post("https://x.example/", {});`)).toEqual([
      "POST https://x.example/ 1 ms (idle) key:?",
    ]);
  });

  it("reads a default header that is assigned", () => {
    expect(
      axios(`const c = axios.create({ timeout: 1 }); c.defaults.headers.common["Idempotency-Key"] = id; c.post("https://x.example/", {});`),
    ).toEqual(["POST https://x.example/ 1 ms (idle) key:idempotency-key"]);
  });

  it("looks past an interceptor that has nothing to do with headers", () => {
    expect(
      axios(
        `const c = axios.create({ timeout: 1 }); c.interceptors.request.use((x) => { log(x.url); return x; }); c.post("https://x.example/", {});`,
      ),
    ).toEqual(["POST https://x.example/ 1 ms (idle)"]);
  });
});

describe("got", () => {
  it.each([
    [`got("https://x.example/")`, "GET https://x.example/ unbounded got×2"],
    [`got.post("https://x.example/", { json: {} })`, "POST https://x.example/ unbounded got×2"],
    [`got({ url: "https://x.example/", method: "PUT" })`, "PUT https://x.example/ unbounded got×2"],
    [`got("https://x.example/", { timeout: { request: 300 }, retry: { limit: 0 } })`, "GET https://x.example/ 300 ms (attempt) got×0"],
    [`got("https://x.example/", { timeout: { response: 300 } })`, "GET https://x.example/ 300 ms (headers) got×2"],
    [`got("https://x.example/", { timeout: 300, retry: 5 })`, "GET https://x.example/ 300 ms (attempt) got×5"],
    [`got.stream("https://x.example/")`, "GET https://x.example/ unbounded got×2"],
    [`got("https://x.example/", options)`, "? https://x.example/ ? got×?"],
    [
      `got.extend({ prefixUrl: "https://x.example/v1" }).extend({ timeout: { request: 1 } })("a")`,
      "GET https://x.example/v1/a 1 ms (attempt) got×2",
    ],
  ])("%s", (code, expected) => {
    expect(got(code).map((call) => call.replace(" key:?", ""))).toEqual([expected]);
  });

  it("does not know the key behind a hook", () => {
    expect(got(`const c = got.extend({ hooks: { beforeRequest: [setKey] } }); c.post("https://x.example/");`)).toEqual([
      "POST https://x.example/ unbounded got×2 key:?",
    ]);
  });
});

describe("fetch", () => {
  it("is the global, however it is reached, and no local of that name", () => {
    expect(
      callsOf({
        "a.ts": `fetch("https://a.example/"); globalThis.fetch("https://b.example/"); window.fetch("https://c.example/");
{ const fetch = (url: string) => url; fetch("https://d.example/"); }`,
      }),
    ).toEqual(["GET https://a.example/ unbounded", "GET https://b.example/ unbounded", "GET https://c.example/ unbounded"]);
  });
});

describe("a client that depends on a condition", () => {
  const made = (code: string) => callsOf({ "a.ts": `import axios from "axios"; import got from "got"; ${code}` });

  it("is one of which nothing more is known", () => {
    const either = `const client = key ? axios.create({ timeout: 300 }) : axios.create();`;
    expect(made(`${either} client.get("https://api.example/");`)).toEqual(["GET https://api.example/ ? key:?"]);
  });

  it("is none where the two are not of one kind", () => {
    expect(made(`const client = key ? axios.create() : got.extend({}); client.get("https://api.example/");`)).toEqual([]);
  });
});

describe("classes", () => {
  it("follows a field, however it gets its client", () => {
    const client = `axios.create({ baseURL: "https://x.example", timeout: 300 })`;
    for (const body of [
      `http = ${client}; go() { this.http.get("/a"); }`,
      `#http = ${client}; go() { this.#http.get("/a"); }`,
      `http; constructor() { this.http = ${client}; } go() { this.http.get("/a"); }`,
    ])
      expect(axios(`class A { ${body} }`)).toEqual(["GET https://x.example/a 300 ms (idle)"]);
  });

  it("does not know a client that is injected", () => {
    expect(axios(`class A { constructor(private readonly http: any) {} go() { this.http.get("/a"); } }`)).toEqual([]);
  });

  it("does not know a field that is assigned twice", () => {
    expect(axios(`class A { http = axios.create(); set(x: any) { this.http = x; } go() { this.http.get("/a"); } }`)).toEqual([]);
  });
});

it("names the clients that a file creates and does not call", () => {
  const { idleClients } = analyse({
    "a.ts": `import axios from "axios"; export const a = axios.create({ baseURL: "https://a.example", timeout: 1 }); const b = axios.create(); b.get("https://b.example/");`,
  });
  expect(idleClients.map(print)).toEqual(["GET https://a.example 1 ms (idle)"]);
});
