import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { createAgeIdentity, createSopsFile } from "@holdfast/rotation";

import { exitCodes, Failure } from "../failure.ts";

export const storeName = "secrets.sops.yaml";
export const identityName = ".holdfast/age.txt";
const ignored = ".holdfast/";

export interface LocalStore {
  readonly recipient: string;
  /** For people: what was made, and what was there. */
  readonly written: readonly string[];
  readonly kept: readonly string[];
  /** Takes away what was made. */
  undo(): void;
}

/** An age key and an empty encrypted file, each kept when it is there; in a git repository the key is ignored before it exists. */
export async function makeLocalStore(folder: string): Promise<LocalStore> {
  const [store, identity] = [join(folder, storeName), join(folder, identityName)];
  if (existsSync(store) && !existsSync(identity)) throw storeWithoutKey(folder);
  const undone: (() => void)[] = [];
  const [written, kept]: [string[], string[]] = [[], []];
  const undo = () => undone.reverse().forEach((step) => step());
  try {
    const ignore = ignoreInGit(folder);
    if (ignore) {
      undone.push(ignore.undo);
      written.push(`.gitignore (${ignored})`);
    }
    let recipient: string;
    if (existsSync(identity)) {
      recipient = recipientOf(identity);
      kept.push(identityName);
    } else {
      mkdirSync(dirname(identity), { recursive: true, mode: 0o700 });
      ({ recipient } = await createAgeIdentity(identity));
      undone.push(() => rmSync(identity));
      written.push(`${identityName} (private key, mode 0600)`);
    }
    if (existsSync(store)) kept.push(storeName);
    else {
      await createSopsFile({ file: store, recipients: [recipient] });
      undone.push(() => rmSync(store));
      written.push(`${storeName} (encrypted, empty)`);
    }
    return { recipient, written, kept, undo };
  } catch (error) {
    undo();
    throw error;
  }
}

/** `age-keygen` and Holdfast both write the recipient as a comment above the identity. */
function recipientOf(identity: string): string {
  const [recipient] = /age1[a-z0-9]{20,}/u.exec(readFileSync(identity, "utf8")) ?? [];
  if (recipient !== undefined) return recipient;
  throw new Failure({
    code: "no-recipient",
    exitCode: exitCodes.usage,
    what: `${identity} does not name its public key`,
    left: "Nothing was written",
    next: "Put it in a comment of the file, as age-keygen does: # public key: age1…",
  });
}

function storeWithoutKey(folder: string): Failure {
  return new Failure({
    code: "exists",
    exitCode: exitCodes.usage,
    what: `${storeName} exists in ${folder} and ${identityName} does not: a new key could not read it`,
    left: "Nothing was written",
    next: `Put its key at ${identityName}, or move ${storeName} away`,
  });
}

function ignoreInGit(folder: string): { undo: () => void } | undefined {
  if (!isInRepository(folder)) return undefined;
  const file = join(folder, ".gitignore");
  const before = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  if (before?.split("\n").some((line) => /^\/?\.holdfast\/?\s*$/u.test(line))) return undefined;
  const gap = before === undefined || before === "" || before.endsWith("\n") ? "" : "\n";
  writeFileSync(file, `${before ?? ""}${gap}${ignored}\n`);
  return { undo: () => (before === undefined ? rmSync(file) : writeFileSync(file, before)) };
}

function isInRepository(folder: string): boolean {
  return existsSync(join(folder, ".git")) || (dirname(folder) !== folder && isInRepository(dirname(folder)));
}
