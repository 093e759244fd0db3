import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { inspect } from "node:util";

import type { VaultStorePolicy } from "@holdfast/policy";
import { describeWithServers, useSealableVault, useVault } from "@holdfast/testing/vitest";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";

import { RotationError } from "../../src/index.ts";
import type { Store, Version } from "../../src/roles.ts";
import { Secret } from "../../src/secret.ts";
import { openVaultKv } from "../../src/stores/vault-kv.ts";
import { defaultLimits, type Limits } from "../../src/vault/transport.ts";
import { documentOf, plainOf } from "../stores/plain.ts";
import { answer, type FakeVault, hangUp, startFakeVault } from "./fake-vault.ts";

/*
 * What node-vault 0.12.0 does to whoever uses it as it comes, measured on Node 20 (src/index.js, src/commands.js). The adapter builds its requests with node-vault;
 * each test shows that it is not caught by one of the seventeen.
 */

const canary = ["canary", randomUUID()].join("-");
const token = ["hvs", randomUUID()].join(".");
const anyVersion = "1@2026-01-01T00:00:00Z" as Version;
const found = { data: { data: { value: "x" }, metadata: { version: 1, created_time: "2026-01-01T00:00:00Z" } } };

interface Changes {
  readonly limits?: Partial<Limits>;
  readonly policy?: Partial<VaultStorePolicy>;
  readonly env?: NodeJS.ProcessEnv;
  readonly onWarning?: (message: string) => void;
}

async function openAt(address: string, { limits, policy, env = { VAULT_TOKEN: token }, onWarning }: Changes = {}): Promise<Store> {
  const store = await openVaultKv(
    { kind: "vault", name: "prod", line: 1, address, ...policy },
    { directory: "/", env, limits: { ...defaultLimits, ...limits }, ...(onWarning && { onWarning }) },
  );
  onTestFinished(() => store.close());
  return store;
}

const thrownBy = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "nothing was thrown",
    (error: unknown) => error,
  );

describe("a trap of node-vault:", () => {
  let fake: FakeVault;
  beforeEach(async () => {
    fake = await startFakeVault();
    fake.reply = answer(200, found);
  });
  afterEach(() => fake.close());
  const open = (changes?: Changes): Promise<Store> => openAt(fake.address, changes);

  /** Writes a canary in a process of its own, as a program does whose environment somebody else set. */
  async function inProcess(env: NodeJS.ProcessEnv): Promise<string> {
    const program = join(import.meta.dirname, "fixtures/write-and-print.ts");
    const own = { PATH: process.env["PATH"], VAULT_TOKEN: token, CANARY: canary, ...env };
    const child = spawn(process.execPath, ["--conditions=holdfast-source", program, fake.address], { env: own });
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    expect(stdout).toContain("[secret]");
    return stdout + stderr;
  }

  it("3, that DEBUG=node-vault prints values and tokens", async () => {
    fake.reply = answer(500, { errors: [`cannot store ${canary}`] });
    for (const debug of ["node-vault", "*"]) {
      const printed = await inProcess({ DEBUG: debug });
      expect(printed).toContain("unknown-outcome");
      for (const secret of [canary, token]) expect(printed).not.toContain(secret);
    }
  });

  it("4, that errors of the network carry the token and the body", async () => {
    for (const reply of [hangUp, answer(500, "broken"), answer(400, { errors: [`${canary} and ${token}`] })]) {
      fake.reply = reply;
      const error = await thrownBy((await open()).write("a", documentOf({ value: canary }), anyVersion));
      expect(error).toBeInstanceOf(RotationError);
      const shown = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error) + String((error as Error).stack);
      for (const secret of [canary, token]) expect(shown).not.toContain(secret);
    }
  });

  it("6, that a redirect takes the token to another host", async () => {
    const other = await startFakeVault();
    onTestFinished(() => other.close());
    for (const status of [301, 302, 303, 307, 308]) {
      fake.reply = answer(status, "", { Location: other.address.replace("127.0.0.1", "localhost") });
      expect(await thrownBy((await open()).read("a"))).toMatchObject({
        code: "unreachable",
        message: expect.stringContaining("redirects"),
      });
    }
    expect(other.received).toEqual([]);
  });

  it("7, that a proxy of the environment gets the token", async () => {
    const proxy = await startFakeVault();
    onTestFinished(() => proxy.close());
    const names = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "npm_config_proxy"];
    await inProcess({ NODE_USE_ENV_PROXY: "1", ...Object.fromEntries(names.map((name) => [name, proxy.address])) });
    expect(fake.received).not.toEqual([]);
    expect(proxy.received).toEqual([]);
  });

  describe("9, that it neither waits nor gives up:", () => {
    it("an answer that does not come ends after a time", async () => {
      fake.reply = () => undefined;
      const begun = performance.now();
      const store = await open({ limits: { totalMs: 200 } });
      expect(await thrownBy(store.write("a", documentOf({ value: canary }), anyVersion))).toMatchObject({ code: "unknown-outcome" });
      expect(performance.now() - begun).toBeLessThan(2_000);
    });

    /** Answers once so, then as usual; says how long the next request was waited for. */
    function onceSo(status: number, headers: Record<string, string>): { waitedMs: () => number } {
      let saidAtMs: number | undefined;
      let cameAtMs = Number.NaN;
      fake.reply = (request, response) => {
        if (saidAtMs === undefined) {
          saidAtMs = performance.now();
          return answer(status, { errors: ["later"] }, headers)(request, response);
        }
        cameAtMs = performance.now();
        return answer(200, found)(request, response);
      };
      return { waitedMs: () => cameAtMs - (saidAtMs ?? 0) };
    }

    it.each([412, 429, 472, 473, 503])("%i with Retry-After is asked again when its time is over", async (status) => {
      const { waitedMs } = onceSo(status, { "Retry-After": "1" });
      expect(await (await open()).read("a")).toBeDefined();
      expect(waitedMs()).toBeGreaterThanOrEqual(999);
      expect(waitedMs()).toBeLessThan(3_000);
    });

    it("Retry-After may be a date", async () => {
      const { waitedMs } = onceSo(503, { "Retry-After": new Date(Date.now() + 2_000).toUTCString() });
      expect(await (await open()).read("a")).toBeDefined();
      expect(waitedMs()).toBeGreaterThan(500);
    });

    it("a longer time than a program waits is told, and the request given up", async () => {
      onceSo(429, { "Retry-After": "3600" });
      const begun = performance.now();
      expect(await thrownBy((await open()).read("a"))).toMatchObject({ code: "quota", message: expect.stringContaining("in 3600 s") });
      expect(performance.now() - begun).toBeLessThan(2_000);
    });

    it("a write is sent again where it certainly had no effect, and nowhere else", async () => {
      for (const [status, sent] of [
        [412, 2],
        [429, 2],
        [503, 1],
        [502, 1],
        [500, 1],
      ] as const) {
        fake.received.length = 0;
        onceSo(status, { "Retry-After": "0" });
        await thrownBy((await open()).write("a", documentOf({ value: canary }), anyVersion));
        expect([status, fake.received.filter(({ method }) => method === "POST").length]).toEqual([status, sent]);
      }
    });
  });

  it("12, that namespaces of the client and of a call overwrite each other: there is one, that of the policy, also for the login", async () => {
    vi.stubEnv("VAULT_NAMESPACE", "elsewhere");
    onTestFinished(() => void vi.unstubAllEnvs());
    fake.reply = (request, response) =>
      answer(200, request.path.includes("/login/") ? { auth: { client_token: token, lease_duration: 60 } } : found)(request, response);
    const auth = { method: "userpass", username: "a", passwordEnv: "P" } as const;
    const store = await open({ policy: { namespace: "team/a", auth }, env: { P: canary, VAULT_NAMESPACE: "elsewhere" } });
    await store.read("a");
    await store.vault?.request({ method: "POST", path: ["sys", "wrapping", "wrap"], body: {}, effect: "write", what: "wrap" });
    expect(fake.received.map(({ path, headers }) => [path, headers["x-vault-namespace"]])).toEqual([
      ["/v1/auth/userpass/login/a", "team/a"],
      ["/v1/secret/data/a", "team/a"],
      ["/v1/sys/wrapping/wrap", "team/a"],
    ]);
  });

  it("14, that only the first of several errors is told, and warnings are lost", async () => {
    fake.reply = answer(400, { errors: ["the first reason", "the second reason"] });
    const warnings: string[] = [];
    const store = await open({ onWarning: (message) => void warnings.push(message) });
    expect(await thrownBy(store.read("a"))).toMatchObject({ message: expect.stringMatching(/the first reason; the second reason/u) });
    fake.reply = answer(200, { ...found, warnings: [`careful with ${canary}`] });
    await store.write("a", documentOf({ value: canary }), anyVersion);
    expect(warnings).toEqual([expect.stringMatching(/warns when asked to write secret\/data\/a: careful with \[secret\]$/u)]);
  });

  it("15, that its classes of errors are not exported", async () => {
    fake.reply = answer(403, { errors: ["permission denied"] });
    const error = await thrownBy((await open()).read("a"));
    expect(error).toBeInstanceOf(RotationError);
    expect(JSON.parse(JSON.stringify(error))).toEqual({ name: "RotationError", code: "denied", message: (error as Error).message });
  });

  it("16, that nothing follows when a renewal fails: a new login does, by itself", async () => {
    const asked: string[] = [];
    fake.reply = (request, response) => {
      asked.push(request.path.split("/").slice(3).join("/"));
      if (request.path.endsWith("/renew-self")) return answer(400, { errors: ["lease is not renewable"] })(request, response);
      const auth = { client_token: `${token}${asked.length}`, lease_duration: 1, renewable: true };
      return answer(200, request.path.includes("/login/") ? { auth } : found)(request, response);
    };
    const store = await open({ policy: { auth: { method: "userpass", username: "a", passwordEnv: "P" } }, env: { P: canary } });
    await store.read("a");
    await expect.poll(() => asked.slice(2, 4), { timeout: 3_000 }).toEqual(["token/renew-self", "userpass/login/a"]);
  });

  it("17, that options of one call are in force for others", async () => {
    const store = await open();
    await store.write("a", documentOf({ value: canary }), anyVersion);
    await store.read("a");
    const [write, read] = fake.received;
    expect(write?.headers).toMatchObject({ "content-type": "application/json", "x-vault-token": token });
    expect(read).toMatchObject({ method: "GET", body: "", headers: { "x-vault-token": token } });
    expect(read?.headers).not.toHaveProperty("content-type");
  });

  it("13 a, that check-and-set travels only as the caller wrote it: it is a number, with every write", async () => {
    const store = await open();
    await store.write("a", documentOf({ value: canary }), anyVersion);
    await store.write("a", documentOf({ value: canary }), "absent");
    expect(fake.received.map(({ body }) => (JSON.parse(body) as { options: unknown }).options)).toEqual([{ cas: 1 }, { cas: 0 }]);
  });
});

describeWithServers("a trap of node-vault, before a real Vault:", () => {
  const vault = useVault();
  const open = (): Promise<Store> => openAt(vault.address, { policy: { mount: vault.mount }, env: { VAULT_TOKEN: vault.token } });
  const written = async (path: string): Promise<boolean> => {
    const encoded = path.split("/").map(encodeURIComponent).join("/");
    return (await vault.request("GET", `${vault.mount}/data/${encoded}`)).status === 200;
  };

  it.each(["a=b&c'd/e", 'a"b<c>`d`', "a&#x2F;b", "a;b,c+d~e", "{{a}}"])("1, that %s is destroyed somewhere else", async (path) => {
    const store = await open();
    await vault.must("POST", `${vault.mount}/data/a`, { data: { value: "bystander" } });
    const { version } = await store.write(path, documentOf({ value: canary }), "absent");
    expect(await written(path)).toBe(true);
    await store.remove(path, version);
    expect(await written(path)).toBe(false);
    expect(await written("a")).toBe(true);
  });

  it.each(["a b#c?d", "100%", "a%2Fb", "ü/🔑", "a\\b"])("2, that %s is cut or read as something else", async (path) => {
    const store = await open();
    await store.write(path, documentOf({ value: canary }), "absent");
    expect(await written(path)).toBe(true);
    expect(plainOf((await store.read(path))!.document)).toEqual({ value: canary });
  });

  it.each(["a/../b", "./a", "a//b", "", ".."])("1 and 2: %j, which names no secret, is refused before anything is sent", async (path) => {
    expect(await thrownBy((await open()).read(path))).toMatchObject({
      code: "invalid",
      message: expect.stringContaining("Nothing was sent"),
    });
  });

  it("8, that 202 is an error: a lease that is revoked in the background is a success", async () => {
    const session = (await open()).vault!;
    const { accessor } = (await vault.must("POST", "auth/token/create", { ttl: "1h" })).body.auth as { accessor: string };
    expect(accessor).toBeTruthy();
    const body = { lease_id: `auth/token/create/${randomUUID()}`, sync: false };
    const revoked = await session.request({ method: "POST", path: ["sys", "leases", "revoke"], body, effect: "write", what: "revoke" });
    expect(revoked.status).toBe(202);
  });

  it("10, that a token which is made for somebody else becomes the client's own", async () => {
    const store = await open();
    const body = { policies: ["default"], ttl: "1h", no_parent: true };
    const made = await store.vault!.request({
      method: "POST",
      path: ["auth", "token", "create"],
      body,
      effect: "write",
      what: "make a token",
    });
    const { client_token: other } = made.body.auth as { client_token: string };
    const { body: self } = await store.vault!.request({
      ...{ method: "GET", path: ["auth", "token", "lookup-self"], effect: "read", what: "look up its token" },
    });
    expect(self.data).toMatchObject({ policies: ["root"] });
    expect((self.data as { id: string }).id).not.toBe(other);
  });

  it("11, that the terms of a secret id are left out, so that it never ends", async () => {
    const mount = await vault.enableAuth("approle");
    await vault.must("POST", `auth/${mount}/role/app`, { token_policies: ["default"] });
    const body = {
      ttl: "10m",
      num_uses: 3,
      cidr_list: ["127.0.0.1/32"],
      token_bound_cidrs: ["127.0.0.1/32"],
      metadata: '{"by":"holdfast"}',
    };
    const path = ["auth", mount, "role", "app", "secret-id"];
    const { body: made } = await (await open()).vault!.request({ method: "POST", path, body, effect: "write", what: "make a secret id" });
    const { secret_id: secretId } = made.data as { secret_id: string };
    const seen = (await vault.must("POST", `auth/${mount}/role/app/secret-id/lookup`, { secret_id: secretId })).body.data as object;
    expect(seen).toMatchObject({ secret_id_ttl: 600, secret_id_num_uses: 3, cidr_list: ["127.0.0.1/32"], metadata: { by: "holdfast" } });
  });

  it("13 b, that an engine which is not mounted under its usual name cannot be used", async () => {
    const transit = await vault.enableEngine("transit");
    const session = (await open()).vault!;
    const key = ["keys", "k"];
    await session.request({ method: "POST", path: [transit, ...key], body: {}, effect: "write", what: "make a key" });
    await session.request({ method: "POST", path: [transit, ...key, "rotate"], body: {}, effect: "write", what: "rotate it" });
    const input = Secret.of(Buffer.from(canary).toString("base64"));
    const hmac = await session.request({
      method: "POST",
      path: [transit, "hmac", "k"],
      body: { input },
      effect: "read",
      what: "authenticate",
    });
    expect(hmac.body.data).toMatchObject({ hmac: expect.stringMatching(/^vault:v2:/u) });
  });
});

describeWithServers("a trap of node-vault, before a Vault with a private certificate authority:", () => {
  const vault = useSealableVault({ transport: "https" });

  it.each([
    ["VAULT_SKIP_VERIFY", "false"],
    ["VAULT_SKIP_VERIFY", "true"],
    ["NODE_TLS_REJECT_UNAUTHORIZED", "0"],
  ])("5, that %s=%s switches the check of certificates off", async (name, value) => {
    vi.stubEnv(name, value);
    onTestFinished(() => void vi.unstubAllEnvs());
    const store = await openAt(vault.address, { env: { VAULT_TOKEN: vault.token, [name]: value } });
    expect(await thrownBy(store.read("a"))).toMatchObject({ code: "unreachable", message: expect.stringContaining("not trusted") });
    const trusting = await openAt(vault.address, { env: { VAULT_TOKEN: vault.token }, policy: { ca: vault.tls!.caFile } });
    expect(await trusting.read("a")).toBeUndefined();
  });

  it("16, that VAULT_CACERT and the like are read half: none is, only the policy counts", async () => {
    vi.stubEnv("VAULT_CACERT", vault.tls!.caFile);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await thrownBy((await openAt(vault.address, { env: { VAULT_TOKEN: vault.token } })).read("a"))).toMatchObject({
      code: "unreachable",
    });
  });
});
