import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describeWithServers, useVault } from "@holdfast/testing/vitest";
import { beforeAll, describe, expect, it } from "vitest";

import type { Credential } from "../../src/index.ts";
import { underConstantLoad } from "./constant-load.ts";
import { describeCrashes, type SetUp } from "./crash-harness.ts";
import { faultyHttp, httpFaults } from "./faulty-http.ts";
import { auditIsWhole, rotatedSecret } from "./rotated-secret.ts";

describeWithServers("a key of Vault's Transit", () => {
  const vault = useVault();
  let engine = "";
  beforeAll(async () => {
    engine = await vault.enableEngine("transit");
  });

  async function createKey(settings: object = {}): Promise<string> {
    const key = `key-${randomUUID().slice(0, 8)}`;
    await vault.must("POST", `${engine}/keys/${key}`, settings);
    return key;
  }

  async function begin({ key = "", more = "", overlap = undefined as string | undefined, address = vault.address } = {}) {
    const name = key === "" ? await createKey() : key;
    const secret = await rotatedSecret({
      rotate: `{ with: vault-transit, vault: prod, mount: ${engine}, key: ${name}${more} }`,
      ...(overlap !== undefined && { overlap }),
      stores: [`prod: { kind: vault, address: "${address}" }`],
      env: { VAULT_TOKEN: vault.token },
    });
    return { key: name, secret };
  }

  const encode = (text: string) => Buffer.from(text).toString("base64");
  async function encrypt(key: string, text: string, more: object = {}): Promise<string> {
    return (await vault.must("POST", `${engine}/encrypt/${key}`, { plaintext: encode(text), ...more })).body.data.ciphertext as string;
  }
  async function decrypt(key: string, ciphertext: string, more: object = {}): Promise<string> {
    const { body } = await vault.must("POST", `${engine}/decrypt/${key}`, { ciphertext, ...more });
    return Buffer.from(body.data.plaintext as string, "base64").toString();
  }
  async function read(key: string): Promise<{ latest_version: number; min_decryption_version: number }> {
    return (await vault.must("GET", `${engine}/keys/${key}`)).body.data;
  }

  it("gets one version more, and programs the name of it", async () => {
    const { key, secret } = await begin();
    expect(await secret.rotate()).toMatchObject({ result: "rotated", generation: 1, phase: "retired" });
    expect((await secret.inUse())?.value.reveal()).toBe(`${engine}/${key}:v2`);
    expect(await read(key)).toMatchObject({ latest_version: 2, min_decryption_version: 1 });
    expect(await auditIsWhole(secret)).toBe(true);
  });

  it.each([["ed25519"], ["hmac"], ["aes256-gcm96"], ["rsa-2048"], ["ecdsa-p256"]])(
    "of type %s is used to see whether it works, and refused when it is shut off",
    async (type) => {
      const { key, secret } = await begin({
        key: await createKey({ type, ...(type === "hmac" && { key_size: 32 }) }),
        more: ", retire: raise",
      });
      expect(await secret.rotate()).toMatchObject({ result: "rotated", generation: 1 });
      expect(await secret.rotate()).toMatchObject({ result: "rotated", generation: 2, phase: "retired" });
      expect(await read(key)).toMatchObject({ latest_version: 3, min_decryption_version: 3 });
    },
  );

  it("that makes a key for each context is used with one", async () => {
    const { secret } = await begin({ key: await createKey({ derived: true }) });
    expect(await secret.rotate()).toMatchObject({ result: "rotated" });
  });

  it("keeps its older versions, and says how they are shut off", async () => {
    const { key, secret } = await begin();
    await secret.rotate();
    await secret.rotate();
    expect(await read(key)).toMatchObject({ latest_version: 3, min_decryption_version: 1 });
    expect(secret.said.join()).toContain(`vault write ${engine}/keys/${key}/config min_decryption_version=3`);
  });

  it("that is not there is told by plan, and nothing is begun", async () => {
    const { secret } = await begin({ key: "nowhere" });
    const [plan] = await secret.run((rotation) => rotation.plan(["app"]));
    expect(plan?.obstacles.join()).toContain(`there is nothing at ${engine}/keys/nowhere`);
    expect(await secret.rotate()).toMatchObject({ result: "failed", error: { code: "invalid" } });
  });

  describe("with ciphertexts", () => {
    it("encrypts those of a file and of documents anew, and leaves the rest of them as it is", async () => {
      const { key, secret } = await begin({
        more: `, rewrap: { file: cards.jsonl, documents: [{ path: orders, fields: [card, none] }], batch: 2 }`,
      });
      const texts = ["one", "two", "three", "four", "five"];
      const lines = await Promise.all(
        texts.map(async (text, index) =>
          JSON.stringify(index % 2 === 0 ? await encrypt(key, text) : { id: index, ciphertext: await encrypt(key, text) }),
        ),
      );
      const file = join(secret.folder, "cards.jsonl");
      writeFileSync(file, `${lines[0]}\n\n${lines.slice(1).join("\n")}\n`);
      await secret.put("orders", { card: await encrypt(key, "six"), note: "kept" });
      expect(await secret.rotate()).toMatchObject({ result: "rotated" });
      const after = readFileSync(file, "utf8").split("\n");
      expect(after[1]).toBe("");
      const read = after.filter(Boolean).map((line) => JSON.parse(line) as string | { id: number; ciphertext: string });
      expect(read.map((entry) => (typeof entry === "string" ? undefined : entry.id))).toEqual([undefined, 1, undefined, 3, undefined]);
      const ciphertexts = read.map((entry) => (typeof entry === "string" ? entry : entry.ciphertext));
      expect(ciphertexts.map((text) => text.split(":")[1])).toEqual(texts.map(() => "v2"));
      expect(await Promise.all(ciphertexts.map((text) => decrypt(key, text)))).toEqual(texts);
      const orders = (await secret.document("orders"))!;
      const card = (orders["card"] as { reveal(): string }).reveal();
      expect(card).toMatch(/^vault:v2:/u);
      expect(await decrypt(key, card)).toBe("six");
      expect((orders["note"] as { reveal(): string }).reveal()).toBe("kept");
      expect(existsSync(join(secret.folder, ".holdfast", "rewrap-errors.jsonl"))).toBe(false);
    });

    it("of a derived key are rewrapped with the context of their line", async () => {
      const { key, secret } = await begin({ key: await createKey({ derived: true }), more: `, rewrap: { file: cards.jsonl }` });
      const context = encode("customer-1");
      writeFileSync(join(secret.folder, "cards.jsonl"), JSON.stringify({ ciphertext: await encrypt(key, "one", { context }), context }));
      expect(await secret.rotate()).toMatchObject({ result: "rotated" });
      const { ciphertext } = JSON.parse(readFileSync(join(secret.folder, "cards.jsonl"), "utf8")) as { ciphertext: string };
      expect(ciphertext).toMatch(/^vault:v2:/u);
      expect(await decrypt(key, ciphertext, { context })).toBe("one");
    });

    it("that cannot be read stay, are told of by their line, and keep older versions from being shut off", async () => {
      const { key, secret } = await begin({ more: `, retire: raise, rewrap: { file: cards.jsonl, batch: 10 }` });
      const file = join(secret.folder, "cards.jsonl");
      const [plan] = await secret.run((rotation) => rotation.plan(["app"]));
      expect(plan?.obstacles.join()).toContain("cards.jsonl is not there");
      writeFileSync(file, "");
      expect(await secret.rotate()).toMatchObject({ result: "rotated" });
      const good = await encrypt(key, "good");
      const other = await encrypt(await createKey(), "of another key");
      const bad = [JSON.stringify(other), "no JSON", JSON.stringify("clear text"), JSON.stringify(`${good.slice(0, -8)}AAAAAAA=`)];
      writeFileSync(file, [JSON.stringify(good), ...bad, JSON.stringify(good)].join("\n"));
      const outcome = await secret.rotate();
      expect(outcome).toMatchObject({ result: "failed", phase: "promoted", error: { code: "unfinished" } });
      expect(outcome.error?.message).toContain("4 ciphertexts");
      expect(await read(key)).toMatchObject({ latest_version: 3, min_decryption_version: 1 });
      const lines = readFileSync(file, "utf8").split("\n");
      expect(lines.slice(1, 5)).toEqual(bad);
      for (const line of [lines[0], lines[5]]) expect(await decrypt(key, JSON.parse(line!) as string)).toBe("good");
      const told = readFileSync(join(secret.folder, ".holdfast", "rewrap-errors.jsonl"), "utf8")
        .trim()
        .split("\n");
      expect(told.map((line) => /:(\d+)$/u.exec((JSON.parse(line) as { place: string }).place)?.[1]).sort()).toEqual(["2", "3", "4", "5"]);
      // Once they are gone it goes on.
      writeFileSync(file, [lines[0], lines[5]].join("\n"));
      expect(await secret.resume()).toMatchObject({ result: "resumed", phase: "retired" });
      expect(await read(key)).toMatchObject({ latest_version: 3, min_decryption_version: 3 });
      expect(existsSync(join(secret.folder, ".holdfast", "rewrap-errors.jsonl"))).toBe(false);
      expect(await decrypt(key, JSON.parse(readFileSync(file, "utf8").split("\n")[0]!) as string)).toBe("good");
    });

    it("are rewrapped to the end after an interruption, and none of them twice", async () => {
      const key = await createKey();
      const way = await faultyHttp(vault.address, /POST \/v1\/.*\/rewrap/u, "dropped");
      const { secret } = await begin({ key, address: way.address, more: `, rewrap: { file: cards.jsonl, batch: 3 }` });
      const texts = Array.from({ length: 100 }, (_, index) => `text ${index}`);
      const { body } = await vault.must("POST", `${engine}/encrypt/${key}`, {
        batch_input: texts.map((text) => ({ plaintext: encode(text) })),
      });
      const file = join(secret.folder, "cards.jsonl");
      writeFileSync(
        file,
        (body.data.batch_results as { ciphertext: string }[]).map(({ ciphertext }) => JSON.stringify(ciphertext)).join("\n"),
      );
      const stop = new AbortController();
      const watch = setInterval(() => (way.seen.filter((asked) => asked.includes("/rewrap/")).length > 25 ? stop.abort() : undefined), 1);
      const outcome = await secret.rotate({ signal: stop.signal });
      clearInterval(watch);
      expect(outcome).toMatchObject({ result: "failed", phase: "prepared", error: { code: "unfinished" } });
      const halfway = readFileSync(file, "utf8")
        .split("\n")
        .map((line) => JSON.parse(line) as string);
      const done = halfway.filter((text) => text.startsWith("vault:v2:"));
      expect(done.length).toBeGreaterThan(10);
      expect(done.length).toBeLessThan(100);
      expect(await secret.resume()).toMatchObject({ result: "resumed", phase: "retired" });
      const after = readFileSync(file, "utf8")
        .split("\n")
        .map((line) => JSON.parse(line) as string);
      expect(after.filter((text) => done.includes(text))).toEqual(done);
      expect(await Promise.all(after.map((text) => decrypt(key, text)))).toEqual(texts);
      expect(await read(key)).toMatchObject({ latest_version: 2 });
    });
  });

  it("never is refused to a program that uses its newest version every 10 ms, during 50 rotations", { timeout: 180_000 }, async () => {
    const { key, secret } = await begin({ key: await createKey({ type: "ed25519" }), overlap: "1h", more: ", retire: raise" });
    await secret.force();
    const input = encode("holdfast");
    const signs = async ({ fields }: Credential) => {
      const { status, body } = await vault.request("POST", `${engine}/sign/${key}`, { input });
      const signature = fields["probe"]!.reveal();
      const { body: verdict } = await vault.request("POST", `${engine}/verify/${key}`, { input, signature });
      return status === 200 && /^vault:v\d+:/u.test(body.data.signature as string) && verdict.data?.valid === true;
    };
    const load = await underConstantLoad(secret, signs, async (refreshed) => {
      for (let time = 2; time <= 51; time += 1) {
        expect(await secret.force()).toMatchObject({ result: "rotated", generation: time, phase: "overlap" });
        await refreshed();
      }
    });
    expect(load.refusals).toBe(0);
    expect(load.logins).toBeGreaterThan(200);
  });

  describe("with an answer that is lost", () => {
    it.each(httpFaults)("rotate %s: there is one version more, not two", async (fault) => {
      const way = await faultyHttp(vault.address, /POST \/v1\/.*\/rotate$/u, fault);
      const { key, secret } = await begin({ address: way.address });
      await secret.rotate();
      expect(way.struck()).toBe(true);
      expect((await secret.resume()).error).toBeUndefined();
      expect(await read(key)).toMatchObject({ latest_version: 2 });
      expect(way.seen.filter((asked) => asked.endsWith("/rotate"))).toHaveLength(fault === "dropped" ? 2 : 1);
    });
  });

  const setUp: SetUp = async (through) => {
    const key = await createKey();
    const { host, port } = await through({ host: "127.0.0.1", port: Number(new URL(vault.address).port) });
    return {
      rotate: `{ with: vault-transit, vault: prod, mount: ${engine}, key: ${key}, retire: raise }`,
      otherStores: `prod: { kind: vault, address: "http://${host}:${port}" }`,
      env: { VAULT_TOKEN: vault.token },
      async use({ fields }) {
        const { status } = await vault.request("POST", `${engine}/decrypt/${key}`, { ciphertext: fields["probe"]!.reveal() });
        expect([200, 400]).toContain(status);
        return status === 200 ? "accepted" : "refused";
      },
      async accepted() {
        const { latest_version, min_decryption_version } = await read(key);
        return latest_version - min_decryption_version + 1;
      },
    };
  };
  describeCrashes("the rotator vault-transit", "both in the overlap", setUp);
});
