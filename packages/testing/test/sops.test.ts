import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { run } from "../src/obtain/command.ts";
import { describeWithServers, useKms, useSops, useVault } from "../src/vitest.ts";

describeWithServers("sops", () => {
  const sops = useSops();
  const kms = useKms();
  const vault = useVault();
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "holdfast-sops-test-"))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("encrypts to a KMS key and decrypts with it", async () => {
    const env = {
      AWS_ENDPOINT_URL_KMS: kms.endpoint,
      AWS_REGION: kms.region,
      AWS_ACCESS_KEY_ID: kms.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: kms.credentials.secretAccessKey,
    };
    await roundTrip("kms.yaml", ["--kms", await kms.createKey()], env);
  });

  it("encrypts to a Vault transit key and decrypts with it", async () => {
    const transit = await vault.enableEngine("transit");
    await vault.must("POST", `${transit}/keys/app`);
    await roundTrip("transit.yaml", ["--hc-vault-transit", `${vault.address}/v1/${transit}/keys/app`], { VAULT_TOKEN: vault.token });
  });

  async function roundTrip(name: string, recipient: string[], env: NodeJS.ProcessEnv): Promise<void> {
    const file = join(folder, name);
    writeFileSync(file, "password: correct horse\n");
    await run(sops.executable, ["encrypt", "--in-place", ...recipient, file], { env, cwd: folder });
    expect(readFileSync(file, "utf8")).toMatch(/^password: ENC\[AES256_GCM,/);
    expect(await run(sops.executable, ["decrypt", file], { env, cwd: folder })).toBe("password: correct horse\n");
  }
});
