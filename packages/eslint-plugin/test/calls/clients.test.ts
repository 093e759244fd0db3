import { describe, expect, it } from "vitest";

import { analyse, callsOf } from "./analyse-project.ts";

/** The calls of a file that begins with these imports, with the library in this version beside it. */
function reader(imports: string, ...installed: readonly (readonly [name: string, version: string])[]) {
  const packages = Object.fromEntries(
    installed.map(([name, version]) => [`node_modules/${name}/package.json`, JSON.stringify({ name, version })]),
  );
  return (code: string) => callsOf({ "a.ts": `${imports}\n${code}`, ...packages });
}

const url = "https://x.example/";

describe("ky", () => {
  const ky = reader(`import ky from "ky";`, ["ky", "2.1.0"]);
  const ky1 = reader(`import ky from "ky";`, ["ky", "1.14.3"]);

  it("has a timeout of its own, with the body from version 2 on", () => {
    expect(ky(`ky("${url}");`)).toEqual([`GET ${url} 10000 ms (attempt) ky×2`]);
    expect(ky1(`ky("${url}");`)).toEqual([`GET ${url} 10000 ms (headers) ky×2`]);
  });

  it.each([
    [`ky.post("${url}", { timeout: 300, retry: 0 });`, `POST ${url} 300 ms (attempt) ky×0`],
    [`ky.get("${url}", { timeout: false, retry: { limit: 5 } });`, `GET ${url} unbounded ky×5`],
    [`ky.get("${url}", { totalTimeout: 900, timeout: 300 });`, `GET ${url} 900 ms (total) ky×2`],
    [`ky.get("${url}", { signal: AbortSignal.timeout(300) });`, `GET ${url} 300 ms (total) ky×2`],
    [`ky.create({ prefix: "${url}", timeout: 300, retry: 1 }).get("a");`, `GET ${url}a 300 ms (attempt) ky×1`],
    [
      `const c = ky.create({ prefixUrl: "${url}", timeout: 300 }).extend({ headers: { "Idempotency-Key": "k" } }); c.post("a");`,
      `POST ${url}a 300 ms (attempt) ky×2 key:idempotency-key`,
    ],
    [`ky.extend((parent) => ({ timeout: parent.timeout })).post("${url}");`, `POST ${url} ? ky×? key:?`],
  ])("reads %s", (code, call) => {
    expect(ky(code)).toEqual([call]);
  });

  it("takes a hook that touches headers for one that may set the key", () => {
    const hooked = (hook: string) => ky(`ky.create({ hooks: { beforeRequest: [${hook}] } }).post("${url}");`);
    expect(hooked(`({ request }) => request.headers.set("Idempotency-Key", key())`)).toEqual([`POST ${url} 10000 ms (attempt) ky×2 key:?`]);
    expect(hooked(`prepare`)).toEqual([`POST ${url} 10000 ms (attempt) ky×2 key:?`]);
    expect(hooked(`() => log("sent")`)).toEqual([`POST ${url} 10000 ms (attempt) ky×2`]);
  });

  it("knows a client that is passed in by its type, and nothing of its settings", () => {
    const typed = reader(`import type { KyInstance } from "ky";`);
    expect(typed(`export const go = (http: KyInstance) => http.post("${url}");`)).toEqual([`POST ${url} ? ky×? key:?`]);
  });

  it("repeats POST where it is among the methods only, and waits without jitter", () => {
    const layer = (options: string) => analyse({ "a.ts": `import ky from "ky"; ky("${url}", ${options});` }).calls[0]?.retries[0];
    expect(layer(`{}`)?.repeats).not.toContain("POST");
    expect(layer(`{ retry: { methods: ["get", "post"] } }`)?.repeats).toEqual(["GET", "POST"]);
    expect(layer(`{}`)).toMatchObject({ retryAfter: "honoured", backoff: { value: { jitter: false } } });
    expect(layer(`{ retry: { jitter: true } }`)).toMatchObject({ backoff: { value: { jitter: true } } });
  });
});

describe("ofetch", () => {
  const ofetch = reader(`import { ofetch, $fetch, createFetch } from "ofetch";`);

  it.each([
    [`ofetch("${url}");`, `GET ${url} unbounded ofetch×1`],
    [`$fetch.raw("${url}", { timeout: 300, retry: false });`, `GET ${url} 300 ms (headers) ofetch×0`],
    [`ofetch("${url}", { method: "post", retry: 3, signal: AbortSignal.timeout(200) });`, `POST ${url} 200 ms (total) ofetch×3`],
    [`ofetch("${url}", { timeout: 300, signal });`, `GET ${url} ? ofetch×1`],
    [`const c = ofetch.create({ baseURL: "${url}", timeout: 300 }); c("a");`, `GET ${url}a 300 ms (headers) ofetch×1`],
    [`createFetch({ defaults: { timeout: 300 } })("${url}");`, `GET ${url} 300 ms (headers) ofetch×1`],
    [
      `ofetch.create({ onRequest({ options }) { options.headers.set("Idempotency-Key", k); } })("${url}", { method: "POST" });`,
      `POST ${url} unbounded ofetch×1 key:?`,
    ],
  ])("reads %s", (code, call) => {
    expect(ofetch(code)).toEqual([call]);
  });

  it("is the global $fetch", () => {
    expect(callsOf({ "a.ts": `await $fetch("${url}", { timeout: 300 });` })).toEqual([`GET ${url} 300 ms (headers) ofetch×1`]);
    expect(callsOf({ "a.ts": `import { $fetch } from "./own"; await $fetch("${url}");` })).toEqual([]);
  });

  it("repeats no payload by default, and every method once a number is set", () => {
    const repeats = (options: string) =>
      analyse({ "a.ts": `import { ofetch } from "ofetch"; ofetch("${url}", ${options});` }).calls[0]?.retries[0]?.repeats;
    expect(repeats(`{ method: "POST" }`)).not.toContain("POST");
    expect(repeats(`{ method: "POST", retry: 1 }`)).toBe("any");
  });
});

describe("superagent", () => {
  const superagent = reader(`import superagent from "superagent";`);

  it.each([
    [`await superagent.get("${url}");`, `GET ${url} unbounded`],
    [`await superagent("POST", "${url}").timeout(300);`, `POST ${url} 300 ms (attempt)`],
    [
      `superagent.post("${url}").set("Idempotency-Key", k).send({}).timeout({ response: 300 }).end(done);`,
      `POST ${url} 300 ms (headers) key:idempotency-key`,
    ],
    [
      `await superagent.post("${url}").set({ "Idempotency-Key": k }).timeout({ response: 300, deadline: 900 });`,
      `POST ${url} 900 ms (attempt) key:idempotency-key`,
    ],
    [`await superagent.post("${url}").timeout(0).retry(2);`, `POST ${url} unbounded superagent×2`],
    [`await superagent.del("${url}").retry();`, `DELETE ${url} unbounded superagent×1`],
    [`const request = superagent.get("${url}"); request.timeout(300); await request;`, `GET ${url} 300 ms (attempt)`],
    [
      `const agent = superagent.agent().timeout(300).set("Idempotency-Key", k); await agent.post("${url}");`,
      `POST ${url} 300 ms (attempt) key:idempotency-key`,
    ],
    [
      `const agent = superagent.agent(); agent.timeout(300); await agent.post("${url}").retry(1);`,
      `POST ${url} 300 ms (attempt) superagent×1`,
    ],
    [`await superagent.post("${url}").use(prepare);`, `POST ${url} ? key:?`],
    [`export const load = () => superagent.post("${url}");`, `POST ${url} ? key:?`],
    [`export const load = async () => superagent.post("${url}");`, `POST ${url} unbounded`],
    [`export const load = () => superagent.post("${url}").then(read);`, `POST ${url} unbounded`],
    [`const request = superagent.post("${url}"); prepare(request); await request;`, `POST ${url} ? key:?`],
  ])("reads %s", (code, call) => {
    expect(superagent(code)).toEqual([call]);
  });

  it("repeats any method, unless a condition decides", () => {
    const repeats = (code: string) => analyse({ "a.ts": `import superagent from "superagent"; ${code}` }).calls[0]?.retries[0];
    expect(repeats(`await superagent.post("${url}").retry(2);`)).toMatchObject({ repeats: "any", retryAfter: "ignored" });
    expect(repeats(`await superagent.post("${url}").retry(2, (error) => error.status === 429);`)).toMatchObject({ repeats: "unknown" });
  });
});

describe("needle", () => {
  const needle = reader(`import needle from "needle";`);

  it.each([
    [`needle("get", "${url}");`, `GET ${url} unbounded`],
    [`needle("get", "${url}", { response_timeout: 300 });`, `GET ${url} 300 ms (headers)`],
    [`needle.get("${url}", { response_timeout: 300, read_timeout: 400 }, done);`, `GET ${url} 700 ms (attempt)`],
    [`needle.get("${url}", { timeout: 300 });`, `GET ${url} unbounded`],
    [`needle.get("${url}", { read_timeout: 300 });`, `GET ${url} unbounded`],
    [`needle.get("${url}", (error) => log(error));`, `GET ${url} unbounded`],
    [`needle.post("${url}", {}, { headers: { "Idempotency-Key": k } }, done);`, `POST ${url} unbounded key:idempotency-key`],
    [`needle.request("post", "${url}", {}, { response_timeout: 300 }, done);`, `POST ${url} 300 ms (headers)`],
    [`needle.defaults({ response_timeout: 300 }); needle.get("${url}");`, `GET ${url} 300 ms (headers)`],
    [`export const load = (options) => needle.post("${url}", {}, options);`, `POST ${url} ? key:?`],
  ])("reads %s", (code, call) => {
    expect(needle(code)).toEqual([call]);
  });
});

describe("gaxios", () => {
  const gaxios = reader(`import { Gaxios, request } from "gaxios";`);

  it.each([
    [`request({ url: "${url}" });`, `GET ${url} unbounded`],
    [`request({ url: "${url}", method: "POST", timeout: 300, retry: true });`, `POST ${url} 300 ms (attempt) gaxios×3`],
    [`request({ url: "${url}", retryConfig: { retry: 1 }, retry: true });`, `GET ${url} unbounded gaxios×1`],
    [`new Gaxios({ baseURL: "${url}", timeout: 300 }).request({ url: "a" });`, `GET ${url}a 300 ms (attempt)`],
    [`const c = new Gaxios(); c.defaults = { timeout: 300 }; c.request({ url: "${url}" });`, `GET ${url} unbounded`],
    [`export const go = (http: Gaxios) => http.request({ url: "${url}", method: "POST" });`, `POST ${url} ? gaxios×? key:?`],
    [
      `const c = new Gaxios(); c.interceptors.request.add({ resolved: async (o) => { o.headers.set("Idempotency-Key", k); return o; } }); c.request({ url: "${url}", method: "POST" });`,
      `POST ${url} unbounded key:?`,
    ],
  ])("reads %s", (code, call) => {
    expect(gaxios(code)).toEqual([call]);
  });
});

describe("wretch", () => {
  const wretch = reader(
    `import wretch from "wretch";\nimport AbortAddon from "wretch/addons/abort";\nimport { retry } from "wretch/middlewares";`,
  );

  it.each([
    [`wretch("${url}").get().json();`, `GET ${url} unbounded`],
    [`wretch("${url}").url("a").post({}, "/b").json();`, `POST ${url}a/b unbounded`],
    [`wretch("${url}").addon(AbortAddon()).get().setTimeout(300).json();`, `GET ${url} 300 ms (total)`],
    [`wretch("${url}").options({ signal: AbortSignal.timeout(300) }).get().json();`, `GET ${url} 300 ms (total)`],
    [`wretch("${url}", { signal: AbortSignal.timeout(300) }).get().json();`, `GET ${url} 300 ms (total)`],
    [`const api = wretch("${url}").headers({ "Idempotency-Key": k }); api.post({}).json();`, `POST ${url} unbounded key:idempotency-key`],
    [`wretch("${url}").middlewares([retry({ maxAttempts: 2 })]).post({}).json();`, `POST ${url} unbounded wretch×2`],
    [`wretch("${url}").middlewares([retry()]).get().json();`, `GET ${url} unbounded wretch×10`],
    [`wretch("${url}").middlewares([retry({ maxAttempts: 0 })]).get().json();`, `GET ${url} unbounded wretch×Infinity`],
    [`wretch("${url}").middlewares([signed]).post({}).json();`, `POST ${url} ? key:?`],
    [`wretch("${url}").defer((w) => w.headers(fresh())).post({}).json();`, `POST ${url} ? key:?`],
    [`wretch("${url}").resolve((r) => r.setTimeout(300)).get().json();`, `GET ${url} ? key:?`],
  ])("reads %s", (code, call) => {
    expect(wretch(code)).toEqual([call]);
  });
});

describe("node-fetch, cross-fetch and isomorphic-fetch", () => {
  it.each([
    ["node-fetch", "3.3.2", "unbounded"],
    ["node-fetch", "2.7.0", "300 ms (attempt)"],
    ["cross-fetch", "4.1.0", "300 ms (attempt)"],
    ["isomorphic-fetch", "3.0.0", "300 ms (attempt)"],
  ])("%s %s with timeout: 300 is %s", (name, version, timeout) => {
    const fetch = reader(`import fetch from "${name}";`, [name, version]);
    expect(fetch(`fetch("${url}", { timeout: 300 });`)).toEqual([`GET ${url} ${timeout}`]);
    expect(fetch(`fetch("${url}", { signal: AbortSignal.timeout(200) });`)).toEqual([`GET ${url} 200 ms (total)`]);
    expect(fetch(`fetch("${url}", { method: "POST" });`)).toEqual([`POST ${url} unbounded`]);
  });

  it("says nothing of an option that only one version has when the version is not known", () => {
    const fetch = reader(`import fetch from "node-fetch";`);
    expect(fetch(`fetch("${url}", { timeout: 300 });`)).toEqual([`GET ${url} ?`]);
  });
});

describe("node:http", () => {
  const http = reader(`import http, { get } from "node:http";\nimport https from "https";`);

  it.each([
    [`https.get("${url}", done);`, `GET ${url} unbounded`],
    [`get(new URL("${url}"), done).on("error", fail);`, `GET ${url} unbounded`],
    [`https.get({ hostname: "x.example", path: "/a" }, done);`, `GET ${url}a unbounded`],
    [
      `https.request({ host: "x.example", port: 8443, path: \`/a/\${id}\`, method: "POST" }, done);`,
      `POST https://x.example:8443/a/… unbounded`,
    ],
    [`http.request({ socketPath: "/var/run/docker.sock", path: "/info" }).end();`, `GET /info unbounded`],
    [`https.get("${url}", { timeout: 300 }, done);`, `GET ${url} unbounded`],
    [`https.get("${url}", { timeout: 300 }, done).on("timeout", log);`, `GET ${url} ?`],
    [`const r = https.get("${url}", { timeout: 300 }, done); r.on("timeout", () => r.destroy());`, `GET ${url} 300 ms (idle)`],
    [`const r = https.request("${url}"); r.setTimeout(300, () => { r.destroy(new Error("late")); }); r.end();`, `GET ${url} 300 ms (idle)`],
    [`https.get("${url}", { signal: AbortSignal.timeout(300) }, done);`, `GET ${url} 300 ms (total)`],
    [`const r = https.get("${url}"); setTimeout(() => r.destroy(), 300);`, `GET ${url} ?`],
    [`const r = https.get("${url}"); r.on("socket", (socket) => socket.setTimeout(300));`, `GET ${url} ?`],
    [`const r = https.get("${url}"); watch(r);`, `GET ${url} ?`],
    [`export const go = () => https.get("${url}");`, `GET ${url} ?`],
    [
      `const r = https.request("${url}", { method: "POST" }); r.setHeader("Idempotency-Key", k); r.end("{}");`,
      `POST ${url} unbounded key:idempotency-key`,
    ],
    [`export const go = (options) => https.request(options, done).end();`, `? an upstream ? key:?`],
    [`export const go = (file) => { https.get(file.href, (response) => read(response)); };`, `GET an upstream unbounded`],
    [`export const go = (url) => { https.request(parse(url), done).end(); };`, `? an upstream ? key:?`],
    [`const r = https.request("${url}", { method: "PUT" }, done); form.pipe(r);`, `PUT ${url} unbounded`],
  ])("reads %s", (code, call) => {
    expect(http(code)).toEqual([call]);
  });

  it.each([
    `const r = https.request({ hostname: "x.example", headers: { Upgrade: "websocket" } }); r.on("upgrade", open); r.end();`,
    `http.request({ host: "proxy.example", port: 3128, method: "CONNECT", path: "x.example:443" }).once("connect", open).end();`,
  ])("is not asked about a socket that outlives its request: %s", (code) => {
    expect(http(code)).toEqual([]);
  });

  it("is a server's as well", () => {
    expect(http(`http.createServer((request, response) => response.end()).listen(80);`)).toEqual([]);
  });
});

describe("undici", () => {
  const undici = reader(
    `import { Agent, Client, fetch as undiciFetch, interceptors, Pool, request, RetryAgent, RetryHandler, setGlobalDispatcher, stream } from "undici";`,
  );

  it.each([
    [`request("${url}");`, `GET ${url} unbounded`],
    [`request("${url}", { method: "POST", headersTimeout: 300 });`, `POST ${url} 300 ms (headers)`],
    [`request("${url}", { headersTimeout: 300, bodyTimeout: 200 });`, `GET ${url} 300 ms (idle)`],
    [`request("${url}", { bodyTimeout: 200 });`, `GET ${url} unbounded`],
    [`request("${url}", { body: "{}", signal: AbortSignal.timeout(300) });`, `PUT ${url} 300 ms (total)`],
    [`stream("${url}", { method: "GET", opaque }, () => sink);`, `GET ${url} unbounded`],
    [`request("${url}", { dispatcher: new Agent({ headersTimeout: 300 }) });`, `GET ${url} 300 ms (headers)`],
    [`request("${url}", { dispatcher: new RetryAgent(new Agent({ headersTimeout: 300 })) });`, `GET ${url} 300 ms (headers) undici×5`],
    [`request("${url}", { dispatcher });`, `GET ${url} ?`],
    [`undiciFetch("${url}", { dispatcher: new Agent({ headersTimeout: 300 }) });`, `GET ${url} 300 ms (headers)`],
    [`fetch("${url}", { dispatcher: new RetryAgent(new Agent(), { maxRetries: 1 }) });`, `GET ${url} unbounded undici×1`],
    [
      `const c = new Client("https://x.example", { headersTimeout: 300 }); c.request({ path: "/a", method: "POST" });`,
      `POST ${url}a 300 ms (headers)`,
    ],
    [
      `const p = new Pool("https://x.example").compose(interceptors.retry({ maxRetries: 2 })); p.request({ path: "/a", method: "GET" });`,
      `GET ${url}a unbounded undici×2`,
    ],
    [`new Agent().request({ origin: "https://x.example", path: "/a", method: "GET" });`, `GET ${url}a unbounded`],
    [
      `const c = new Client("https://x.example"); c.dispatch({ path: "/", method: "GET" }, new RetryHandler({ retryOptions: { maxRetries: 4 } }, { dispatch, handler }));`,
      `GET ${url} unbounded undici×4`,
    ],
    [`export const go = (http: Client) => http.request({ path: "/a", method: "POST" });`, `POST …/a ?`],
    [`setGlobalDispatcher(new Agent({ headersTimeout: 300 })); fetch("${url}");`, `GET ${url} 300 ms (headers)`],
    [`setGlobalDispatcher(new RetryAgent(new Agent({ headersTimeout: 300 }))); request("${url}");`, `GET ${url} 300 ms (headers) undici×5`],
    [`request("${url}", { method: "POST", headers: ["idempotency-key", key] });`, `POST ${url} unbounded key:?`],
  ])("reads %s", (code, call) => {
    expect(undici(code)).toEqual([call]);
  });

  it("waits without jitter and heeds Retry-After", () => {
    const { calls } = analyse({
      "a.ts": `import { Agent, request, RetryAgent } from "undici"; request("${url}", { dispatcher: new RetryAgent(new Agent()) });`,
    });
    expect(calls[0]?.retries[0]).toMatchObject({ retryAfter: "honoured", backoff: { value: { jitter: false } } });
    expect(calls[0]?.retries[0]?.repeats).not.toContain("POST");
  });
});

describe("the retries of a client", () => {
  const placesOf = (code: string) => {
    const [call] = analyse({ "a.ts": `import ky from "ky";\n${code}` }).calls;
    const layer = call?.retries[0];
    const text = (range?: readonly [number, number]) => range && call?.origin.file.text.slice(...range);
    return [text(layer?.origin.node.range), text(layer?.options?.node.range)];
  };

  it("are the client's that sets them, or that would", () => {
    const made = `ky.create({ retry: 3 })`;
    expect(placesOf(`const c = ${made}; c.get("${url}");`)).toEqual(["3", made]);
    expect(placesOf(`const c = ky.create({}); c.get("${url}");`)).toEqual(["ky.create({})", "ky.create({})"]);
  });

  it("are the call's where it sets them", () => {
    const call = `c.get("${url}", { retry: 1 })`;
    expect(placesOf(`const c = ky.create({ retry: 3 }); ${call};`)).toEqual(["1", call]);
    expect(placesOf(`ky.get("${url}");`)).toEqual([`ky.get("${url}")`, `ky.get("${url}")`]);
  });
});

describe("got and axios", () => {
  const got = reader(`import got from "got";`, ["got", "16.1.0"]);

  it("reads the code of got's hooks", () => {
    const hooked = (hooks: string) => got(`got.extend({ hooks: ${hooks} }).post("${url}");`);
    expect(hooked(`{ beforeRequest: [(options) => { options.headers["idempotency-key"] ??= key(); }] }`)).toEqual([
      `POST ${url} unbounded got×2 key:?`,
    ]);
    expect(hooked(`{ beforeError: [(error) => error] }`)).toEqual([`POST ${url} unbounded got×2`]);
    expect(got(`got.extend({ handlers: [(options, next) => next(options)] }).post("${url}");`)).toEqual([`POST ${url} unbounded got×2`]);
    expect(got(`got.extend({ handlers: [withKey] }).post("${url}");`)).toEqual([`POST ${url} unbounded got×2 key:?`]);
  });

  it("knows the methods of the installed got", () => {
    const { calls } = analyse({
      "a.ts": `import got from "got"; got("${url}");`,
      "node_modules/got/package.json": JSON.stringify({ name: "got", version: "16.1.0" }),
    });
    expect(calls[0]?.retries[0]?.repeats).toContain("QUERY");
  });

  it("reads new Axios and axios.request", () => {
    const axios = reader(`import axios, { Axios } from "axios";`);
    expect(axios(`const c = new Axios({ timeout: 300 }); c.request({ method: "post", url: "${url}" });`)).toEqual([
      `POST ${url} 300 ms (idle)`,
    ]);
    expect(axios(`axios.request({ method: "post", url: "${url}", timeout: 300 });`)).toEqual([`POST ${url} 300 ms (idle)`]);
  });
});
