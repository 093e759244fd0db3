import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startServer } from "../src/servers/start-server.ts";
import { until } from "../src/servers/until.ts";
import { describeWithServers, useRedis, useVault } from "../src/vitest.ts";

let temporary: string;
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), "holdfast-lifetime-"));
  chmodSync(temporary, 0o755);
});
afterEach(() => rmSync(temporary, { recursive: true, force: true }));

describeWithServers("servers end with the process that started them", () => {
  // What is missing is built or unpacked here, before the time of a test runs.
  useVault();
  useRedis();

  const endings: Record<string, (owner: ChildProcess) => void> = {
    SIGKILL: (owner) => void owner.kill("SIGKILL"),
    SIGTERM: (owner) => void owner.kill("SIGTERM"),
    "uncaught error": (owner) => void owner.stdin?.write("now\n"),
    exit: (owner) => void owner.stdin?.write("now\n"),
  };

  it.each(Object.entries(endings))("when it ends by %s", async (ending, end) => {
    const script = fileURLToPath(new URL("fixtures/start-and-die.ts", import.meta.url));
    const owner = spawn(process.execPath, [script, ending], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const complaints = text(owner.stderr);
    const [line] = await Promise.race([
      once(createInterface(owner.stdout), "line") as Promise<[string]>,
      once(owner, "exit").then(async () => Promise.reject(new Error(await complaints))),
    ]);
    const ports = JSON.parse(line) as number[];
    expect(await Promise.all(ports.map(accepts))).toEqual([true, true, true]);
    expect(readdirSync(temporary)).not.toEqual([]);

    const gone = once(owner, "exit");
    end(owner);
    await gone;

    await until("all servers are gone", async () => (await Promise.all(ports.map(accepts))).every((open) => !open));
    await until("their folders are removed", () => Promise.resolve(readdirSync(temporary).length === 0));
  });
});

describe("a server that cannot start", () => {
  const recipe = (script: string): Parameters<typeof startServer>[0] => ({
    label: "Broken",
    ports: 1,
    prepare: () => Promise.resolve({ executable: process.execPath, args: ["-e", script], env: {}, stopSignal: "SIGTERM" }),
    isReady: () => Promise.resolve(false),
  });

  it("fails at once with what it printed", async () => {
    const start = startServer(recipe(`console.error("no configuration"); process.exit(3)`));
    await expect(start).rejects.toThrow("Broken did not start: exit code 3\nno configuration");
  });

  it("is tried on other ports while its port turns out to be taken", async () => {
    const ports = new Set<number>();
    const taken = recipe(`console.error("listen: address already in use"); process.exit(1)`);
    const prepare: typeof taken.prepare = (place) => {
      ports.add(place.port);
      return taken.prepare(place);
    };
    await expect(startServer({ ...taken, prepare })).rejects.toThrow("address already in use");
    expect(ports.size).toBeGreaterThan(1);
  });
});

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
