import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

import type { RotatorPolicy } from "@holdfast/policy";

import { RotationError } from "../../error.ts";
import type { RotationContext } from "../../roles.ts";
import { fromSystem } from "../../stores/atomic-file.ts";
import { type Ciphertext, type Source, documentSource, fileSource } from "./ciphertexts.ts";
import { dataOf, isCode, type Mount } from "./data.ts";

type RewrapPolicy = NonNullable<Extract<RotatorPolicy, { with: "vault-transit" }>["rewrap"]>;

export interface Rewrapped {
  readonly rewrapped: number;
  /** Of an older version still, as Vault refused them. */
  readonly left: number;
  /** The file that says which and why. */
  readonly errors: string;
}

export interface Target {
  readonly mount: Mount;
  readonly key: string;
  readonly version: number;
  readonly context: RotationContext;
}

interface Failure {
  readonly place: string;
  readonly error: string;
}

/** How many batches may be lost by a crash; doing them again changes nothing that matters. */
const batchesBetweenSaves = 20;
const tries = 5;
/** Vault takes 32 MiB, and an answer here may have 8. */
const bytesOfBatch = 1024 * 1024;

/**
 * Encrypts what is of an older version anew, and leaves alone what has the version already: after a crash only the rest is done. A ciphertext that
 * Vault refuses stays as it is and is told of; it does not stop the others.
 * @throws RotationError `unfinished` when it is stopped between two batches, and what any request or write throws; what was saved stays.
 */
export async function rewrapAll(policy: RewrapPolicy, target: Target): Promise<Rewrapped> {
  const { context } = target;
  const failures: Failure[] = [];
  let rewrapped = 0;
  for (const source of sourcesOf(policy, context)) rewrapped += await rewrapSource(source, policy.batch ?? 200, target, failures);
  const errors = context.resolve(policy.errors ?? ".holdfast/rewrap-errors.jsonl");
  await keepFailures(errors, failures);
  return { rewrapped, left: failures.length, errors };
}

/** @throws RotationError for a place with ciphertexts that is not there or cannot be read. */
export async function requireReadable(policy: RewrapPolicy, context: RotationContext): Promise<void> {
  for (const source of sourcesOf(policy, context)) await source.read();
}

function sourcesOf({ documents = [], file }: RewrapPolicy, context: RotationContext): Source[] {
  const inStore = documents.map(({ path, fields }) => documentSource(context.store, path, fields));
  return file === undefined ? inStore : [...inStore, fileSource(context.resolve(file))];
}

/** Somebody else may write there meanwhile: then it is read again. */
async function rewrapSource(source: Source, size: number, target: Target, failures: Failure[]): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const found: Failure[] = [];
    try {
      const rewrapped = await rewrapOnce(source, size, target, found);
      failures.push(...found);
      return rewrapped;
    } catch (error) {
      if (attempt === tries || !isCode(error, "conflict", "unknown-outcome")) throw error;
    }
  }
}

async function rewrapOnce(source: Source, size: number, target: Target, failures: Failure[]): Promise<number> {
  const { ciphertexts, broken } = await source.read();
  failures.push(...broken);
  const old = ciphertexts.filter(({ version }) => version < target.version);
  const done = new Map<Ciphertext, string>();
  let unsaved = 0;
  for (const batch of batchesOf(old, size)) {
    if (target.context.signal?.aborted) {
      await source.save(done);
      throw new RotationError(
        "unfinished",
        `Rewrapping ${source.name} was stopped; ${done.size} of ${old.length} are done. Resume goes on.`,
      );
    }
    await rewrapBatch(batch, target, { done, failures });
    unsaved += 1;
    if (unsaved < batchesBetweenSaves) continue;
    await source.save(done);
    unsaved = 0;
  }
  await source.save(done);
  return done.size;
}

interface Results {
  readonly done: Map<Ciphertext, string>;
  readonly failures: Failure[];
}

/** Where Vault refuses a batch as a whole, its halves show which of it is meant. */
async function rewrapBatch(batch: readonly Ciphertext[], target: Target, results: Results): Promise<void> {
  try {
    const answers = await ask(batch, target);
    batch.forEach((ciphertext, index) => {
      const { ciphertext: renewed, error } = answers[index] ?? {};
      if (typeof renewed === "string" && !error) results.done.set(ciphertext, renewed);
      else
        results.failures.push({
          place: ciphertext.place,
          error: typeof error === "string" ? clip(error) : "Vault answered nothing for it",
        });
    });
  } catch (error) {
    if (!isCode(error, "invalid")) throw error;
    if (batch.length === 1) {
      results.failures.push({ place: batch[0]!.place, error: clip(error.message) });
      return;
    }
    const middle = Math.ceil(batch.length / 2);
    for (const half of [batch.slice(0, middle), batch.slice(middle)]) await rewrapBatch(half, target, results);
  }
}

/** Doing it twice only makes another ciphertext of the same version, so a lost answer is asked for again. */
async function ask(batch: readonly Ciphertext[], { mount, key, version }: Target): Promise<{ ciphertext?: unknown; error?: unknown }[]> {
  const items = batch.map(({ text, context }) => ({ ciphertext: text, key_version: version, ...(context !== undefined && { context }) }));
  const answer = await mount.ask({
    method: "POST",
    path: ["rewrap", key],
    body: { batch_input: items },
    effect: "read",
    what: `rewrap with the key ${key}`,
  });
  const results = dataOf(answer)["batch_results"];
  return Array.isArray(results) ? (results as { ciphertext?: unknown; error?: unknown }[]) : [];
}

function* batchesOf(all: readonly Ciphertext[], size: number): Generator<Ciphertext[]> {
  let [batch, bytes]: [Ciphertext[], number] = [[], 0];
  for (const ciphertext of all) {
    if (batch.length === size || (batch.length > 0 && bytes + ciphertext.text.length > bytesOfBatch)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(ciphertext);
    bytes += ciphertext.text.length;
  }
  if (batch.length > 0) yield batch;
}

/** The file tells of the last run only, and is gone when nothing failed. */
async function keepFailures(file: string, failures: readonly Failure[]): Promise<void> {
  try {
    if (failures.length === 0) return await rm(file, { force: true });
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, failures.map((failure) => `${JSON.stringify(failure)}\n`).join(""), { mode: 0o600 });
  } catch (error) {
    throw fromSystem(error, "write", file);
  }
}

function clip(text: string): string {
  const line = text.replaceAll(/\s+/gu, " ");
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
