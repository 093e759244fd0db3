import { Secret, openRotation, verifyAudit } from "../../src/index.ts";
import type { Credential, Document, Rotation, RotationOptions, SecretOutcome } from "../../src/index.ts";
import { openStore } from "../../src/stores/open-store.ts";
import { type PolicyFolder, policyFolder } from "../policy-folder.ts";

/** A secret `app` over a SOPS file, with other secrets beside it, and what a test asks of it. */
export interface RotatedSecret extends PolicyFolder {
  /** What was said beside the outcome, by every run here. */
  readonly said: string[];
  /** Opens the rotation, does one thing and closes it, as a run of the command. */
  run<T>(work: (rotation: Rotation) => Promise<T>, options?: Partial<RotationOptions>): Promise<T>;
  rotate(options?: Partial<RotationOptions>): Promise<SecretOutcome>;
  force(options?: Partial<RotationOptions>): Promise<SecretOutcome>;
  resume(options?: Partial<RotationOptions>): Promise<SecretOutcome>;
  /** Reads the store itself, past everything that rotates: what a program has. */
  inUse(): Promise<(Credential & { readonly previous: string | undefined }) | undefined>;
  document(path: string): Promise<Document | undefined>;
  /** Writes as another program does. */
  put(path: string, fields: Readonly<Record<string, string>>): Promise<void>;
}

export interface Declared {
  /** What stands after `rotate:`. */
  readonly rotate: string;
  readonly overlap?: string;
  /** Further secrets with their values and fields, by name: `{ "redis/admin": { value: "…" } }`. */
  readonly beside?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Lines under `stores:` besides that of the file. */
  readonly stores?: readonly string[];
  /** Variables that every run here is given besides those of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

export async function rotatedSecret({ rotate, overlap, beside = {}, stores = [], env = {} }: Declared): Promise<RotatedSecret> {
  const secrets = [
    ...Object.keys(beside).map((name) => `${name}: { store: local, path: ${pathOf(name)} }`),
    `app: { store: local, path: app, rotate: ${rotate}${overlap === undefined ? "" : `, overlap: ${overlap}`} }`,
  ];
  const made = await policyFolder({ otherStores: stores.join("\n"), secrets: secrets.join("\n") });
  const said: string[] = [];
  const run: RotatedSecret["run"] = async (work, options = {}) => {
    const rotation = openRotation({
      policy: made.policy,
      env: { ...process.env, ...env },
      onWarning: (message) => said.push(message),
      ...options,
    });
    try {
      return await work(rotation);
    } finally {
      await rotation.close();
    }
  };
  const withStore = async <T>(work: (store: Awaited<ReturnType<typeof openStore>>) => Promise<T>): Promise<T> => {
    const store = await openStore(made.policy.policy.stores[0]!, { directory: made.folder, env: process.env });
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  };
  const document: RotatedSecret["document"] = async (path) => withStore(async (store) => (await store.read(path))?.document);
  const put: RotatedSecret["put"] = async (path, fields) =>
    withStore(async (store) => {
      const before = await store.read(path);
      const values = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, Secret.of(value)]));
      await store.write(path, { ...before?.document, ...values }, before?.version ?? "absent");
    });
  for (const [name, fields] of Object.entries(beside)) await put(pathOf(name), fields);
  return {
    ...made,
    get policy() {
      return made.policy;
    },
    said,
    run,
    rotate: async (options) => (await run((rotation) => rotation.rotate(["app"]), options))[0]!,
    force: async (options) => (await run((rotation) => rotation.rotate(["app"], { force: true }), options))[0]!,
    resume: async (options) => (await run((rotation) => rotation.resume(["app"]), options))[0]!,
    document,
    put,
    async inUse() {
      const { value, previous, ...rest } = (await document("app")) ?? {};
      if (!(value instanceof Secret)) return undefined;
      const fields = Object.entries(rest).filter((entry): entry is [string, Secret] => entry[1] instanceof Secret);
      return { value, fields: Object.fromEntries(fields), previous: previous instanceof Secret ? previous.reveal() : undefined };
    },
  };
}

function pathOf(name: string): string {
  return name.replaceAll("/", "-");
}

/** The audit log is whole, and every intent in it has an outcome. */
export async function auditIsWhole({ policy }: PolicyFolder): Promise<boolean> {
  const { ok, unfinished, findings } = await verifyAudit(policy);
  return ok && unfinished === 0 && findings.every(({ severity }) => severity !== "error");
}
