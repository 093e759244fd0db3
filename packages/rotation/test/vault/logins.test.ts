import { execFileSync } from "node:child_process";
import { createSign, generateKeyPairSync, randomUUID } from "node:crypto";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";

import type { VaultStorePolicy } from "@holdfast/policy";
import { describeWithServers, useSealableVault, useVault } from "@holdfast/testing/vitest";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

import type { Store } from "../../src/roles.ts";
import { openStore } from "../../src/stores/open-store.ts";
import { documentOf, plainOf } from "../stores/plain.ts";

const canary = ["canary", randomUUID()].join("-");
const folder = mkdtempSync(join(tmpdir(), "holdfast-logins-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileWith(content: string): string {
  const file = join(folder, randomUUID());
  writeFileSync(file, content, { mode: 0o600 });
  return file;
}

/** The error, after it was searched for everything that must not be told. */
async function errorOf(work: Promise<unknown>, ...secrets: readonly string[]): Promise<{ code: string; message: string }> {
  const error: unknown = await work.then(
    () => "no error",
    (thrown: unknown) => thrown,
  );
  const shown = inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error);
  for (const secret of secrets) expect(shown).not.toContain(secret);
  return error as { code: string; message: string };
}

describeWithServers("logging in to a real Vault", () => {
  const vault = useVault();
  let rights: string;
  beforeAll(async () => {
    rights = `login-${randomUUID().slice(0, 8)}`;
    const hcl = `path "${vault.mount}/data/*" { capabilities = ["create", "read", "update"] }`;
    await vault.must("PUT", `sys/policies/acl/${rights}`, { policy: hcl });
  });

  async function open(auth: VaultStorePolicy["auth"], env: NodeJS.ProcessEnv = {}): Promise<Store> {
    const policy: VaultStorePolicy = {
      kind: "vault",
      name: "prod",
      line: 1,
      address: vault.address,
      mount: vault.mount,
      ...(auth && { auth }),
    };
    const store = await openStore(policy, { directory: folder, env });
    onTestFinished(() => store.close());
    return store;
  }
  async function expectWorking(store: Store): Promise<void> {
    const path = `logins/${randomUUID()}`;
    await store.write(path, documentOf({ value: canary }), "absent");
    expect(plainOf((await store.read(path))!.document)).toEqual({ value: canary });
  }
  /** Ends every token of an auth method, as at the end of their lives. */
  const endTokens = async (mount: string): Promise<unknown> => vault.must("PUT", `sys/leases/revoke-prefix/auth/${mount}`);
  const liveTokens = async (mount: string): Promise<number> => {
    const listed = await vault.request("LIST", `sys/leases/lookup/auth/${mount}/login`);
    const keys = (listed.body?.data?.keys ?? []) as string[];
    const below = await Promise.all(
      keys.map(async (key) =>
        key.endsWith("/")
          ? ((await vault.request("LIST", `sys/leases/lookup/auth/${mount}/login/${key}`)).body?.data?.keys.length as number)
          : 1,
      ),
    );
    return below.reduce((sum, count) => sum + count, 0);
  };

  describe("with the token of `vault login`", () => {
    it("takes VAULT_TOKEN before ~/.vault-token", async () => {
      const home = mkdtempSync(join(folder, "home-"));
      writeFileSync(join(home, ".vault-token"), `${vault.token}\n`);
      await expectWorking(await open(undefined, { HOME: home }));
      await expectWorking(await open(undefined, { HOME: "/nowhere", VAULT_TOKEN: vault.token }));
      const wrong = ["hvs", randomUUID()].join(".");
      const error = await errorOf((await open(undefined, { HOME: home, VAULT_TOKEN: wrong })).read("x"), wrong, vault.token);
      expect(error).toMatchObject({ code: "denied" });
    });

    it("says where it looked", async () => {
      const error = await errorOf((await open(undefined, { HOME: folder })).read("x"));
      expect(error).toMatchObject({ code: "invalid", message: expect.stringMatching(/VAULT_TOKEN is not set.*~\/\.vault-token/u) });
    });
  });

  describe("with a user name and a password", () => {
    const [first, second] = [randomUUID(), randomUUID()];
    let mount: string;
    beforeAll(async () => {
      mount = await vault.enableAuth("userpass");
      await vault.must("POST", `auth/${mount}/users/ci.example`, { password: first, token_policies: [rights] });
    });

    it("logs in, again with the newest password of the file, and revokes its token", async () => {
      const passwordFile = fileWith(`${first}\n`);
      const store = await open({ method: "userpass", mount, username: "ci.example", passwordFile });
      await expectWorking(store);
      await vault.must("POST", `auth/${mount}/users/ci.example/password`, { password: second });
      writeFileSync(passwordFile, second);
      await endTokens(mount);
      await expectWorking(store);
      expect(await liveTokens(mount)).toBe(1);
      await store.close();
      expect(await liveTokens(mount)).toBe(0);
    });

    it("says that the login was refused", async () => {
      const wrong = ["wrong", randomUUID()].join("-");
      const store = await open({ method: "userpass", mount, username: "ci.example", passwordEnv: "PASSWORD" }, { PASSWORD: wrong });
      const error = await errorOf(store.read("x"), wrong);
      expect(error).toMatchObject({
        code: "denied",
        message: expect.stringMatching(/as ci.example.*Check the user name and the password/u),
      });
    });

    it("says so when there is no such auth method", async () => {
      const store = await open({ method: "userpass", mount: "nowhere", username: "a", passwordEnv: "PASSWORD" }, { PASSWORD: first });
      expect(await errorOf(store.read("x"), first)).toMatchObject({
        code: "denied",
        message: expect.stringContaining("no such auth method"),
      });
    });
  });

  describe("with the ID token of a CI job", () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    let mount: string;
    beforeAll(async () => {
      mount = await vault.enableAuth("jwt");
      const key = publicKey.export({ type: "spki", format: "pem" });
      await vault.must("POST", `auth/${mount}/config`, { jwt_validation_pubkeys: [key], bound_issuer: "https://ci.example" });
      const role = { role_type: "jwt", user_claim: "sub", bound_audiences: ["https://vault.example"], bound_claims: { ref: "main" } };
      await vault.must("POST", `auth/${mount}/role/deploy`, { ...role, token_policies: [rights], token_num_uses: 0 });
    });
    const idToken = (claims: object = {}): string => {
      const now = Math.floor(Date.now() / 1000);
      const usual = {
        iss: "https://ci.example",
        aud: "https://vault.example",
        sub: "job",
        ref: "main",
        iat: now,
        nbf: now,
        exp: now + 300,
      };
      const parts = [
        { alg: "RS256", typ: "JWT" },
        { ...usual, ...claims },
      ].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
      return [...parts, createSign("sha256").update(parts.join(".")).sign(privateKey, "base64url")].join(".");
    };

    it("takes it from the variable that GitLab sets", async () => {
      await expectWorking(await open({ method: "jwt", mount, role: "deploy", jwtEnv: "VAULT_ID_TOKEN" }, { VAULT_ID_TOKEN: idToken() }));
    });

    it("takes it from a file, again at each login", async () => {
      const jwtFile = fileWith(idToken());
      const store = await open({ method: "jwt", mount, role: "deploy", jwtFile });
      await expectWorking(store);
      writeFileSync(jwtFile, idToken({ sub: "next job" }));
      await endTokens(mount);
      await expectWorking(store);
    });

    it.each<[string, object]>([
      ["is over", { iat: 1_700_000_000, nbf: 1_700_000_000, exp: 1_700_000_300 }],
      ["is for somebody else", { aud: "https://other.example" }],
      ["is of another branch", { ref: "feature" }],
    ])("says that the login was refused when it %s", async (_case, claims) => {
      const token = idToken(claims);
      const store = await open({ method: "jwt", mount, role: "deploy", jwtEnv: "VAULT_ID_TOKEN" }, { VAULT_ID_TOKEN: token });
      const error = await errorOf(store.read("x"), token, token.split(".")[2]!);
      expect(error).toMatchObject({
        code: "denied",
        message: expect.stringMatching(/login was refused.*Check the role, and that it expects/u),
      });
    });

    describe("of GitHub Actions", () => {
      const requestToken = ["gha", randomUUID()].join("-");
      const requests: Pick<IncomingMessage, "method" | "url" | "headers">[] = [];
      let reply: { status: number; body: () => string };
      let env: NodeJS.ProcessEnv;
      const github = createServer((request, response) => {
        requests.push(request);
        response.writeHead(reply.status, { "Content-Type": "application/json", Location: "http://127.0.0.1:1/" }).end(reply.body());
      });
      beforeAll(async () => {
        await once(github.listen(0, "127.0.0.1"), "listening");
        const { port } = github.address() as AddressInfo;
        env = {
          ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/token?api-version=2.0`,
          ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken,
        };
      });
      afterAll(() => github.close());

      it("asks for one as GitHub documents it", async () => {
        reply = { status: 200, body: () => JSON.stringify({ count: 1, value: idToken() }) };
        await expectWorking(await open({ method: "jwt", mount, role: "deploy", github: { audience: "https://vault.example" } }, env));
        expect(requests).toHaveLength(1);
        expect(requests[0]).toMatchObject({
          method: "GET",
          url: `/token?api-version=2.0&audience=${encodeURIComponent("https://vault.example")}`,
          headers: { authorization: `bearer ${requestToken}` },
        });
      });

      it.each<[number, string, RegExp]>([
        [403, "{}", /it answered 403/u],
        [302, "", /it answered 302/u],
        [200, "<html>", /has none/u],
        [200, '{"value":""}', /has none/u],
      ])("says so when it answers %i %s", async (status, body, message) => {
        reply = { status, body: () => body };
        const error = await errorOf((await open({ method: "jwt", mount, github: {} }, env)).read("x"), requestToken);
        expect(error).toMatchObject({ code: "unreachable", message: expect.stringMatching(message) });
      });

      it("says what the job lacks", async () => {
        const error = await errorOf((await open({ method: "jwt", mount, github: {} })).read("x"));
        expect(error).toMatchObject({ code: "invalid", message: expect.stringContaining("permissions: { id-token: write }") });
      });

      it("does not send its request token over the network in clear", async () => {
        const clear = { ...env, ACTIONS_ID_TOKEN_REQUEST_URL: "http://token.example/" };
        const error = await errorOf((await open({ method: "jwt", mount, github: {} }, clear)).read("x"), requestToken);
        expect(error).toMatchObject({ code: "invalid", message: expect.stringContaining("without TLS") });
      });
    });
  });

  describe("with a wrapped secret id", () => {
    let mount: string;
    let env: NodeJS.ProcessEnv;
    beforeAll(async () => {
      mount = await vault.enableAuth("approle");
      await vault.must("POST", `auth/${mount}/role/app`, { token_policies: [rights] });
      env = { ROLE_ID: (await vault.must("GET", `auth/${mount}/role/app/role-id`)).body.data.role_id as string };
    });
    const wrapped = async (path = `auth/${mount}/role/app/secret-id`, ttl = "5m"): Promise<string> =>
      (await vault.must("POST", path, {}, { "X-Vault-Wrap-TTL": ttl })).body.wrap_info.token as string;
    const auth = (wrappedSecretIdFile: string): VaultStorePolicy["auth"] => ({
      method: "approle",
      mount,
      roleIdEnv: "ROLE_ID",
      wrappedSecretIdFile,
    });

    it("unwraps it once, and keeps the secret id for the next login", async () => {
      const file = fileWith(await wrapped());
      const store = await open(auth(file), env);
      await expectWorking(store);
      await endTokens(mount);
      await expectWorking(store);
      rmSync(file);
      await endTokens(mount);
      await expectWorking(store);
    });

    it("takes another one that was put in its place", async () => {
      const file = fileWith(await wrapped());
      const store = await open(auth(file), env);
      await expectWorking(store);
      await vault.must("DELETE", `auth/${mount}/role/app`);
      await vault.must("POST", `auth/${mount}/role/app`, { token_policies: [rights] });
      await vault.must("POST", `auth/${mount}/role/app/role-id`, { role_id: env["ROLE_ID"] });
      await endTokens(mount);
      expect(await errorOf(store.read("x"))).toMatchObject({ code: "denied" });
      writeFileSync(file, await wrapped());
      await expectWorking(store);
    });

    it("raises the alarm when it was unwrapped before", async () => {
      const token = await wrapped();
      await vault.must("POST", "sys/wrapping/unwrap", { token });
      const error = await errorOf((await open(auth(fileWith(token)), env)).read("x"), token);
      expect(error).toMatchObject({
        code: "denied",
        message: expect.stringMatching(/unwrapped before.*somebody else may have the secret id/u),
      });
    });

    it.each([`auth/token/create`, `auth/other/role/app/secret-id`])("does not unwrap what %s made", async (path) => {
      if (path.startsWith("auth/other")) {
        await vault.must("POST", "sys/auth/other", { type: "approle" });
        onTestFinished(async () => void (await vault.request("DELETE", "sys/auth/other")));
        await vault.must("POST", "auth/other/role/app", {});
      }
      const token = await wrapped(path);
      const error = await errorOf((await open(auth(fileWith(token)), env)).read("x"), token);
      expect(error).toMatchObject({ code: "denied", message: expect.stringContaining(`was made by ${path}`) });
      // It can still be unwrapped by whoever looks into the matter.
      await vault.must("POST", "sys/wrapping/unwrap", { token });
    });
  });
});

describeWithServers("logging in to a real Vault with a certificate", () => {
  const vault = useSealableVault({ transport: "https" });
  const made = (name: string): { certificateFile: string; keyFile: string } => {
    const [certificateFile, keyFile] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", keyFile];
    const usage = ["-addext", "extendedKeyUsage=clientAuth", "-addext", "basicConstraints=critical,CA:FALSE"];
    execFileSync("openssl", ["req", "-x509", ...key, "-out", certificateFile, "-days", "1", "-subj", `/CN=${name}`, ...usage], {
      stdio: "pipe",
    });
    return { certificateFile, keyFile };
  };
  const trust = async (role: string, { certificateFile }: { certificateFile: string }): Promise<void> => {
    const certificate = readFileSync(certificateFile, "utf8");
    await vault.must("POST", `auth/cert/certs/${role}`, { certificate, token_policies: ["runner"], token_ttl: "3s", token_max_ttl: "1h" });
  };
  const open = async (files: { certificateFile: string; keyFile: string }, role?: string): Promise<Store> => {
    const auth = { method: "cert", ...files, ...(role !== undefined && { role }) } as const;
    const policy: VaultStorePolicy = { kind: "vault", name: "prod", line: 1, address: vault.address, ca: vault.tls!.caFile, auth };
    const store = await openStore(policy, { directory: folder, env: {} });
    onTestFinished(() => store.close());
    return store;
  };
  beforeAll(async () => {
    await vault.must("POST", "sys/auth/cert", { type: "cert" });
    const hcl = 'path "secret/data/*" { capabilities = ["create", "read", "update"] }';
    await vault.must("PUT", "sys/policies/acl/runner", { policy: hcl });
  });

  it("shows it with the login and with renewals", async () => {
    const files = made("runner");
    await trust("runner", files);
    const store = await open(files, "runner");
    await store.write("cert/a", documentOf({ value: canary }), "absent");
    const renewals = async (): Promise<boolean> => {
      const { keys } = (await vault.must("LIST", "auth/token/accessors")).body.data as { keys: string[] };
      const tokens = await Promise.all(keys.map((accessor) => vault.request("POST", "auth/token/lookup-accessor", { accessor })));
      return tokens.some(({ body }) => body?.data?.path === "auth/cert/login" && body.data.last_renewal_time !== undefined);
    };
    await expect.poll(renewals, { timeout: 5_000, interval: 200 }).toBe(true);
    expect(plainOf((await store.read("cert/a"))!.document)).toEqual({ value: canary });
  });

  it("shows a renewed one at the next login", async () => {
    const [old, next] = [made("old"), made("next")];
    await trust("role", old);
    const files = { certificateFile: fileWith(""), keyFile: fileWith("") };
    const put = ({ certificateFile, keyFile }: typeof files): void => {
      copyFileSync(certificateFile, files.certificateFile);
      copyFileSync(keyFile, files.keyFile);
    };
    put(old);
    const store = await open(files);
    await store.read("cert/a");
    await trust("role", next);
    put(next);
    await vault.must("PUT", "sys/leases/revoke-prefix/auth/cert");
    expect(await store.read("cert/a")).toBeDefined();
  });

  it("says that nobody trusts it", async () => {
    const error = await errorOf((await open(made("stranger"))).read("cert/a"));
    expect(error).toMatchObject({
      code: "denied",
      message: expect.stringMatching(/with the certificate .*stranger\.pem: the login was refused/u),
    });
  });

  it("says that certificate and key do not belong together, without telling the key", async () => {
    const [one, other] = [made("one"), made("other")];
    const store = await open({ certificateFile: one.certificateFile, keyFile: other.keyFile });
    const key = readFileSync(other.keyFile, "utf8").split("\n")[1]!;
    expect(await errorOf(store.read("cert/a"), key)).toMatchObject({ code: "invalid", message: expect.stringContaining("in PEM") });
  });
});
