import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { loadPolicy } from "@holdfast/policy";
import { createAgeIdentity, openRotation } from "@holdfast/rotation";

import { temporaryFolder } from "./built-command.ts";

export interface SecretSettings {
  readonly env?: string;
  readonly rotate?: { readonly with: "generated"; readonly bytes?: number; readonly prefix?: string };
  readonly every?: string;
  readonly overlap?: string;
}

/** A folder with a holdfast.yaml, an age key of its own and a SOPS file as store, both real. */
export async function localProject(secrets: Readonly<Record<string, SecretSettings>>): Promise<string> {
  const folder = temporaryFolder();
  const { recipient } = await createAgeIdentity(join(folder, "age.txt"));
  // YAML is a superset of JSON.
  const policy = {
    version: 1,
    stores: { local: { kind: "sops", file: "secrets.sops.yaml", key: { age: { recipients: [recipient], identityFile: "age.txt" } } } },
    secrets: Object.fromEntries(Object.entries(secrets).map(([name, settings]) => [name, { store: "local", path: name, ...settings }])),
  };
  writeFileSync(join(folder, "holdfast.yaml"), JSON.stringify(policy, undefined, 2));
  return folder;
}

export const generated = { rotate: { with: "generated", bytes: 32 }, every: "30d" } as const satisfies SecretSettings;

/** The values that programs of this project would get now. */
export async function valuesIn(folder: string, ...names: readonly string[]): Promise<string[]> {
  const rotation = openRotation({ policy: loadPolicy(join(folder, "holdfast.yaml")) });
  try {
    return (await rotation.read(names)).map(({ value }) => value.reveal());
  } finally {
    await rotation.close();
  }
}

/** Rewrites holdfast.yaml. */
export function changePolicy(folder: string, change: (text: string) => string): void {
  const file = join(folder, "holdfast.yaml");
  writeFileSync(file, change(readFileSync(file, "utf8")));
}
