import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { openRotation, Secret } from "../src/index.ts";
import { openStore } from "../src/stores/open-store.ts";
import { type PolicyFolder, policyFolder } from "./policy-folder.ts";

const secret = "psp/webhook";
const program = fileURLToPath(new URL("fixtures/leak.ts", import.meta.url));
/** Every value that Holdfast makes here begins with it, so that one search finds all of them. */
const canary = ["canary", "in", "the", "mine"].join("_");
const declared = (store: string) =>
  `${secret}: { store: ${store}, path: psp, rotate: { with: generated, prefix: ${canary} }, overlap: 24h }`;

/** The ways in which a value travels besides as it is. */
const spellings = [canary, encodeURIComponent(canary), Buffer.from(canary).toString("hex"), ...base64(canary)];

/** Base64 of the middle of a text depends on where the text begins. */
function base64(text: string): string[] {
  return [0, 1, 2].map((offset) =>
    Buffer.from("x".repeat(offset) + text)
      .toString("base64")
      .slice(offset + 1, -4),
  );
}

async function everythingPrinted(made: PolicyFolder, more: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const child = spawn(process.execPath, ["--conditions=holdfast-source", program, made.policy.file, secret, ...more], {
    env: { ...process.env, ...env, DEBUG: "*" },
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (printed += text));
  await once(child, "close");
  return printed;
}

function expectNoTrace(text: string, where: string): void {
  for (const spelling of spellings) expect(text.includes(spelling), `${where} holds the value`).toBe(false);
}

describe("a value", () => {
  it("is nowhere but in the store: not in what is printed, in errors, in the audit log, in arguments, in the environment or in any other file", async () => {
    const made = await policyFolder({ secrets: declared("local"), audit: "{ log: .holdfast/audit, sinks: [stdout] }" });
    const printed = await everythingPrinted(made);
    expect(printed.includes("result: 'rotated'")).toBe(true);
    expectNoTrace(printed, "the output");
    const again = await everythingPrinted(made);
    expect(again.includes("phase: 'overlap'")).toBe(true);
    expectNoTrace(again, "the output");
    for (const [file, bytes] of Object.entries(made.contents())) expectNoTrace(bytes.replaceAll(`prefix: ${canary}`, ""), file);
    // The search does find it where it is.
    const rotation = openRotation({ policy: made.policy });
    expect((await rotation.read([secret]))[0]?.value.reveal()).toContain(canary);
    await rotation.close();
  });

  it("is in no error when the store fails and repeats what it was sent", async () => {
    const port = await freePort();
    const address = `http://127.0.0.1:${port}`;
    const made = await policyFolder({ store: `prod: { kind: vault, address: "${address}" }`, secrets: declared("prod") });
    const token = ["canary", "token"].join("-");
    const printed = await everythingPrinted(made, [address], { VAULT_TOKEN: token });
    expect(printed.includes("the store was sent a value")).toBe(true);
    expect(printed.includes("result: 'failed'")).toBe(true);
    expectNoTrace(printed, "the output");
    // The token is in the environment it was given in, which this test's program prints, and nowhere else.
    expect(printed.replaceAll(`VAULT_TOKEN=${token}`, "").includes(token), "the output holds the token").toBe(false);
  });

  it("is in no error when the file it is kept in is damaged", async () => {
    const made = await policyFolder({ secrets: declared("local") });
    const store = await openStore(made.policy.policy.stores[0]!, { directory: made.folder, env: process.env });
    await store.write("psp", { value: Secret.of(canary) }, "absent");
    await store.write("psp.holdfast", { holdfast: 1, phase: Secret.of(canary), pending: Secret.of(canary) }, "absent");
    await store.close();
    const printed = await everythingPrinted(made);
    expect(printed.includes("code: 'damaged'")).toBe(true);
    expectNoTrace(printed, "the output");
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
