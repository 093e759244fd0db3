import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";

import type { VaultStorePolicy } from "@holdfast/policy";
import { Sha256 } from "@smithy/core/checksum";
import { SignatureV4 } from "@smithy/signature-v4";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";

import type { Store } from "../../src/roles.ts";
import { openStore } from "../../src/stores/open-store.ts";
import { answer, type FakeVault, type Received, startFakeVault } from "./fake-vault.ts";

/*
 * The auth methods that the Vault of the tests was built without, against the exchange that their documentation shows:
 * developer.hashicorp.com/vault/api-docs/auth/kubernetes and …/auth/aws, and what the aws method of Vault 1.21 checks (builtin/credential/aws/path_login.go).
 */

let vault: FakeVault;
let folder: string;
/** What is done with a login; everything else finds a document. */
let login: (request: Received) => { status: number; body: object };
const logins: Received[] = [];
/** The token that the next login gives, and the only one that is known. */
let known: string;

beforeEach(async () => {
  vault = await startFakeVault();
  vault.tokensEnd = true;
  folder = mkdtempSync(join(tmpdir(), "holdfast-documented-"));
  logins.length = 0;
  known = ["hvs", randomUUID()].join(".");
  login = () => ({ status: 200, body: { auth: { client_token: known, lease_duration: 3600, renewable: true } } });
  const found = { data: { data: { value: "x" }, metadata: { version: 1, created_time: "2026-01-01T00:00:00Z" } } };
  vault.reply = (request, response) => {
    if (!request.path.endsWith("/login")) {
      if (request.headers["x-vault-token"] === known) return answer(200, found)(request, response);
      return answer(403, { errors: ["2 errors occurred: permission denied, invalid token"] })(request, response);
    }
    logins.push(request);
    const { status, body } = login(request);
    return answer(status, body)(request, response);
  };
});
afterEach(async () => {
  await vault.close();
  rmSync(folder, { recursive: true });
});

async function open(auth: VaultStorePolicy["auth"]): Promise<Store> {
  const policy: VaultStorePolicy = { kind: "vault", name: "prod", line: 1, address: vault.address, ...(auth && { auth }) };
  return openStore(policy, { directory: folder, env: {} });
}

async function errorOf(work: Promise<unknown>): Promise<{ code: string; message: string; shown: string }> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  return Object.assign(error as { code: string; message: string }, { shown: inspect(error, { depth: 9 }) + JSON.stringify(error) });
}

describe("logging in from Kubernetes", () => {
  const account = (): string => ["eyJhbGciOiJSUzI1NiJ9", randomUUID(), "signature"].join(".");

  it("sends role and token of the service account, without a token of Vault, and reads the file again at the next login", async () => {
    const [first, second] = [account(), account()];
    const tokenFile = join(folder, "token");
    writeFileSync(tokenFile, first);
    const store = await open({ method: "kubernetes", role: "rotator", tokenFile });
    await store.read("a");
    expect(logins).toMatchObject([{ method: "POST", path: "/v1/auth/kubernetes/login", headers: { "content-type": "application/json" } }]);
    expect(logins[0]?.headers).not.toHaveProperty("x-vault-token");
    expect(JSON.parse(logins[0]!.body)).toEqual({ role: "rotator", jwt: first });
    // The kubelet replaces the file, and Vault ends the token of the first login.
    writeFileSync(tokenFile, second);
    known = ["hvs", randomUUID()].join(".");
    await store.read("a");
    expect(JSON.parse(logins[1]!.body)).toEqual({ role: "rotator", jwt: second });
  });

  it("says which bindings to look at when it is refused, without the token", async () => {
    const secret = account();
    writeFileSync(join(folder, "token"), secret);
    login = () => ({ status: 403, body: { errors: [`permission denied for ${secret}`] } });
    const store = await open({ method: "kubernetes", mount: "clusters/eu", role: "rotator", tokenFile: "token" });
    const error = await errorOf(store.read("a"));
    expect(error).toMatchObject({ code: "denied", message: expect.stringMatching(/auth\/clusters\/eu.*role rotator is bound/u) });
    expect(error.shown).not.toContain(secret);
    expect(logins[0]?.path).toBe("/v1/auth/clusters/eu/login");
  });

  it("says which file is missing outside of a pod", async () => {
    const store = await open({ method: "kubernetes", role: "rotator", tokenFile: "/nowhere/serviceaccount/token" });
    expect(await errorOf(store.read("a"))).toMatchObject({
      code: "invalid",
      message: expect.stringContaining("/nowhere/serviceaccount/token"),
    });
  });
});

describe("logging in with AWS IAM", () => {
  const accessKeyId = ["AKIA", "EXAMPLEEXAMPLE00"].join("");
  const secretAccessKey = randomUUID() + randomUUID();
  const sessionToken = ["session", randomUUID()].join("-");

  beforeEach(() => {
    // Nothing of this machine: no file, no server of instance metadata.
    vi.stubEnv("AWS_CONFIG_FILE", join(folder, "config"));
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", join(folder, "credentials"));
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    for (const name of ["AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]) vi.stubEnv(name, undefined);
    onTestFinished(() => void vi.unstubAllEnvs());
  });
  const inEnvironment = (): void => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", accessKeyId);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", secretAccessKey);
    vi.stubEnv("AWS_SESSION_TOKEN", sessionToken);
  };

  /** The login request as Vault reads it. */
  function identityRequest(): { role: unknown; method: unknown; url: URL; body: string; headers: Record<string, string> } {
    const sent = JSON.parse(logins[0]!.body) as Record<string, string>;
    const decoded = (field: string): string => Buffer.from(sent[field] ?? "", "base64").toString();
    return {
      role: sent["role"],
      method: sent["iam_http_request_method"],
      url: new URL(decoded("iam_request_url")),
      body: decoded("iam_request_body"),
      headers: JSON.parse(decoded("iam_request_headers")) as Record<string, string>,
    };
  }

  /** Signs the same request anew with the secret key, as AWS does to check a signature. */
  async function expectSignedFor(
    region: string,
    credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string },
  ): Promise<void> {
    const { method, url, body, headers } = identityRequest();
    const { Authorization: authorization, authorization: lower, ...rest } = headers;
    const given = authorization ?? lower ?? "";
    const signed = /SignedHeaders=(?<names>[^,]+)/u.exec(given)?.groups?.["names"]?.split(";") ?? [];
    const unsigned = Object.fromEntries(
      Object.entries(rest).filter(([name]) => signed.includes(name.toLowerCase()) && !/^x-amz-(?:date|security-token)$/iu.test(name)),
    );
    const date = Object.entries(headers).find(([name]) => name.toLowerCase() === "x-amz-date")?.[1] ?? "";
    const signingDate = new Date(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/u, "$1-$2-$3T$4:$5:$6Z"));
    expect(Math.abs(signingDate.getTime() - Date.now())).toBeLessThan(60_000);
    const signer = new SignatureV4({ service: "sts", region, credentials, sha256: Sha256 });
    const again = await signer.sign(
      { method: String(method), protocol: "https:", hostname: url.hostname, path: url.pathname, query: {}, headers: unsigned, body },
      { signingDate },
    );
    expect(again.headers["authorization"]).toBe(given);
  }

  it("sends a signed request for sts:GetCallerIdentity with the header that names this Vault among the signed ones", async () => {
    inEnvironment();
    await (await open({ method: "aws", role: "rotator", serverId: "vault.example" })).read("a");
    expect(logins).toMatchObject([{ method: "POST", path: "/v1/auth/aws/login" }]);
    const { role, method, url, body, headers } = identityRequest();
    expect({ role, method, url: url.href, body }).toEqual({
      role: "rotator",
      method: "POST",
      url: "https://sts.amazonaws.com/",
      body: "Action=GetCallerIdentity&Version=2011-06-15",
    });
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    // Of the headers of AWS, Vault takes these and no others (allowed_sts_header_values).
    const allowed = [
      "x-amz-algorithm",
      "x-amz-content-sha256",
      "x-amz-credential",
      "x-amz-date",
      "x-amz-security-token",
      "x-amz-signature",
    ];
    expect(names.filter((name) => name.startsWith("x-amz-") && !allowed.includes(name))).toEqual([]);
    const authorization = Object.entries(headers).find(([name]) => name.toLowerCase() === "authorization")?.[1] ?? "";
    expect(authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIA\w+\/\d{8}\/us-east-1\/sts\/aws4_request, /u);
    expect(authorization).toMatch(/SignedHeaders=[^,]*\bhost\b[^,]*;x-vault-aws-iam-server-id/u);
    expect(headers).toMatchObject({ "X-Vault-AWS-IAM-Server-ID": "vault.example" });
    expect(JSON.stringify(headers)).toContain(sessionToken);
    expect(logins[0]!.body).not.toContain(secretAccessKey);
    await expectSignedFor("us-east-1", { accessKeyId, secretAccessKey, sessionToken });
  });

  it("signs for the region of the policy, with a profile of the shared files", async () => {
    const profile = `[runner]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
    writeFileSync(join(folder, "credentials"), profile);
    await (await open({ method: "aws", region: "eu-central-1", profile: "runner" })).read("a");
    expect(identityRequest()).toMatchObject({ role: undefined, url: new URL("https://sts.eu-central-1.amazonaws.com/") });
    await expectSignedFor("eu-central-1", { accessKeyId, secretAccessKey });
  });

  it("says what to look at when it is refused, without what was signed", async () => {
    inEnvironment();
    login = (request) => ({ status: 400, body: { errors: [`error making upstream request: ${request.body}`] } });
    const error = await errorOf((await open({ method: "aws" })).read("a"));
    expect(error).toMatchObject({ code: "denied", message: expect.stringMatching(/Check the role and the principal.*clock/u) });
    const { iam_request_headers: sent } = JSON.parse(logins[0]!.body) as Record<string, string>;
    for (const secret of [sent!, secretAccessKey, sessionToken]) expect(error.shown).not.toContain(secret);
  });

  it("says that the SDK found no credentials, and sends nothing", async () => {
    const error = await errorOf((await open({ method: "aws" })).read("a"));
    expect(error).toMatchObject({ code: "invalid", message: expect.stringContaining("found no credentials") });
    expect(logins).toEqual([]);
  });
});
