import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { obtainOnce } from "../src/obtain/cache.ts";
import type { CachedTool } from "../src/obtain/cache.ts";
import { obtainVault } from "../src/obtain/vault.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "holdfast-cache-test-"));
  vi.stubEnv("HOLDFAST_CACHE", join(root, "cache"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

describe("the cache of tools", () => {
  it("makes a tool once, and again when what defines it changes", async () => {
    let made = 0;
    const tool = (version: string) => obtainOnce(aTool({ definedBy: [version], make: async () => void (made += 1) }));
    const first = await tool("1");
    expect(await tool("1")).toBe(first);
    expect(made).toBe(1);
    expect(await tool("2")).not.toBe(first);
    expect(made).toBe(2);
  });

  it("keeps nothing of a tool that could not be made", async () => {
    const failing = aTool({
      make: (folder) => {
        writeFileSync(join(folder, "half"), "");
        throw new Error("disk full");
      },
    });
    await expect(obtainOnce(failing)).rejects.toThrow("disk full");
    expect(readdirSync(join(root, "cache"))).toEqual([]);
    expect(readdirSync(await obtainOnce(aTool({ make: async (folder) => writeFileSync(join(folder, "whole"), "") })))).toEqual(["whole"]);
  });

  it("makes a tool once when two processes ask for it at the same time", async () => {
    const one = obtainSlowly();
    await one.says("half made");
    const other = obtainSlowly();
    await other.says("another process is getting a tool");
    one.child.stdin.write("go on\n");
    const [folder, sameFolder] = await Promise.all([one.folder, other.folder]);
    expect(sameFolder).toBe(folder);
    expect(readFileSync(join(root, "made"), "utf8")).toBe("made\n");
    expect(readdirSync(folder).sort()).toEqual(["first half", "second half"]);
  });

  it("takes over from a process that was killed, and removes what it left", { timeout: 90_000 }, async () => {
    const killed = obtainSlowly();
    await killed.says("half made");
    killed.child.kill("SIGKILL");
    await once(killed.child, "exit");
    expect(readdirSync(join(root, "cache")).some((name) => name.includes(".partial-"))).toBe(true);

    const next = obtainSlowly();
    next.child.stdin.write("go on\n");
    const folder = await next.folder;
    expect(existsSync(join(folder, "second half"))).toBe(true);
    expect(readdirSync(dirname(folder)).filter((name) => name.includes(".partial-"))).toEqual([]);
  });

  it("names what is missing and what to do when a tool cannot be had", async () => {
    vi.stubEnv("PATH", "");
    await expect(obtainVault()).rejects.toThrow(
      /^HashiCorp Vault 1\.21\.2 is needed by the tests: it is built from source, and there is no `go` on PATH\.\n {2}Install Go .*\n {2}Or leave out/,
    );
  });
});

function aTool(part: Partial<CachedTool>): CachedTool {
  return { name: "tool", label: "a tool", announce: "making a tool", definedBy: ["1"], make: () => Promise.resolve(), ...part };
}

function obtainSlowly() {
  const script = fileURLToPath(new URL("fixtures/obtain-slowly.ts", import.meta.url));
  const child = spawn(process.execPath, [script, join(root, "made")], { stdio: ["pipe", "pipe", "pipe"] });
  let printed = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (printed += chunk));
  return {
    child,
    folder: text(child.stdout),
    says: async (line: string): Promise<void> => {
      while (!printed.includes(line)) await once(child.stderr, "data");
    },
  };
}
