import { randomUUID } from "node:crypto";
import { inspect } from "node:util";

import { describeWithServers, useVault } from "@holdfast/testing/vitest";
import { beforeAll, describe, expect, it } from "vitest";

import type { Credential } from "../../src/index.ts";
import { underConstantLoad } from "./constant-load.ts";
import { describeCrashes, type SetUp } from "./crash-harness.ts";
import { faultyHttp, httpFaults } from "./faulty-http.ts";
import { auditIsWhole, type RotatedSecret, rotatedSecret } from "./rotated-secret.ts";

describeWithServers("a secret ID of AppRole", () => {
  const vault = useVault();
  let mount = "";
  beforeAll(async () => {
    mount = await vault.enableAuth("approle");
  });

  interface Asked {
    readonly more?: string;
    readonly overlap?: string;
    readonly settings?: object;
    readonly address?: string;
    readonly token?: string;
  }

  /** A role with one secret ID, which the secret holds. */
  async function begin({ more = "", overlap, settings = {}, address = vault.address, token = vault.token }: Asked = {}) {
    const role = `role-${randomUUID().slice(0, 8)}`;
    await vault.must("POST", `auth/${mount}/role/${role}`, { token_ttl: "1h", ...settings });
    const { body } = await vault.must("POST", `auth/${mount}/role/${role}/secret-id`);
    const { body: id } = await vault.must("GET", `auth/${mount}/role/${role}/role-id`);
    const first = { value: body.data.secret_id as string, role_id: id.data.role_id as string };
    const secret = await rotatedSecret({
      rotate: `{ with: vault-approle, vault: prod, mount: ${mount}, role: ${role}${more} }`,
      ...(overlap !== undefined && { overlap }),
      stores: [`prod: { kind: vault, address: "${address}", mount: ${vault.mount} }`],
      env: { VAULT_TOKEN: token },
    });
    await secret.put("app", first);
    return { role, first: first.value, secret };
  }

  async function logsIn(credential: Credential): Promise<boolean> {
    return logIn(credential.fields["role_id"]!.reveal(), credential.value.reveal());
  }

  async function logIn(roleId: string, secretId: string): Promise<boolean> {
    const { status } = await vault.request("POST", `auth/${mount}/login`, { role_id: roleId, secret_id: secretId });
    expect([200, 400]).toContain(status);
    return status === 200;
  }

  async function accessorsOf(role: string): Promise<string[]> {
    const { status, body } = await vault.request("LIST", `auth/${mount}/role/${role}/secret-id`);
    return status === 404 ? [] : (body.data.keys as string[]);
  }

  /** What must be true once nothing is under way: one secret ID, the one that programs have. */
  async function expectAtRest({ secret, role, first }: { secret: RotatedSecret; role: string; first: string }, generation = 1) {
    const now = (await secret.inUse())!;
    expect(await logsIn(now)).toBe(true);
    expect(await logIn(now.fields["role_id"]!.reveal(), first)).toBe(false);
    expect(await accessorsOf(role)).toEqual([now.fields["accessor"]!.reveal()]);
    expect((await secret.document("app"))?.["generation"]).toBe(generation);
    expect(await auditIsWhole(secret)).toBe(true);
  }

  it("is made, tried, given to programs with its role ID, and the old one destroyed", async () => {
    const made = await begin();
    expect(await made.secret.rotate()).toMatchObject({ result: "rotated", generation: 1, phase: "retired" });
    await expectAtRest(made);
    expect(made.secret.said).toEqual([]);
  });

  it("is accepted beside the old one until the overlap is over", async () => {
    const made = await begin({ overlap: "1h" });
    expect(await made.secret.rotate()).toMatchObject({ result: "rotated", phase: "overlap" });
    const now = (await made.secret.inUse())!;
    expect(now.previous).toBe(made.first);
    for (const value of [now.value.reveal(), made.first]) expect(await logIn(now.fields["role_id"]!.reveal(), value)).toBe(true);
    expect(await made.secret.resume({ now: () => Date.now() + 3_600_001 })).toMatchObject({ result: "retired", phase: "retired" });
    await expectAtRest(made);
  });

  it("is registered with what the policy says, and with the rotation it belongs to", async () => {
    const { secret, role } = await begin({
      more: `, ttl: 2h, num_uses: 3, cidrs: ["127.0.0.0/8"], token_cidrs: ["127.0.0.1/32"], metadata: { team: payments }`,
    });
    expect(await secret.rotate()).toMatchObject({ result: "rotated" });
    const { fields } = (await secret.inUse())!;
    const accessor = fields["accessor"]!.reveal();
    const { body } = await vault.must("POST", `auth/${mount}/role/${role}/secret-id-accessor/lookup`, { secret_id_accessor: accessor });
    expect(body.data).toMatchObject({
      secret_id_ttl: 7200,
      // Four were asked for, and one was spent on the trial.
      secret_id_num_uses: 3,
      cidr_list: ["127.0.0.0/8"],
      token_bound_cidrs: ["127.0.0.1/32"],
      metadata: { team: "payments", holdfast_secret: "app" },
      expiration_time: fields["expires_at"]!.reveal(),
    });
  });

  it("leaves no token behind by being tried", async () => {
    const { secret } = await begin({ settings: { token_policies: ["default"] } });
    const before = await countOfTokens();
    expect(await secret.rotate()).toMatchObject({ result: "rotated" });
    expect(await countOfTokens()).toBe(before);
  });

  async function countOfTokens(): Promise<number> {
    const { body } = await vault.must("LIST", "auth/token/accessors");
    const paths = await Promise.all(
      (body.data.keys as string[]).map(
        async (accessor) => (await vault.request("POST", "auth/token/lookup-accessor", { accessor })).body?.data?.path,
      ),
    );
    return paths.filter((path) => path === `auth/${mount}/login`).length;
  }

  describe("with a limited number of logins", () => {
    it("has the number of the policy when programs get it, however often it was tried", async () => {
      const made = await begin({ more: ", num_uses: 2", settings: { secret_id_num_uses: 3 } });
      const stop = new AbortController();
      const abort = ({ step, when }: { step: string; when: string }) => (step === "verify" && when === "after" ? stop.abort() : undefined);
      const way = await faultyHttp(vault.address, /POST \/v1\/auth\/.*\/login/u, "lost");
      const { secret } = await begin({ more: ", num_uses: 2", settings: { secret_id_num_uses: 3 }, address: way.address });
      expect(await secret.rotate()).toMatchObject({ result: "failed", phase: "applied", error: { code: "unknown-outcome" } });
      expect(await secret.resume()).toMatchObject({ result: "resumed", phase: "retired" });
      const { value, fields } = (await secret.inUse())!;
      const logins = [1, 2, 3].map(async () => logIn(fields["role_id"]!.reveal(), value.reveal()));
      expect((await Promise.all(logins)).filter(Boolean)).toHaveLength(2);
      // Without a fault it is the same.
      expect(await made.secret.rotate({ signal: stop.signal, onStep: abort })).toMatchObject({ phase: "verified" });
      expect(await made.secret.resume()).toMatchObject({ phase: "retired" });
      expect(await usesLeft(made)).toBe(2);
    });

    it("asks for a role that allows one more, and says how", async () => {
      const { secret, first } = await begin({ more: ", num_uses: 5", settings: { secret_id_num_uses: 5 } });
      const [plan] = await secret.run((rotation) => rotation.plan(["app"]));
      expect(plan?.obstacles.join()).toContain("secret_id_num_uses=6");
      expect(await secret.rotate()).toMatchObject({ result: "failed", error: { code: "invalid" } });
      expect((await secret.inUse())?.value.reveal()).toBe(first);
    });

    it("that only the role knows of, tells that the trial costs one", async () => {
      const made = await begin({ settings: { secret_id_num_uses: 4 } });
      expect(await made.secret.rotate()).toMatchObject({ result: "rotated" });
      expect(await usesLeft(made)).toBe(3);
      expect(made.secret.said.join()).toContain("costs one of the 4 logins");
    });

    it("of one, is not used up by a trial", async () => {
      const made = await begin({ settings: { secret_id_num_uses: 1 } });
      expect(await made.secret.rotate()).toMatchObject({ result: "rotated" });
      expect(made.secret.said.join()).toContain("was not tried with a login");
      const now = (await made.secret.inUse())!;
      expect(await logsIn(now)).toBe(true);
    });

    async function usesLeft({ secret, role }: { secret: RotatedSecret; role: string }): Promise<number> {
      const accessor = (await secret.inUse())!.fields["accessor"]!.reveal();
      const { body } = await vault.must("POST", `auth/${mount}/role/${role}/secret-id-accessor/lookup`, { secret_id_accessor: accessor });
      return body.data.secret_id_num_uses as number;
    }
  });

  it("is refused, with the old one in use, when it cannot log in from here", async () => {
    const made = await begin({ more: `, cidrs: ["10.1.2.0/24"]` });
    expect(await made.secret.rotate()).toMatchObject({ result: "failed", phase: "applied", error: { code: "refused" } });
    expect(await logsIn((await made.secret.inUse())!)).toBe(true);
    expect((await made.secret.inUse())!.value.reveal()).toBe(made.first);
  });

  it("is destroyed when its rotation is given up", async () => {
    const made = await begin();
    const stop = new AbortController();
    const abort = ({ step, when }: { step: string; when: string }) => (step === "apply" && when === "after" ? stop.abort() : undefined);
    expect(await made.secret.rotate({ signal: stop.signal, onStep: abort })).toMatchObject({ phase: "applied" });
    expect(await accessorsOf(made.role)).toHaveLength(2);
    const { body } = await vault.must("POST", `auth/${mount}/role/${made.role}/secret-id`);
    await made.secret.put("app", { value: body.data.secret_id as string });
    expect(await made.secret.force()).toMatchObject({ result: "rotated", generation: 2 });
    const now = (await made.secret.inUse())!;
    // The one of before the rotation was not made here; what was set by hand became the previous one.
    expect(await accessorsOf(made.role)).toHaveLength(2);
    expect(await accessorsOf(made.role)).toContain(now.fields["accessor"]!.reveal());
    expect(await logIn(now.fields["role_id"]!.reveal(), body.data.secret_id as string)).toBe(false);
  });

  const policyOf = (role: string): readonly string[] => [
    `path "auth/${mount}/role/${role}" { capabilities = ["read"] }`,
    `path "auth/${mount}/role/${role}/role-id" { capabilities = ["read"] }`,
    `path "auth/${mount}/role/${role}/custom-secret-id" { capabilities = ["create", "update"] }`,
    `path "auth/${mount}/role/${role}/secret-id/lookup" { capabilities = ["create", "update"] }`,
    `path "auth/${mount}/role/${role}/secret-id-accessor/destroy" { capabilities = ["create", "update"] }`,
    `path "auth/token/revoke" { capabilities = ["update"] }`,
  ];

  async function tokenWith(lines: readonly string[]): Promise<string> {
    const name = `approle-${randomUUID()}`;
    await vault.must("POST", `sys/policies/acl/${name}`, { policy: lines.join("\n") });
    const { body } = await vault.must("POST", "auth/token/create", { policies: [name], no_parent: true });
    return body.auth.client_token as string;
  }

  it("needs the rights of the page and no other: without any one of them it says which is missing", async () => {
    const role = `role-${randomUUID().slice(0, 8)}`;
    await vault.must("POST", `auth/${mount}/role/${role}`, { token_ttl: "1h" });
    const { body } = await vault.must("POST", `auth/${mount}/role/${role}/secret-id`);
    const secretWith = async (lines: readonly string[]) => {
      const secret = await rotatedSecret({
        rotate: `{ with: vault-approle, vault: prod, mount: ${mount}, role: ${role} }`,
        stores: [`prod: { kind: vault, address: "${vault.address}" }`],
        env: { VAULT_TOKEN: await tokenWith(lines) },
      });
      await secret.put("app", { value: body.data.secret_id as string });
      return secret;
    };
    const all = policyOf(role);
    for (const missing of all) {
      const secret = await secretWith(all.filter((line) => line !== missing));
      const outcome = await secret.rotate();
      if (missing.includes("auth/token/revoke")) expect(secret.said.join()).toContain("was not revoked");
      else expect(outcome.error, missing).toMatchObject({ code: "denied" });
    }
    const enough = await secretWith([...all]);
    await enough.put("app", { value: (await vault.must("POST", `auth/${mount}/role/${role}/secret-id`)).body.data.secret_id as string });
    expect(await enough.rotate()).toMatchObject({ result: "rotated", phase: "retired" });
    expect(enough.said).toEqual([]);
  });

  it("is in nothing that is shown: outcomes, warnings, files", async () => {
    const made = await begin();
    const outcomes = [await made.secret.rotate(), await made.secret.force()];
    const { value } = (await made.secret.inUse())!;
    const files = Object.values(made.secret.contents()).join("\n");
    const shown = inspect(outcomes, { depth: 9 }) + JSON.stringify(outcomes) + made.secret.said.join("\n") + files;
    for (const each of [value.reveal(), made.first, vault.token]) expect(shown.includes(each)).toBe(false);
  });

  it("never is refused to a program that logs in every 10 ms, during 50 rotations", { timeout: 180_000 }, async () => {
    const { secret } = await begin({ overlap: "1h" });
    await secret.force();
    const load = await underConstantLoad(secret, logsIn, async (refreshed) => {
      for (let time = 2; time <= 51; time += 1) {
        expect(await secret.force()).toMatchObject({ result: "rotated", generation: time, phase: "overlap" });
        await refreshed();
      }
    });
    expect(load.refusals).toBe(0);
    expect(load.logins).toBeGreaterThan(200);
  });

  const setUp: SetUp = async (through) => {
    const role = `role-${randomUUID().slice(0, 8)}`;
    await vault.must("POST", `auth/${mount}/role/${role}`, { token_ttl: "1h" });
    const { host, port } = await through({ host: "127.0.0.1", port: Number(new URL(vault.address).port) });
    return {
      rotate: `{ with: vault-approle, vault: prod, mount: ${mount}, role: ${role} }`,
      otherStores: `prod: { kind: vault, address: "http://${host}:${port}" }`,
      env: { VAULT_TOKEN: vault.token },
      use: async (credential) => ((await logsIn(credential)) ? "accepted" : "refused"),
      accepted: async () => (await accessorsOf(role)).length,
    };
  };
  describeCrashes("the rotator vault-approle", "both in the overlap", setUp);

  describe("with an answer that is lost", () => {
    const requests = ["custom-secret-id", "lookup", "login", "revoke", "destroy"];
    it.each(requests.flatMap((request) => httpFaults.map((fault) => [request, fault] as const)))(
      "%s %s: resume finishes what was begun, with one secret ID",
      async (request, fault) => {
        const way = await faultyHttp(vault.address, new RegExp(String.raw`^\w+ /v1/auth/.*${request}$`, "u"), fault);
        const made = await begin({ address: way.address });
        await made.secret.rotate();
        expect(way.struck()).toBe(true);
        expect(await logsIn((await made.secret.inUse())!)).toBe(true);
        expect((await made.secret.resume()).error).toBeUndefined();
        await expectAtRest(made);
      },
    );
  });
});
