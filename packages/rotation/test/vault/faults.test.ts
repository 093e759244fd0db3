import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { inspect } from "node:util";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Store, Version } from "../../src/roles.ts";
import { openVaultKv } from "../../src/stores/vault-kv.ts";
import { defaultLimits, type Limits } from "../../src/vault/transport.ts";
import { documentOf, plainOf } from "../stores/plain.ts";
import { answer, type FakeVault, hangUp, type Reply, startFakeVault } from "./fake-vault.ts";

const canary = ["canary", randomUUID(), 'with "quotes" & ümläuts'].join(" ");
const token = ["hvs", randomUUID()].join(".");
const first = "1@2026-01-01T00:00:00Z" as Version;

let vault: FakeVault;
beforeEach(async () => {
  vault = await startFakeVault();
});
afterEach(() => vault.close());

const open = (limits: Partial<Limits> = {}, more: { address?: string; namespace?: string } = {}): Promise<Store> =>
  openVaultKv(
    { kind: "vault", name: "prod", line: 1, address: vault.address, ...more },
    { directory: "/", env: { VAULT_TOKEN: token }, limits: { ...defaultLimits, ...limits } },
  );
const read = async (limits?: Partial<Limits>): Promise<unknown> => (await open(limits)).read("a/b").catch((error: unknown) => error);
const write = async (limits?: Partial<Limits>): Promise<unknown> =>
  (await open(limits)).write("a/b", documentOf({ value: canary }), first).catch((error: unknown) => error);
const found = { data: { data: { value: canary }, metadata: { version: 1, created_time: "2026-01-01T00:00:00Z" } } };

/** The first requests get these answers, one each; all others the last. */
function inTurn(...replies: readonly Reply[]): Reply {
  let next = 0;
  return (request, response) => {
    const reply = replies[Math.min(next, replies.length - 1)];
    next += 1;
    reply?.(request, response);
  };
}

describe("a write whose answer is lost", () => {
  it.each<[string, Reply, Partial<Limits>]>([
    ["the connection breaks", hangUp, {}],
    ["the answer never comes", () => undefined, { totalMs: 200 }],
    [
      "the answer breaks off",
      (_request, response) =>
        response.writeHead(200, { "Content-Length": "100" }).write('{"data', () => response.socket?.resetAndDestroy()),
      {},
    ],
    [
      "the answer never ends",
      (_request, response) => {
        const more = (): void => void response.write("x".repeat(1000), more);
        response.writeHead(200);
        more();
      },
      { answerBytes: 10_000 },
    ],
    ["the effect is followed by a 500", answer(500, { errors: ["internal error"] }), {}],
    ["a proxy answers 502", answer(502, "<html>bad gateway</html>"), {}],
    ["a proxy answers 504", answer(504, "<html>gateway timeout</html>"), {}],
    ["it is overloaded", answer(503, { errors: ["overloaded, try again later"] }), {}],
    ["a page is answered instead of JSON", answer(200, "<html>log in</html>"), {}],
  ])("is of unknown outcome and not sent again: %s", async (_case, reply, limits) => {
    vault.reply = reply;
    expect(await write(limits)).toMatchObject({
      code: "unknown-outcome",
      message: expect.stringMatching(/cannot write secret\/data\/a\/b.*may or may not have been done: read back/u),
    });
    expect(vault.received.filter(({ method }) => method === "POST")).toHaveLength(1);
  });

  it.each<[string, () => Promise<unknown>]>([
    [
      "nobody listens",
      async () => {
        const { address } = vault;
        await vault.close();
        const error = await (await open({}, { address })).write("a", documentOf({ value: canary }), first).catch((e: unknown) => e);
        vault = await startFakeVault();
        return error;
      },
    ],
    [
      "the host is unknown",
      async () =>
        (await open({}, { address: "https://vault.invalid:8200" }))
          .write("a", documentOf({ value: canary }), first)
          .catch((e: unknown) => e),
    ],
    [
      "it does not speak TLS",
      async () =>
        (await open({}, { address: vault.address.replace("http:", "https:") }))
          .write("a", documentOf({ value: canary }), first)
          .catch((e: unknown) => e),
    ],
  ])("certainly did nothing when %s", async (_case, attempt) => {
    expect(await attempt()).toMatchObject({ code: "unreachable", message: expect.stringMatching(/Nothing was (?:written|changed)/u) });
  });

  it("certainly did nothing when the connection never stands", async () => {
    const mute: Server = createServer(() => undefined);
    await new Promise<void>((settle) => mute.listen(0, "127.0.0.1", settle));
    const { port } = mute.address() as { port: number };
    const store = await open({ connectMs: 200 }, { address: `https://127.0.0.1:${port}` });
    const error = await store.write("a", documentOf({ value: canary }), first).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "unreachable", message: expect.stringContaining("no connection within 200 ms") });
    mute.close();
  });
});

describe("a read", () => {
  it.each<[string, Reply]>([
    ["the connection breaks", hangUp],
    ["a 500", answer(500, { errors: ["internal error"] })],
    ["a 502", answer(502, "<html>")],
    ["a 412", answer(412, { errors: ["required index state not present"] })],
    ["a 429", answer(429, { errors: ['request path "secret/data/a/b": rate limit quota exceeded'] })],
  ])("is tried again after %s", async (_case, reply) => {
    vault.reply = inTurn(reply, reply, answer(200, found));
    const result = (await read()) as { document: Parameters<typeof plainOf>[0] };
    expect(plainOf(result.document)).toEqual({ value: canary });
    expect(vault.received).toHaveLength(3);
  });

  it("gives up after the third attempt", async () => {
    vault.reply = answer(500, { errors: ["internal error"] });
    expect(await read()).toMatchObject({ code: "unreachable" });
    expect(vault.received).toHaveLength(3);
  });

  it.each([472, 473])("says that a node of status %i serves no requests", async (status) => {
    vault.reply = answer(status, {});
    expect(await read()).toMatchObject({ code: "unreachable", message: expect.stringContaining(String(status)) });
  });

  it("stops at an answer that is too long", async () => {
    vault.reply = answer(200, { data: "x".repeat(20_000) });
    expect(await read({ answerBytes: 10_000 })).toMatchObject({
      code: "unreachable",
      message: expect.stringContaining("longer than 10000 bytes"),
    });
  });

  it("finds no absent secret in a 404 that speaks of the path or the engine", async () => {
    vault.reply = answer(404, { errors: [], warnings: ["Invalid path for a versioned K/V secrets engine."] });
    expect(await read()).toMatchObject({ code: "invalid", message: expect.stringContaining("no KV version 2 engine") });
    vault.reply = answer(404, { errors: ['no handler for route "secret/data/a/b". route entry not found.'] });
    expect(await read()).toMatchObject({ code: "invalid" });
  });

  it("tells a Vault that was never initialised from a sealed one", async () => {
    vault.reply = (request, response) =>
      answer(
        request.path === "/v1/sys/seal-status" ? 200 : 503,
        request.path === "/v1/sys/seal-status" ? { initialized: false, sealed: true } : { errors: ["Vault is sealed"] },
      )(request, response);
    expect(await read()).toMatchObject({ code: "sealed", message: expect.stringContaining("never initialised") });
  });
});

describe("what is sent", () => {
  it.each([301, 302, 307, 308])("does not follow a redirect (%i), and names where it leads", async (status) => {
    const other = await startFakeVault();
    vault.reply = answer(status, "", { Location: `${other.address}/v1/secret/data/a/b` });
    for (const result of [await read(), await write()]) {
      expect(result).toMatchObject({ code: "unreachable", message: expect.stringContaining(new URL(other.address).host) });
    }
    expect(other.received).toEqual([]);
    await other.close();
  });

  it("carries the token and the namespace of the policy, whatever the environment says", async () => {
    vault.reply = answer(200, found);
    const before = { ...process.env };
    Object.assign(process.env, {
      VAULT_TOKEN: "wrong",
      VAULT_NAMESPACE: "wrong",
      VAULT_PREFIX: "/wrong",
      VAULT_ADDR: "http://127.0.0.1:1",
    });
    try {
      await (await open({}, { namespace: "team/a" })).read("a/b");
      await (await open()).read("a/b");
    } finally {
      process.env = before;
    }
    expect(vault.received.map(({ path, headers }) => [path, headers["x-vault-token"], headers["x-vault-namespace"]])).toEqual([
      ["/v1/secret/data/a/b", token, "team/a"],
      ["/v1/secret/data/a/b", token, undefined],
    ]);
  });

  it("goes through no proxy, and nowhere into logs or errors, at the loudest debug level", async () => {
    const proxy = await startFakeVault();
    vault.reply = answer(500, {
      errors: [
        `cannot store ${JSON.stringify(canary)} or ${encodeURIComponent(canary)} or ${Buffer.from(canary).toString("base64")} for ${token}`,
      ],
    });
    const program = join(import.meta.dirname, "fixtures/write-and-print.ts");
    const env = {
      PATH: process.env["PATH"],
      DEBUG: "*",
      NODE_DEBUG: "vault",
      VAULT_TOKEN: token,
      CANARY: canary,
      NODE_USE_ENV_PROXY: "1",
      HTTP_PROXY: proxy.address,
      http_proxy: proxy.address,
      ALL_PROXY: proxy.address,
    };
    const { stdout, stderr, status } = await runAsync(process.execPath, ["--conditions=holdfast-source", program, vault.address], env);
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/unknown-outcome.*\[secret\]/u);
    for (const spelling of [
      canary,
      JSON.stringify(canary).slice(1, -1),
      encodeURIComponent(canary),
      Buffer.from(canary).toString("base64").slice(0, -4),
      canary.slice(7, 43),
      token,
    ]) {
      expect(stdout + stderr).not.toContain(spelling);
    }
    expect(vault.received.length).toBeGreaterThan(0);
    expect(proxy.received).toEqual([]);
    await proxy.close();
  });

  it("is in no error of this process either", async () => {
    for (const reply of [
      hangUp,
      answer(400, { errors: [`bad value ${canary}`] }),
      answer(403, { errors: [`denied for ${token}`] }),
      answer(500, { errors: [Buffer.from(canary).toString("base64url")] }),
    ]) {
      vault.reply = reply;
      const error = await write();
      expect(error).toHaveProperty("name", "RotationError");
      const shown = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error) + String((error as Error).stack);
      for (const spelling of [canary, token, Buffer.from(canary).toString("base64url").slice(0, -3)]) expect(shown).not.toContain(spelling);
    }
  });
});

describe("the time", () => {
  it("is that of the Date of the answer, although this machine has another", async () => {
    const ahead = Date.now() + 3_600_000;
    vault.reply = answer(200, found, { Date: new Date(ahead).toUTCString() });
    const store = await open();
    await store.read("a/b");
    expect(Math.abs((await store.now()) - ahead)).toBeLessThan(5_000);
  });
});

async function runAsync(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ stdout: string; stderr: string; status: number | null }> {
  const child = spawn(command, args, { env });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => (stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (stderr += String(chunk)));
  const status = await new Promise<number | null>((settle) => child.once("close", settle));
  return { stdout, stderr, status };
}
