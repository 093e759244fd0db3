import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, request as forward } from "node:http";
import type { AddressInfo } from "node:net";

import { describeWithServers, useSealableVault, useVault } from "@holdfast/testing/vitest";
import { describe, expect, it, onTestFinished } from "vitest";

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
      await expectFinished(made);
    });
  });

  it("by an audit device that blocks, where Vault answers 500 and may have done it: nothing is lost, nothing done twice", async () => {
    for (const boundary of ["after prepare", "before promote"]) {
      const made = await folderOver(vault.address, "secret");
      let unblock: (() => Promise<void>) | undefined;
      const onStep = async (step: Step) => void (isAt(step, boundary) && (unblock = await vault.blockAudit()));
      const [stopped] = await open(made, vault.token, { onStep }).rotate();
      expect(stopped?.result).toBe("failed");
      expect(["unknown-outcome", "unreachable"]).toContain(stopped?.error?.code);
      await unblock?.();
      await expectFinished(made);
    }
  });

  async function expectFinished(made: PolicyFolder): Promise<void> {
    const rotation = open(made, vault.token);
    const before = (await rotation.status())[0]!;
    const [outcome] = await rotation.resume();
    if (before.phase === undefined) expect(outcome).toMatchObject({ result: "skipped" });
    else expect(outcome).toMatchObject({ result: before.phase === "retired" ? "skipped" : "resumed", generation: 1, phase: "retired" });
    if (before.phase !== undefined) expect(await rotation.read([secret])).toMatchObject([{ generation: 1, previous: undefined }]);
    await rotation.close();
    expect(await verifyAudit(made.policy)).toMatchObject({ ok: true, unfinished: 0 });
  }
});
