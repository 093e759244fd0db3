import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { findPolicy, type PolicyFile } from "@holdfast/policy";

import { exitCodes, Failure } from "./failure.ts";
import { cacheFolder } from "./files/cache-folder.ts";

/** The policy that `--policy` names or the nearest one; throws `Failure` or the policy's own `PolicyError`. */
export async function openPolicy(file: string | undefined): Promise<PolicyFile> {
  const found = file === undefined ? findPolicy(process.cwd()) : resolve(file);
  if (found !== undefined) return (await remembered(found)) ?? (await load(found));
  throw new Failure({
    code: "no-policy",
    exitCode: exitCodes.usage,
    what: `There is no holdfast.yaml in ${process.cwd()} or in a folder above it`,
    left: "Nothing was done",
    next: "Run holdfast init to write one, or name yours with --policy",
  });
}

async function load(file: string): Promise<PolicyFile> {
  const { loadPolicy } = await import("./judge-policy.ts");
  return loadPolicy(file);
}

/** Stands for the sources of this build; empty when they run as they are, which may change between two runs. */
declare const HOLDFAST_BUILD: string | undefined;
const build = typeof HOLDFAST_BUILD === "undefined" ? "" : HOLDFAST_BUILD;
const largestBytes = 1024 * 1024;

/**
 * Judging a policy takes several times as long as all else that a start does, and gives the same for the same text; so what was read is kept beside
 * the compiled code. Undefined when that is not possible here.
 */
async function remembered(file: string): Promise<PolicyFile | undefined> {
  const root = build === "" ? undefined : cacheFolder();
  const text = root === undefined ? undefined : textOf(file);
  if (root === undefined || text === undefined) return undefined;
  const folder = join(root, "policies");
  const place = join(folder, createHash("sha256").update(`${build}\n${file}\n`).update(text).digest("hex"));
  const before = parsed(place);
  if (before) return { ...before, file, directory: dirname(file) };
  const policy = await load(file);
  // Changed between the two reads: then it is not what the name says.
  if (textOf(file)?.equals(text)) keep(folder, place, policy);
  return policy;
}

function textOf(file: string): Buffer | undefined {
  try {
    const status = statSync(file);
    return status.isFile() && status.size <= largestBytes ? readFileSync(file) : undefined;
  } catch {
    return undefined;
  }
}

function parsed(place: string): Pick<PolicyFile, "policy" | "problems"> | undefined {
  try {
    return JSON.parse(readFileSync(place, "utf8")) as Pick<PolicyFile, "policy" | "problems">;
  } catch {
    return undefined;
  }
}

function keep(folder: string, place: string, { policy, problems }: PolicyFile): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const temporary = `${place}.${randomBytes(6).toString("hex")}`;
    writeFileSync(temporary, JSON.stringify({ policy, problems }), { mode: 0o600, flag: "wx" });
    renameSync(temporary, place);
  } catch {
    // A cache that cannot be written saves no time, and nothing else.
  }
}
