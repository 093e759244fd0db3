import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, request as forward } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

import { describeWithServers, useSealableVault, useVault } from "@holdfast/testing/vitest";
import { describe, expect, it, onTestFinished, vi } from "vitest";

import { openRotation, type Rotation, type RotationOptions, type Step, verifyAudit } from "../src/index.ts";
import { type PolicyFolder, policyFolder } from "./policy-folder.ts";

const secret = "psp/webhook";

async function folderOver(address: string, mount: string): Promise<PolicyFolder> {
  return policyFolder({
    store: `prod: { kind: vault, address: "${address}", mount: ${mount} }`,
    secrets: `${secret}: { store: prod, path: psp-${randomUUID()}, rotate: { with: generated } }`,
  });
}

function open(made: PolicyFolder, token: string, options: Omit<RotationOptions, "policy"> = {}): Rotation {
  const rotation = openRotation({ policy: made.policy, env: { VAULT_TOKEN: token }, ...options });
  onTestFinished(() => rotation.close());
  return rotation;
}

const boundaries = ["prepare", "apply", "verify", "promote", "retire"].flatMap((step) => [`before ${step}`, `after ${step}`]);
const isAt = ({ when, step }: Step, boundary: string) => `${when} ${step}` === boundary;

/** Forwards to Vault, whose every time is off by so much in what comes back. */
async function withClockOff(address: string, offMs: number): Promise<string> {
  const shift = (time: string): string => new Date(Date.parse(time) + offMs).toISOString();
  const proxy = createServer((request, response) => {
    const toVault = forward(new URL(request.url ?? "/", address), { method: request.method, headers: request.headers }, (answer) => {
      void text(answer).then((body) => {
        const shifted = body.replaceAll(/(?<="\w+_time":")\d{4}-[^"]+/gu, shift);
        const date = new Date(Date.parse(answer.headers.date ?? "") + offMs).toUTCString();
        response.writeHead(answer.statusCode ?? 502, { "Content-Type": "application/json", Date: date }).end(shifted);
      });
    });
    request.pipe(toVault);
  });
  await once(proxy.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

/** Forwards to Vault; the answer to the `lost`th write never arrives, although Vault has done it. */
async function losingAnswer(address: string, lost: number): Promise<{ address: string; writes: () => number }> {
  let writes = 0;
  const proxy = createServer((request, response) => {
    const isWrite = request.method === "POST" && request.url?.includes("/data/") === true;
    if (isWrite) writes += 1;
    const isLost = isWrite && writes === lost;
    const toVault = forward(new URL(request.url ?? "/", address), { method: request.method, headers: request.headers }, (answer) => {
      if (!isLost) {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      } else answer.resume().once("end", () => request.socket.destroy());
    });
    toVault.once("error", () => request.socket.destroy());
    request.pipe(toVault);
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return { address: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, writes: () => writes };
}

describeWithServers("a rotation over Vault", () => {
  const vault = useVault();

  it("leaves the ids of Vault's own audit log in the outcomes", async () => {
    const made = await folderOver(vault.address, vault.mount);
    expect(await open(made, vault.token).rotate()).toMatchObject([{ result: "rotated", phase: "retired" }]);
    const writes = made.records().filter(({ kind, action }) => kind === "outcome" && action !== "apply" && action !== "revoke");
    expect(new Set(writes.map(({ request }) => request)).size).toBe(writes.length);
    for (const { request } of writes) expect(request).toMatch(/^[0-9a-f-]{36}$/u);
  });

  it.each([1, 2, 3, 4, 5, 6])("whose answer to write %i is lost is rotated once, by one run", async (lost) => {
    const direct = await folderOver(vault.address, vault.mount);
    await open(direct, vault.token).rotate();
    const proxy = await losingAnswer(vault.address, lost);
    const made = await folderOver(proxy.address, vault.mount);
    expect(await open(made, vault.token).rotate()).toMatchObject([{ result: "rotated", generation: 1, phase: "retired" }]);
    expect(proxy.writes()).toBe(6);
    const outcomes = made.records().filter(({ kind }) => kind === "outcome");
    expect(new Set(outcomes.map(({ result }) => result))).toEqual(new Set(["done"]));
  });

  it("is refused by a token without the right to write the state, as plan says before", async () => {
    const made = await folderOver(vault.address, vault.mount);
    const path = made.policy.policy.secrets[0]!.path;
    const name = `holdfast-${randomUUID().slice(0, 8)}`;
    const rules = `path "${vault.mount}/data/${path}" { capabilities = ["read"] }\npath "${vault.mount}/data/${path}.holdfast" { capabilities = ["read"] }`;
    await vault.must("PUT", `sys/policies/acl/${name}`, { policy: rules });
    const token = (await vault.must("POST", "auth/token/create", { policies: [name] })).body.auth.client_token as string;
    const [plan] = await open(made, token).plan();
    expect(plan?.obstacles).toEqual([
      expect.stringMatching(new RegExp(`^May not write ${path} in prod`, "u")),
      expect.stringMatching(new RegExp(`^May not write ${path}.holdfast in prod`, "u")),
    ]);
    expect(await open(made, token).rotate()).toMatchObject([{ result: "failed", error: { code: "denied", secret } }]);
    expect(await open(made, vault.token).status()).toMatchObject([{ state: "missing", phase: undefined }]);
  });
});

describeWithServers("an outage of Vault in the middle of a rotation", () => {
  const vault = useSealableVault();

  describe("by sealing", () => {
    it.each(boundaries)("%s keeps the phase, and resume finishes when it is over", async (boundary) => {
      const made = await folderOver(vault.address, "secret");
      const rotation = open(made, vault.token, { onStep: async (step) => (isAt(step, boundary) ? vault.seal() : undefined) });
      const [stopped] = await rotation.rotate();
      expect(stopped).toMatchObject({ result: "failed", error: { code: "sealed", secret } });
      await vault.unseal();
      await expectFinished(made, vault.token);
    });
  });

  describe("by an audit device that blocks, where Vault answers 500 and may have done it", () => {
    it.each(boundaries)("%s loses nothing and does nothing twice", async (boundary) => {
      const made = await folderOver(vault.address, "secret");
      let unblock: (() => Promise<void>) | undefined;
      const onStep = async (step: Step) => void (isAt(step, boundary) && (unblock = await vault.blockAudit()));
      const [stopped] = await open(made, vault.token, { onStep }).rotate();
      await unblock?.();
      expect(stopped).toMatchObject({ result: "failed", error: { code: expect.stringMatching(/^(?:unknown-outcome|unreachable)$/u) } });
      await expectFinished(made, vault.token);
    });
  });
});

describeWithServers("a restart of Vault in the middle of a rotation", () => {
  const vault = useSealableVault({ storage: "raft" });

  it.each(boundaries)("%s keeps the phase while it is away and while it is sealed, and resume finishes", async (boundary) => {
    const made = await folderOver(vault.address, "secret");
    const rotation = open(made, vault.token, { onStep: async (step) => (isAt(step, boundary) ? vault.halt() : undefined) });
    const [stopped] = await rotation.rotate();
    expect(stopped).toMatchObject({ result: "failed", error: { code: "unreachable", secret, message: expect.stringContaining("ECONN") } });
    await vault.start();
    expect(await open(made, vault.token).resume()).toMatchObject([{ result: "failed", error: { code: "sealed" } }]);
    await vault.unseal();
    await expectFinished(made, vault.token);
  });
});

describeWithServers("rights that end in the middle of a rotation", () => {
  const vault = useVault();
  const allowed = ["create", "read", "update"];
  /** A policy over the whole mount, and how to change it. */
  async function rights(): Promise<{ name: string; set: (capabilities: readonly string[]) => Promise<unknown> }> {
    const name = `outage-${randomUUID().slice(0, 8)}`;
    const set = async (capabilities: readonly string[]): Promise<unknown> =>
      vault.must("PUT", `sys/policies/acl/${name}`, {
        policy: `path "${vault.mount}/data/*" { capabilities = ${JSON.stringify(capabilities)} }`,
      });
    await set(allowed);
    return { name, set };
  }
  const denied = { result: "failed", error: { code: "denied", secret } };

  it.each(boundaries)("because the token is over %s: denied, and another token finishes it", async (boundary) => {
    const made = await folderOver(vault.address, vault.mount);
    const { name } = await rights();
    const { client_token: token, accessor } = (
      await vault.must("POST", "auth/token/create", { policies: [name], ttl: "1s", renewable: false })
    ).body.auth as Record<string, string>;
    const isOver = async (): Promise<boolean> => (await vault.request("POST", "auth/token/lookup-accessor", { accessor })).status !== 200;
    const onStep = async (step: Step) => {
      if (isAt(step, boundary)) await expect.poll(isOver, { timeout: 5_000, interval: 50 }).toBe(true);
    };
    expect(await open(made, token!, { onStep }).rotate()).toMatchObject([denied]);
    await expectFinished(made, vault.token);
  });

  it.each(boundaries)("because its policy was changed %s: denied, and resume finishes with the right given back", async (boundary) => {
    const made = await folderOver(vault.address, vault.mount);
    const { name, set } = await rights();
    const token = (await vault.must("POST", "auth/token/create", { policies: [name] })).body.auth.client_token as string;
    const [stopped] = await open(made, token, { onStep: async (step) => void (isAt(step, boundary) && (await set(["read"]))) }).rotate();
    expect(stopped).toMatchObject(boundary === "after retire" ? { result: "rotated" } : denied);
    if (boundary !== "after retire")
      expect(stopped?.error?.message).toMatch(/cannot write .*: permission was denied.*Nothing was written.*its policy allows/u);
    await set(allowed);
    await expectFinished(made, token);
  });

  it.each(boundaries)("because the token of a login is over %s: nobody notices, as there is another login", async (boundary) => {
    const { name } = await rights();
    const mount = await vault.enableAuth("approle");
    await vault.must("POST", `auth/${mount}/role/app`, { token_policies: [name] });
    const env = {
      ROLE: (await vault.must("GET", `auth/${mount}/role/app/role-id`)).body.data.role_id as string,
      SECRET: (await vault.must("POST", `auth/${mount}/role/app/secret-id`)).body.data.secret_id as string,
    };
    const auth = `{ method: approle, mount: ${mount}, roleIdEnv: ROLE, secretIdEnv: SECRET }`;
    const made = await policyFolder({
      store: `prod: { kind: vault, address: "${vault.address}", mount: ${vault.mount}, auth: ${auth} }`,
      secrets: `${secret}: { store: prod, path: psp-${randomUUID()}, rotate: { with: generated } }`,
    });
    const onStep = async (step: Step) => {
      if (isAt(step, boundary)) await vault.must("PUT", `sys/leases/revoke-prefix/auth/${mount}`);
    };
    expect(await open(made, "", { onStep, env }).rotate()).toMatchObject([{ result: "rotated", generation: 1, phase: "retired" }]);
  });
});

describeWithServers("a clock that is off by an hour", () => {
  const vault = useVault();
  const hourMs = 3_600_000;
  const setClock = (offMs: number): void => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + offMs });
    onTestFinished(() => void vi.useRealTimers());
  };
  const overlapping = async (address = vault.address): Promise<PolicyFolder> =>
    policyFolder({
      store: `prod: { kind: vault, address: "${address}", mount: ${vault.mount} }`,
      secrets: `${secret}: { store: prod, path: psp-${randomUUID()}, rotate: { with: generated }, every: 2h, overlap: 30m }`,
    });

  it.each([hourMs, -hourMs])("(%i ms) ends no overlap early and makes nothing due: the clock of Vault counts", async (offMs) => {
    const made = await overlapping(await withClockOff(vault.address, offMs));
    const storeMs = Date.now() + offMs;
    await open(made, vault.token).rotate();
    expect(await open(made, vault.token).rotate([secret], { force: true })).toMatchObject([{ result: "rotated", generation: 2 }]);
    const [status] = await open(made, vault.token).status();
    expect(status).toMatchObject({ state: "overlap", generation: 2, phase: "overlap" });
    expect(Math.abs(status!.rotatedAtMs! - storeMs)).toBeLessThan(60_000);
    expect(Math.abs(status!.dueAtMs! - storeMs - 2 * hourMs)).toBeLessThan(60_000);
    expect(Math.abs(status!.overlapEndsAtMs! - storeMs - hourMs / 2)).toBeLessThan(60_000);
    expect(await open(made, vault.token).resume()).toMatchObject([{ result: "skipped", phase: "overlap" }]);
    expect(await open(made, vault.token).rotate()).toMatchObject([{ result: "skipped" }]);
    expect(await open(made, vault.token).read([secret])).toMatchObject([{ generation: 2, previous: expect.anything() }]);
    expect(await verifyAudit(made.policy)).toMatchObject({ ok: true, unfinished: 0 });
  });

  it.each([hourMs, -hourMs])("(%i ms) takes no rotation from a runner that is alive", async (offMs) => {
    const made = await overlapping();
    let seen: unknown;
    const onStep = async (step: Step) => {
      if (!isAt(step, "before promote")) return;
      setClock(offMs);
      // Another machine: another audit log, and a lease that it has to believe.
      const other = await policyFolder({
        store: `prod: { kind: vault, address: "${vault.address}", mount: ${vault.mount} }`,
        secrets: `${secret}: { store: prod, path: ${made.policy.policy.secrets[0]!.path}, rotate: { with: generated }, every: 2h, overlap: 30m }`,
      });
      seen = await open(other, vault.token).rotate();
      vi.useRealTimers();
    };
    const [outcome] = await open(made, vault.token, { onStep }).rotate();
    expect(seen).toMatchObject([{ result: "busy" }]);
    expect(outcome).toMatchObject({ result: "rotated", generation: 1 });
  });
});

async function expectFinished(made: PolicyFolder, token: string): Promise<void> {
  const rotation = open(made, token);
  const before = (await rotation.status())[0]!;
  const [outcome] = await rotation.resume();
  if (before.phase === undefined) expect(outcome).toMatchObject({ result: "skipped" });
  else expect(outcome).toMatchObject({ result: before.phase === "retired" ? "skipped" : "resumed", generation: 1, phase: "retired" });
  if (before.phase !== undefined) expect(await rotation.read([secret])).toMatchObject([{ generation: 1, previous: undefined }]);
  await rotation.close();
  expect(await verifyAudit(made.policy)).toMatchObject({ ok: true, unfinished: 0 });
}
