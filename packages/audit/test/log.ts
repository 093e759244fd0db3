import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createSigner, openAuditLog, verifyAuditLog, type Actor, type Signer, type Verification } from "../src/index.ts";

export const ORIGIN = "example.com/test";

export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "audit-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

export interface Made {
  readonly root: string;
  readonly directory: string;
  readonly signer: Signer;
  readonly records: string;
  verify(anchor?: string): Promise<Verification>;
  codes(anchor?: string): Promise<string[]>;
  bytes(): Buffer;
  replace(bytes: Uint8Array | string): void;
}

/** A signed log of `pairs` intents, each with its outcome, on disk and closed. */
export async function signedLog(pairs: number, actor?: Partial<Actor>): Promise<Made> {
  const root = folder();
  const directory = join(root, "log");
  const signer = await createSigner({ file: join(root, "signer.pem"), name: ORIGIN });
  const log = await openAuditLog({ directory, origin: ORIGIN, signer, actor });
  const intents = await Promise.all(Array.from({ length: pairs }, (_, index) => log.intent({ action: "rotate", secret: `s/${index}` })));
  await Promise.all(intents.map((intent) => log.outcome(intent, { result: "done" })));
  await log.close();
  const records = join(directory, "records.jsonl");
  const verify = (anchor?: string) => verifyAuditLog({ directory, trust: signer.verifierKey, anchor });
  return {
    root,
    directory,
    signer,
    records,
    verify,
    codes: async (anchor) => (await verify(anchor)).findings.map(({ code }) => code),
    bytes: () => readFileSync(records),
    replace: (bytes) => writeFileSync(records, bytes),
  };
}

export function copyOf(from: string): string {
  const to = join(folder(), "copy");
  cpSync(from, to, { recursive: true });
  return to;
}
