import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { describeWithServers, useVault } from "@holdfast/testing/vitest";
import { expect, it, onTestFinished } from "vitest";

import { openRotation, type SecretOutcome, verifyAudit } from "../src/index.ts";
import { policyFolder } from "./policy-folder.ts";

const program = fileURLToPath(new URL("fixtures/rotate-fleet.ts", import.meta.url));
const runners = 20;
const secrets = Array.from({ length: 200 }, (_, n) => `fleet/secret-${n}`);

interface FleetRunner {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ready: Promise<void>;
  readonly outcomes: Promise<Pick<SecretOutcome, "secret" | "result">[]>;
}

describeWithServers("a fleet", () => {
  const vault = useVault();

  it("of twenty processes that rotate the same two hundred secrets at once rotates each exactly once and leaves no lock", async () => {
    const made = await policyFolder({
      store: `prod: { kind: vault, address: "${vault.address}", mount: ${vault.mount} }`,
      secrets: secrets.map((name) => `${name}: { store: prod, path: ${name}, rotate: { with: generated }, every: 30d }`).join("\n"),
    });
    const fleet = Array.from({ length: runners }, () => startFleetRunner(made.policy.file));
    await Promise.all(fleet.map(({ ready }) => ready));
    for (const { child } of fleet) child.stdin.write("go\n");
    const outcomes = (await Promise.all(fleet.map((runner) => runner.outcomes))).flat();

    const rotated = outcomes.filter(({ result }) => result === "rotated").map(({ secret }) => secret);
    expect(rotated.sort()).toEqual([...secrets].sort());
    // A runner that is done may find the last secrets still in the hands of others, and says so.
    expect(outcomes.filter(({ result }) => !["rotated", "skipped", "busy"].includes(result))).toEqual([]);

    const { env } = fleetEnvironment();
    const rotation = openRotation({ policy: made.policy, env });
    const status = await rotation.status();
    await rotation.close();
    expect(status.filter(({ generation, phase, state }) => generation !== 1 || phase !== "retired" || state !== "fresh")).toEqual([]);
    for (const name of secrets.slice(0, 20)) {
      const { body } = await vault.must("GET", `${vault.mount}/data/${name}.holdfast`);
      expect(body.data.data).not.toHaveProperty("holder");
    }
    expect(await verifyAudit(made.policy)).toMatchObject({ ok: true, unfinished: 0, findings: [] });
  }, 240_000);

  function fleetEnvironment() {
    return { env: { ...process.env, VAULT_TOKEN: vault.token } };
  }

  function startFleetRunner(policy: string): FleetRunner {
    const child = spawn(process.execPath, ["--conditions=holdfast-source", program, policy, "2"], fleetEnvironment());
    onTestFinished(() => void child.kill("SIGKILL"));
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const lines = createInterface(child.stdout);
    const ready = once(lines, "line").then(() => undefined);
    const outcomes = ready.then(async () => {
      const [line] = (await Promise.race([once(lines, "line"), once(child, "close").then(() => [""])])) as [string];
      if (line === "") throw new Error(`a runner ended without an answer: ${stderr}`);
      return JSON.parse(line) as Awaited<FleetRunner["outcomes"]>;
    });
    return { child, ready, outcomes };
  }
});
