import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { loadPolicy, type PolicyFile } from "@holdfast/policy";
import { onTestFinished } from "vitest";

import { createAgeIdentity } from "../src/index.ts";

export interface PolicyFolder {
  readonly folder: string;
  /** Read again at every use, as another process does. */
  readonly policy: PolicyFile;
  readonly store: string;
  /** The records of the audit log, oldest first. */
  records(): Record<string, unknown>[];
  /** Every file with its bytes, to show that nothing changed. */
  contents(): Record<string, string>;
}

export interface Wanted {
  /** The line under `stores:`; a SOPS file called `local` without it. */
  readonly store?: string;
  /** More lines under `stores:`. */
  readonly otherStores?: string;
  /** Lines under `secrets:`. */
  readonly secrets: string;
  /** The value of `audit:`. */
  readonly audit?: string;
}

/** A folder with a policy of its own, by default over a SOPS file that does not exist yet. */
export async function policyFolder({ store, otherStores, secrets, audit = "{ log: .holdfast/audit }" }: Wanted): Promise<PolicyFolder> {
  const folder = mkdtempSync(join(tmpdir(), "rotation-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { recipient } = await createAgeIdentity(join(folder, "age.txt"));
  const file = join(folder, "holdfast.yaml");
  writeFileSync(
    file,
    [
      "version: 1",
      "stores:",
      `  ${store ?? `local: { kind: sops, file: secrets.sops.yaml, key: { age: { recipients: [${recipient}], identityFile: age.txt } } }`}`,
      ...indented(otherStores ?? ""),
      "secrets:",
      ...indented(secrets),
      `audit: ${audit}`,
      "",
    ].join("\n"),
  );
  return {
    folder,
    get policy() {
      return loadPolicy(file);
    },
    store: join(folder, "secrets.sops.yaml"),
    records: () =>
      readFileSync(join(folder, ".holdfast", "audit", "records.jsonl"), "utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    contents: () =>
      Object.fromEntries(
        readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name))
          .map((path) => [path, readFileSync(path, "latin1")]),
      ),
  };
}

function indented(lines: string): string[] {
  return lines
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => `  ${line.trim()}`);
}
