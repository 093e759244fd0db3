import { readFile } from "node:fs/promises";

import type { VaultStorePolicy } from "@holdfast/policy";

import { RotationError } from "../error.ts";
import type { Document, Field, Receipt, Store, Version, Versioned } from "../roles.ts";
import { Secret } from "../secret.ts";
import { loginOf } from "../vault/logins/login-of.ts";
import { partsOf } from "../vault/path.ts";
import { defaultLimits, type Limits } from "../vault/transport.ts";
import { openVault, type Vault, type VaultAnswer } from "../vault/vault.ts";
import { once } from "./once.ts";
import { resolvePath } from "./resolve-path.ts";

interface OpenOptions {
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  readonly limits?: Limits;
  readonly onWarning?: (message: string) => void;
}

/**
 * A store in a KV version 2 engine of HashiCorp Vault. Every write is checked and set by Vault itself (`cas`), so that two writers never overwrite
 * each other. Nothing is asked of Vault before the first use.
 */
export async function openVaultKv(policy: VaultStorePolicy, options: OpenOptions): Promise<Store & { readonly vault: Vault }> {
  const { name, namespace, mount = "secret" } = policy;
  const { limits = defaultLimits } = options;
  const address = policy.address.replace(/\/$/u, "");
  const ca = policy.ca === undefined ? undefined : await readCertificate(resolvePath(policy.ca, options.directory, options.env), name);
  const vault = openVault({
    name,
    address,
    namespace,
    ca,
    login: loginOf(policy.auth, { limits, ...options }),
    limits,
    ...(options.onWarning && { onWarning: options.onWarning }),
  });
  const kv: Kv = {
    vault,
    mount: partsOf(mount),
    who: vault.who,
    requireVersion2: once(() => requireVersion2(kv)),
    warn: onceEach(options.onWarning ?? (() => undefined)),
  };
  return {
    name,
    kind: "vault",
    vault,
    read: (path) => read(kv, path),
    write: (path, document, expected) => write(kv, path, document, expected),
    remove: (path, expected) => remove(kv, path, expected),
    probe: (path) => probe(kv, path),
    now: () => vault.now(),
    close: () => vault.close(),
  };
}

interface Kv {
  readonly vault: Vault;
  readonly mount: readonly string[];
  readonly who: string;
  readonly requireVersion2: () => Promise<void>;
  readonly warn: (message: string) => void;
}

function onceEach(tell: (message: string) => void): (message: string) => void {
  const told = new Set<string>();
  return (message) => {
    if (!told.has(message)) tell(message);
    told.add(message);
  };
}

/** The document and its version come from one answer, or a write of somebody else between two requests would go unnoticed. */
async function read(kv: Kv, path: string): Promise<Versioned | undefined> {
  const found = await readNewest(kv, path);
  if (found && !found.data) kv.warn(goneMessage(kv, path, found.metadata));
  if (!found?.data) return undefined;
  return {
    document: wrap(found.data, path, kv.who),
    version: versionOf(found.metadata),
    writtenAtMs: Date.parse(found.metadata.created_time),
  };
}

async function write(kv: Kv, path: string, document: Document, expected: Version | "absent"): Promise<Receipt> {
  await kv.requireVersion2();
  if (expected !== "absent") return writeOver(kv, path, document, numberOf(expected));
  try {
    return await writeOver(kv, path, document, 0);
  } catch (error) {
    if (!(error instanceof RotationError) || error.code !== "conflict") throw error;
    // Deleted versions still count: then the number to write over is that of the newest of them.
    const newest = await readNewest(kv, path);
    if (!newest || newest.data) throw error;
    return writeOver(kv, path, document, newest.metadata.version);
  }
}

async function writeOver(kv: Kv, path: string, document: Document, cas: number): Promise<Receipt> {
  const answer = await kv.vault.request({
    method: "POST",
    path: [...kv.mount, "data", ...path.split("/")],
    body: { data: document, options: { cas } },
    effect: "write",
    what: `write ${shown(kv, path)}`,
  });
  if (answer.status === 404) throw missing(kv, path, answer);
  return { version: versionOf(answer.body.data as Metadata), ...(answer.request !== undefined && { request: answer.request }) };
}

/** Vault deletes a document with its history without comparing versions, so another write between the check and the deletion is lost. */
async function remove(kv: Kv, path: string, expected: Version): Promise<void> {
  const current = await read(kv, path);
  if (current?.version !== expected) {
    throw new RotationError(
      "conflict",
      `${shown(kv, path)} in ${kv.who} was written or removed by somebody else since it was read. It was left as it is. Read it again.`,
    );
  }
  await kv.vault.request({
    method: "DELETE",
    path: [...kv.mount, "metadata", ...path.split("/")],
    effect: "write",
    what: `remove ${shown(kv, path)}`,
  });
}

async function probe(kv: Kv, path: string): ReturnType<Store["probe"]> {
  try {
    await kv.requireVersion2();
    const place = shown(kv, path);
    const { body } = await kv.vault.request({
      method: "POST",
      path: ["sys", "capabilities-self"],
      body: { paths: [place] },
      effect: "read",
      what: `tell the rights on ${place}`,
    });
    const granted = capabilitiesOf(body.data, place);
    const has = (capability: string): boolean => granted.includes(capability) || granted.includes("root");
    const lacking = ["read", "create", "update"].filter((capability) => !has(capability));
    const rights = { canRead: has("read"), canWrite: has("create") && has("update") };
    return lacking.length === 0
      ? rights
      : { ...rights, why: `The token of the store lacks ${lacking.join(", ")} on ${place}. Add it to its policy.` };
  } catch (error) {
    if (!(error instanceof RotationError)) throw error;
    return { canRead: false, canWrite: false, why: error.message };
  }
}

interface Metadata {
  readonly version: number;
  readonly created_time: string;
  /** Empty unless it was deleted, or is to end by itself (`delete_version_after`). */
  readonly deletion_time?: string;
  readonly destroyed?: boolean;
}

/** A deleted version is absent for everybody, and was perhaps not meant to be. */
function goneMessage(kv: Kv, path: string, { version, deletion_time: deletedAt, destroyed }: Metadata): string {
  const place = `version ${version} of ${shown(kv, path)}, the newest,`;
  if (destroyed)
    return `${kv.who}: ${place} was destroyed, so there is no value. An older one may still be read with \`vault kv get -mount=${kv.mount.join("/")} -version=${version - 1} ${path}\`.`;
  return `${kv.who}: ${place} was deleted${deletedAt ? ` at ${deletedAt}` : ""}, so there is no value. To bring it back: \`vault kv undelete -mount=${kv.mount.join("/")} -versions=${version} ${path}\`.`;
}

/** Undefined when nothing was ever written there; without `data` when the newest version was deleted, expired or destroyed. */
async function readNewest(
  kv: Kv,
  path: string,
): Promise<{ readonly data: Record<string, unknown> | null; readonly metadata: Metadata } | undefined> {
  await kv.requireVersion2();
  const answer = await kv.vault.request({
    method: "GET",
    path: [...kv.mount, "data", ...path.split("/")],
    effect: "read",
    what: `read ${shown(kv, path)}`,
  });
  const found = answer.body.data as { data: Record<string, unknown> | null; metadata: Metadata } | undefined;
  if (found) return found;
  if ((answer.body.errors ?? []).length > 0 || (answer.body.warnings ?? []).length > 0) throw missing(kv, path, answer);
  return undefined;
}

/** On a KV version 1 mount every read of a version 2 path looks like an absent secret, and a write would store what no reader expects. */
async function requireVersion2({ vault, mount, who }: Kv): Promise<void> {
  const name = mount.join("/");
  const { status, body } = await vault.request({
    method: "GET",
    path: ["sys", "internal", "ui", "mounts", ...mount],
    effect: "read",
    what: `look up the mount ${name}`,
    denial: {
      why: "there is no such mount, or the token may not use anything in it; both are answered with 403",
      advice: `Check the mount in the policy, and that the token is valid and has rights on ${name}/data/….`,
    },
  });
  const { type, options, path } = (body.data ?? {}) as { type?: string; options?: { version?: string } | null; path?: string };
  const served = path?.replace(/\/$/u, "");
  if (served !== undefined && name.startsWith(`${served}/`))
    throw wrongMount(
      who,
      `${name} is a path in the mount ${served}`,
      `Write \`mount: ${served}\` in the policy, and put the rest before the path; "data" is never written.`,
    );
  if (status === 404 || served !== name)
    throw wrongMount(who, `the mount ${name} does not exist`, `Name a KV version 2 engine in the policy (mount).`);
  if (type !== "kv" && type !== "generic")
    throw wrongMount(who, `the mount ${name} is an engine of type ${type}`, "Name a KV version 2 engine in the policy (mount).");
  if (options?.version !== "2")
    throw wrongMount(
      who,
      `the mount ${name} is a KV engine of version 1, which cannot check that nobody else wrote`,
      `Upgrade it with \`vault kv enable-versioning ${name}\`, or name a KV version 2 engine in the policy (mount).`,
    );
}

function wrongMount(who: string, what: string, advice: string): RotationError {
  return new RotationError("invalid", `${who}: ${what}. Nothing was written. ${advice}`);
}

function missing(kv: Kv, path: string, { status }: VaultAnswer): RotationError {
  return new RotationError(
    "invalid",
    `${kv.who} answered ${status} for ${shown(kv, path)}: no KV version 2 engine serves that path. Nothing was written. Check the mount in the policy.`,
  );
}

function shown({ mount }: Kv, path: string): string {
  return [...mount, "data", path].join("/");
}

/** The number counts anew when a document was removed with its history; together with the time of the write it names one write. */
function versionOf({ version, created_time: createdTime }: Metadata): Version {
  return `${version}@${createdTime}` as Version;
}

function numberOf(version: Version): number {
  const number = Number(version.split("@")[0]);
  if (!Number.isSafeInteger(number))
    throw new RotationError("invalid", "The version to write over is not one of this store. Nothing was written. Read the document again.");
  return number;
}

function capabilitiesOf(data: unknown, place: string): readonly string[] {
  const { [place]: granted, capabilities } = (data ?? {}) as Record<string, readonly string[] | undefined>;
  return granted ?? capabilities ?? [];
}

function wrap(data: Readonly<Record<string, unknown>>, path: string, who: string): Document {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, wrapValue(value, `${path}: ${key}`, who)]));
}

function wrapValue(value: unknown, place: string, who: string): Field {
  if (typeof value === "string") return Secret.of(value);
  if (Array.isArray(value)) return value.map((item: unknown) => wrapValue(item, place, who));
  if (typeof value === "object" && value !== null) return wrap(value as Record<string, unknown>, place, who);
  // Written back whole, the document would hold another number.
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new RotationError(
      "damaged",
      `${who} holds a number at ${place} that is too large to be kept exactly. It was left as it was. Store it as text.`,
    );
  }
  return value as number | boolean | null;
}

async function readCertificate(file: string, store: string): Promise<string> {
  return readFile(file, "utf8").catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code;
    throw new RotationError(
      "invalid",
      `The certificate authority of the store ${store} cannot be read from ${file} (${code}). Nothing was sent. Check ca in the policy.`,
    );
  });
}
