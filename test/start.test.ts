import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { loadPolicy } from "@holdfast/policy";
import { openRotation } from "@holdfast/rotation";
import { describe, expect, it, onTestFinished } from "vitest";

import { root } from "./documents.ts";

const run = promisify(execFile);
const start = (args: readonly string[] = [], cwd = root) =>
  run(process.execPath, [join(root, "scripts", "start.ts"), ...args], { cwd: root, env: { ...process.env, INIT_CWD: cwd, NO_COLOR: "1" } });

describe("npm start", () => {
  it("does the main job on the example and tells no secret", async () => {
    const { stdout, stderr } = await start();
    for (const shown of [
      "holdfast/require-idempotency-key",
      "holdfast/no-hardcoded-secrets",
      "holdfast/max-retries",
      "holdfast/require-timeout",
      "holdfast/max-timeout",
      "Fixed what was safe",
      "session/signing-key resumed: generation 2",
      "all of them signed, are as written",
      "error edited",
      "What to type next",
    ])
      expect(stdout).toContain(shown);
    const [before, killed, resumed] = [...stdout.matchAll(/SHA-256 (?<digest>[0-9a-f]+)/gu)].map(({ groups }) => groups?.["digest"]);
    expect(killed).toBe(before);
    expect(resumed).not.toBe(before);
    for (const value of await valuesOfDemo()) expect(stdout + stderr).not.toContain(value);
  }, 120_000);

  it("with a folder, lints it without any configuration there, and ends with 0 although there are findings", async () => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-start-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, "rates.mts"), `export const rates = () => fetch("https://rates.example/v1/latest");\n`);
    writeFileSync(
      join(folder, "view.jsx"),
      `export const View = () => <p onClick={() => fetch("https://rates.example/v1/view")}>rates</p>;\n`,
    );
    writeFileSync(join(folder, "broken.ts"), "const = {\n");
    const { stdout } = await start(["."], folder);
    expect(stdout.match(/holdfast\/require-timeout/gu)).toHaveLength(2);
    expect(stdout).toContain("broken.ts");
  }, 60_000);

  it("with a folder that is not there, says so and ends with 2", async () => {
    await expect(start(["no-such-folder"])).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining("no-such-folder") as string });
  }, 60_000);
});

/** What the demo left in its store, and the literals of the example that the lint found. */
async function valuesOfDemo(): Promise<string[]> {
  const copy = join(root, "holdfast-demo", "payments-service");
  const rotation = openRotation({ policy: loadPolicy(join(copy, "holdfast.yaml")) });
  onTestFinished(() => rotation.close());
  const values = await rotation.read(["psp/webhook", "session/signing-key"]);
  const inCode = /pspApiSecret: "(?<literal>\w+)"/u.exec(readFileSync(join(copy, "src", "config.ts"), "utf8"))?.groups?.["literal"];
  expect(inCode).toBeDefined();
  return [...values.flatMap(({ value, previous }) => [value.reveal(), ...(previous ? [previous.reveal()] : [])]), inCode!];
}
