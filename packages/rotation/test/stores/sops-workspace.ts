import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import type { SopsStorePolicy } from "@holdfast/policy";

import { createAgeIdentity } from "../../src/keys/age.ts";
import type { Store } from "../../src/roles.ts";
import { openStore } from "../../src/stores/open-store.ts";

const run = promisify(execFile);

/** A folder with two age identities, and what is needed to work in it with Holdfast and with sops. */
export interface Workspace {
  readonly folder: string;
  /** Of `age.txt` and `other.txt`. */
  readonly recipients: readonly [string, string];
  path(name: string): string;
  text(name: string): Promise<string>;
  put(name: string, text: string): Promise<void>;
  open(file: string, identity?: string, recipients?: readonly string[]): Promise<Store>;
  /** Runs the real sops in the folder, with the identity `age.txt` unless `env` says otherwise; rejects when it fails. */
  sops(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<string>;
  remove(): Promise<void>;
}

export async function makeWorkspace(sops: { readonly executable: string }): Promise<Workspace> {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-sops-"));
  const path = (name: string): string => join(folder, name);
  const recipients = [
    (await createAgeIdentity(path("age.txt"))).recipient,
    (await createAgeIdentity(path("other.txt"))).recipient,
  ] as const;
  return {
    folder,
    recipients,
    path,
    text: (name) => readFile(path(name), "utf8"),
    put: (name, text) => writeFile(path(name), text),
    open: (file, identity = "age.txt", to = [recipients[0]]) => openStore(policyOf(file, to, identity), { directory: folder, env: {} }),
    sops: async (args, env = { SOPS_AGE_KEY_FILE: path("age.txt") }) => {
      const { stdout } = await run(sops.executable, [...args], {
        cwd: folder,
        env: { ...env, HOME: folder, PATH: "", SOPS_DISABLE_VERSION_CHECK: "1" },
      });
      return stdout;
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

export function policyOf(file: string, recipients: readonly string[], identityFile: string | undefined): SopsStorePolicy {
  return {
    kind: "sops",
    name: "local",
    line: 1,
    file,
    key: { age: { recipients: [...recipients], ...(identityFile !== undefined && { identityFile }) } },
  };
}
