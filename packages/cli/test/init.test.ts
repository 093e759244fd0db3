import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { loadPolicy } from "@holdfast/policy";
import { beforeAll, describe, expect, test } from "vitest";

import { buildIfStale, holdfast, temporaryFolder, write } from "./built-command.ts";

beforeAll(buildIfStale);

const project = {
  "src/psp.ts": "export const pay = () => fetch('https://api.psp.example/v1/pay', { headers: { key: process.env.PSP_API_KEY } });\n",
  "src/session.ts": "export const sign = () => process.env.SESSION_SIGNING_KEY;\n",
};

function mode(...path: string[]): number {
  return statSync(join(...path)).mode & 0o777;
}

describe("init", () => {
  test("writes a policy for what it found, a private key and an encrypted file; rotate, check and status work with them at once", async () => {
    const cwd = temporaryFolder();
    write(cwd, { ".git/HEAD": "", ".gitignore": "node_modules", ...project });
    const { code, stdout, stderr } = await holdfast(["init"], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(
      [
        "Found",
        "  upstreams  psp (src/psp.ts)",
        "  secrets    PSP_API_KEY (src/psp.ts), SESSION_SIGNING_KEY (src/session.ts)",
        "  stores     none",
        "Wrote",
        "  holdfast.yaml",
        "  .gitignore (.holdfast/)",
        "  .holdfast/age.txt (private key, mode 0600)",
        "  secrets.sops.yaml (encrypted, empty)",
        "Next",
        "  1. Read holdfast.yaml and put your own numbers in.",
        "  2. holdfast check      judges the code by it.",
        "  3. holdfast rotate     makes the first value of 1 secret: session/signing-key.",
        "  4. holdfast set        takes what was issued to you: holdfast set psp/api-key.",
        "  5. Keep a copy of .holdfast/age.txt in a safe place: without it nobody can read secrets.sops.yaml.",
        "",
      ].join("\n"),
    );
    expect(readFileSync(join(cwd, ".gitignore"), "utf8")).toBe("node_modules\n.holdfast/\n");
    expect([mode(cwd, ".holdfast"), mode(cwd, ".holdfast", "age.txt")]).toEqual([0o700, 0o600]);
    expect(loadPolicy(join(cwd, "holdfast.yaml")).problems).toEqual([]);
    expect((await holdfast(["rotate"], { cwd })).stdout).toBe("✔ session/signing-key rotated: generation 1\n1 rotated of 1 secret.\n");
    expect((await holdfast(["status", "session/signing-key"], { cwd })).code).toBe(0);
    expect((await holdfast(["audit", "verify"], { cwd })).code).toBe(0);
  });

  test("touches no .gitignore outside a repository, and one that names the folder already stays as it is", async () => {
    const cwd = temporaryFolder();
    await holdfast(["init"], { cwd });
    expect(readdirSync(cwd).toSorted()).toEqual([".holdfast", "holdfast.yaml", "secrets.sops.yaml"]);
    const repository = temporaryFolder();
    write(repository, { ".git/HEAD": "", ".gitignore": "/.holdfast\n" });
    await holdfast(["init"], { cwd: repository });
    expect(readFileSync(join(repository, ".gitignore"), "utf8")).toBe("/.holdfast\n");
  });

  test("overwrites nothing", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "holdfast.yaml": "mine" });
    const { code, stderr } = await holdfast(["init"], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(`holdfast.yaml exists in ${cwd}. Nothing was written.`);
    expect(readdirSync(cwd)).toEqual(["holdfast.yaml"]);
  });

  test("--force replaces the policy and keeps the key and what it protects", async () => {
    const cwd = temporaryFolder();
    write(cwd, project);
    await holdfast(["init"], { cwd });
    await holdfast(["rotate"], { cwd });
    const kept = ["secrets.sops.yaml", ".holdfast/age.txt"].map((name) => readFileSync(join(cwd, name), "utf8"));
    writeFileSync(join(cwd, "holdfast.yaml"), "broken");
    const { code, stdout } = await holdfast(["init", "--force"], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain("Kept\n  .holdfast/age.txt\n  secrets.sops.yaml\n");
    expect(["secrets.sops.yaml", ".holdfast/age.txt"].map((name) => readFileSync(join(cwd, name), "utf8"))).toEqual(kept);
    expect((await holdfast(["pull", "session/signing-key"], { cwd })).stdout).toMatch(/^SESSION_SIGNING_KEY=.{43}\n$/u);
  });

  test("makes no second key for a file that another key protects", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "secrets.sops.yaml": "sops: {}\n" });
    const { code, stderr } = await holdfast(["init", "--force"], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain("a new key could not read it. Nothing was written.");
    expect(readdirSync(cwd)).toEqual(["secrets.sops.yaml"]);
  });

  test("leaves nothing behind in a folder where it may not write", async () => {
    const cwd = temporaryFolder();
    write(cwd, project);
    chmodSync(cwd, 0o555);
    for (const store of ["local", "vault"]) {
      const { code, stderr } = await holdfast(["init", "--store", store], { cwd, rights: "ordinary" });
      expect(code).toBeGreaterThan(1);
      expect(stderr).toMatch(/^holdfast: .*(?:permission denied|EACCES)/u);
    }
    chmodSync(cwd, 0o755);
    expect(readdirSync(cwd)).toEqual(["src"]);
  });

  test("--store vault and --store none write the policy alone, and it parses", async () => {
    for (const [store, expected] of [
      ["vault", "https://vault.example:8200"],
      ["none", undefined],
    ] as const) {
      const cwd = temporaryFolder();
      write(cwd, project);
      const { code } = await holdfast(["init", "--store", store], { cwd, env: { VAULT_ADDR: "https://vault.example:8200/" } });
      expect({ code, files: readdirSync(cwd).toSorted() }).toEqual({ code: 0, files: ["holdfast.yaml", "src"] });
      const { policy } = loadPolicy(join(cwd, "holdfast.yaml"));
      expect(policy.stores.map((declared) => declared.kind === "vault" && declared.address)).toEqual(expected ? [expected] : []);
    }
  });

  test("says in a sentence that a store is chosen", async () => {
    const cwd = temporaryFolder();
    expect((await holdfast(["init", "--store", "cloud"], { cwd })).stderr).toBe(
      "holdfast: option '--store <kind>' argument 'cloud' is invalid. Allowed choices are local, vault, none. Run holdfast --help for what there is.\n",
    );
    expect(existsSync(join(cwd, "holdfast.yaml"))).toBe(false);
  });
});
