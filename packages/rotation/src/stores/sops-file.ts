import { createHash } from "node:crypto";
import { access, constants } from "node:fs/promises";
import { dirname } from "node:path";

import type { SopsStorePolicy } from "@holdfast/policy";

import { RotationError } from "../error.ts";
import type { Document, Receipt, Store, Version, Versioned } from "../roles.ts";
import { findLeftovers, followLinks, fromSystem, removeLeftovers, replaceFile, withFileLock } from "./atomic-file.ts";
import { resolvePath } from "./resolve-path.ts";
import { authenticate, type Context, openCurrent, openerOf } from "./sops/current-file.ts";
import { withDocument, withoutDocument } from "./sops/edit-document.ts";
import { documentOf, sameDocument } from "./sops/fields.ts";
import { type KeyringOptions, openKeyring } from "./sops/keyring.ts";
import { formatOf, newSopsText } from "./sops/new-file.ts";
import { openFile, type OpenedFile } from "./sops/opened-file.ts";
import { invalid } from "./sops/problems.ts";
import { findEntry, type MapNode, type Node } from "./sops/tree.ts";

export { createSopsFile } from "./sops/new-file.ts";

/**
 * A store in one YAML or JSON file in SOPS format, opened with any of the keys of the policy. The path `psp/webhook` is the map at the keys `psp`, `webhook`.
 * A missing file is an empty store and is made by the first write. The file stays readable and writable by sops; Holdfast changes only what it writes.
 */
export async function openSopsFile(policy: SopsStorePolicy, options: KeyringOptions): Promise<Store> {
  const file = resolvePath(policy.file, options.directory, options.env);
  const context: Context = {
    file,
    format: formatOf(file),
    keyring: openKeyring(policy, options),
    open: openerOf(),
  };
  const inTurn = queue();
  await sweep(file);
  return {
    name: policy.name,
    kind: "sops",
    read: (path) => read(context, segmentsOf(path, file)),
    write: (path, document, expected) => inTurn(() => write(context, segmentsOf(path, file), document, expected)),
    remove: (path, expected) => inTurn(() => remove(context, segmentsOf(path, file), expected)),
    probe: (path) => probe(context, path),
    now: () => Promise.resolve(Date.now()),
    close: () => context.keyring.close(),
  };
}

async function read(context: Context, path: readonly string[]): Promise<Versioned | undefined> {
  const current = await openCurrent(context, await followLinks(context.file));
  const map = current && locate(current.opened, path);
  return map && { document: documentOf(map, current.opened.plain), version: versionOf(map) };
}

async function write(context: Context, path: readonly string[], document: Document, expected: Version | "absent"): Promise<Receipt> {
  const target = await followLinks(context.file);
  return withFileLock(target, async (holdsLock) => {
    await removeLeftovers(target);
    const current = await openCurrent(context, target);
    requireVersion(current?.opened, path, expected, context.file);
    const opened = current?.opened ?? (await openNew(context));
    const edited = withDocument(opened, path, document);
    const unchanged = current && edited === opened.text ? opened : undefined;
    const next = unchanged ?? (await authenticate(edited, opened));
    const map = locate(next, path);
    if (!map || !sameDocument(documentOf(map, next.plain), document)) {
      throw invalid(
        context.file,
        `the document at ${path.join("/")} would not read back as it was given`,
        "Give its keys and values a simpler form.",
      );
    }
    if (!unchanged) await replaceFile(target, next.text, current?.snapshot, holdsLock);
    return { version: versionOf(map) };
  });
}

async function remove(context: Context, path: readonly string[], expected: Version): Promise<void> {
  const target = await followLinks(context.file);
  await withFileLock(target, async (holdsLock) => {
    await removeLeftovers(target);
    const current = await openCurrent(context, target);
    requireVersion(current?.opened, path, expected, context.file);
    if (!current) return;
    const next = await authenticate(withoutDocument(current.opened, path), current.opened);
    await replaceFile(target, next.text, current.snapshot, holdsLock);
  });
}

/** Opens the file and asks for the rights that a write needs: a new file is made beside the old one. */
async function probe(context: Context, path: string): ReturnType<Store["probe"]> {
  try {
    const segments = segmentsOf(path, context.file);
    const target = await followLinks(context.file);
    const opened = (await openCurrent(context, target))?.opened;
    if (opened) locate(opened, segments);
    if (opened && !opened.encrypts([...segments, "value"], [])) {
      return { canRead: true, canWrite: false, why: `The rule in the \`sops\` block of ${context.file} would leave ${path} in clear.` };
    }
    const refusal = await access(dirname(target), constants.W_OK).then(
      () => undefined,
      (error: unknown) => fromSystem(error, "write in the folder of", target),
    );
    return refusal ? { canRead: true, canWrite: false, why: refusal.message } : { canRead: true, canWrite: true };
  } catch (error) {
    if (!(error instanceof RotationError)) throw error;
    return { canRead: false, canWrite: false, why: error.message };
  }
}

async function openNew({ keyring, format, file }: Context): Promise<OpenedFile> {
  const { text } = await newSopsText(format, keyring.wrap);
  // With the keys and not the data key that is known: fails before anything is written if nobody here could read the file again.
  return openFile(text, format, file, keyring);
}

function requireVersion(opened: OpenedFile | undefined, path: readonly string[], expected: Version | "absent", file: string): void {
  const map = opened && locate(opened, path);
  if ((map ? versionOf(map) : "absent") === expected) return;
  const found = map ? "was written by somebody else since it was read" : "is not there any more";
  throw new RotationError(
    "conflict",
    `${path.join("/")} in ${file} ${expected === "absent" ? "exists already" : found}. Nothing was written. Read it again.`,
  );
}

/** The map at a path; undefined where there is none. @throws RotationError `invalid` where a value or a list stands in the way. */
function locate({ root, file }: OpenedFile, path: readonly string[]): MapNode | undefined {
  let node: Node = root;
  for (const [depth, key] of path.entries()) {
    const next: Node | undefined = node.kind === "map" ? findEntry(node, key)?.value : undefined;
    if (!next || (next.kind === "leaf" && next.written.type === "null")) return undefined;
    if (next.kind !== "map") {
      throw invalid(
        file,
        `${path.slice(0, depth + 1).join("/")} is a ${next.kind === "list" ? "list" : "single value"}, not a map of fields`,
        "Put the value under a key of its own, named value, or use another path.",
      );
    }
    node = next;
  }
  return node.kind === "map" ? node : undefined;
}

/** Changes with every write, as each encrypts with new nonces; stays the same however sops lays out the file. */
function versionOf(map: MapNode): Version {
  return createHash("sha256")
    .update(JSON.stringify(shapeOf(map)))
    .digest("base64url") as Version;
}

function shapeOf(node: Node): unknown {
  if (node.kind === "leaf") return `${node.written.type} ${node.written.text}`;
  if (node.kind === "list") return node.items.map(({ value }) => shapeOf(value));
  return { map: node.entries.map(({ key, value }) => [key, shapeOf(value)]) };
}

function segmentsOf(path: string, file: string): string[] {
  const segments = path.split("/");
  if (segments.includes(""))
    throw invalid(file, `the path "${path}" has an empty part`, "Write it as names with single slashes between them, such as psp/webhook.");
  if (segments[0] === "sops")
    throw invalid(file, 'the path starts with "sops", which is where a SOPS file keeps its keys', "Use another path.");
  return segments;
}

/** Removes what a killed process left. Another process that writes right now does it itself, and a read-only folder has nothing to remove. */
async function sweep(file: string): Promise<void> {
  const target = await followLinks(file).catch(() => file);
  if ((await findLeftovers(target)).length > 0) await withFileLock(target, () => removeLeftovers(target)).catch(() => undefined);
}

/** One write after the other: within a process there is no need to wait for the lock of the file. */
function queue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work, work);
    last = result.catch(() => undefined);
    return result;
  };
}
