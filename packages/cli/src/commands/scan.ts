import { lstatSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

import type { PolicyFile } from "@holdfast/policy";

import { type ExitCode, exitCodes, Failure } from "../failure.ts";
import { isSystemError, reasonOf } from "../files/system-error.ts";
import { answer } from "../output/json.ts";
import { shownPath } from "../output/shown-path.ts";
import { count, printable, terminalOf } from "../output/terminal.ts";
import { withRotation } from "../rotation-session.ts";
import { type Finder, finderOf } from "../scan/find-all.ts";
import { shortestBytes, spellingsOf } from "../scan/spellings.ts";

export interface ScanOptions {
  readonly json?: boolean;
  readonly policy?: string;
}

interface Found {
  readonly file: string;
  readonly line: number;
  readonly secret: string;
  readonly which: "current" | "previous";
}

interface Skipped {
  readonly what: string;
  readonly why: string;
}

type Word = Pick<Found, "secret" | "which">;

const largestBytes = 64 * 1024 * 1024;

/** `holdfast scan`: 1 when a value of the store is in a file. Says where and whose it is, never what it is. */
export async function scan(paths: readonly string[], { json, policy: policyFile }: ScanOptions): Promise<ExitCode> {
  const skipped: Skipped[] = [];
  const { finder, stores } = await withRotation(policyFile, async (rotation, policy) => {
    const statuses = await rotation.status();
    const failed = statuses.find(({ error }) => error);
    if (failed?.error) throw failed.error;
    const stored = statuses.filter(({ generation }) => generation !== undefined).map(({ secret }) => secret);
    const words: [string, Word][] = [];
    for (const { secret, value, previous } of await rotation.read(stored)) {
      for (const [which, held] of [
        ["current", value],
        ["previous", previous],
      ] as const) {
        if (held === undefined) continue;
        if (Buffer.byteLength(held.reveal()) < shortestBytes)
          skipped.push({ what: secret, why: `its ${which} value is shorter than ${shortestBytes} bytes` });
        else for (const spelling of spellingsOf(held.reveal())) words.push([spelling, { secret, which }]);
      }
    }
    return { finder: finderOf(words), stores: storeFiles(policy) };
  });
  const found: Found[] = [];
  let files = 0;
  for (const file of filesBelow(paths.length > 0 ? paths : ["."], stores, skipped)) {
    const bytes = readable(file, skipped);
    if (bytes === undefined) continue;
    files += 1;
    found.push(...findIn(finder, bytes.toString("latin1"), file));
  }
  process.stdout.write(json ? answer({ files, found, skipped }) : textOf(found, files, skipped));
  return found.length > 0 ? exitCodes.findings : exitCodes.done;
}

function storeFiles({ directory, policy }: PolicyFile): ReadonlySet<string> {
  return new Set(
    policy.stores.flatMap((store) => (store.kind === "sops" ? [resolve(directory, store.file.replace(/^~(?=\/)/u, homedir()))] : [])),
  );
}

/** Every regular file, links not followed. What is named and is not there is an error: a typing mistake must not look like a clean tree. */
function* filesBelow(paths: readonly string[], stores: ReadonlySet<string>, skipped: Skipped[]): Generator<string> {
  const pending = paths.map((path) => ({ path: resolve(path), named: true }));
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { path, named } = next;
    try {
      const status = lstatSync(named ? realpathSync(path) : path);
      if (stores.has(path)) skipped.push({ what: shownPath(path), why: "it is the store" });
      else if (status.isFile() && status.size > largestBytes) skipped.push({ what: shownPath(path), why: "it is larger than 64 MiB" });
      else if (status.isFile()) yield path;
      else if (status.isDirectory() && path.endsWith("/.git"))
        skipped.push({ what: shownPath(path), why: "git keeps its objects compressed" });
      else if (status.isDirectory())
        pending.push(
          ...readdirSync(path)
            .sort()
            .reverse()
            .map((name) => ({ path: join(path, name), named: false })),
        );
    } catch (error) {
      if (!isSystemError(error)) throw error;
      if (named)
        throw new Failure({
          code: "not-read",
          exitCode: exitCodes.usage,
          what: `${path} could not be read: ${reasonOf(error)}`,
          left: "Nothing was judged",
        });
      skipped.push({ what: shownPath(path), why: reasonOf(error) });
    }
  }
}

function readable(file: string, skipped: Skipped[]): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    skipped.push({ what: shownPath(file), why: reasonOf(error) });
    return undefined;
  }
}

function findIn(finder: Finder<Word>, text: string, file: string): Found[] {
  const found = new Map<string, Found>();
  let [line, counted] = [1, 0];
  finder.search(text, ({ secret, which }, end) => {
    for (; counted < end - 1; counted += 1) if (text.charCodeAt(counted) === 10) line += 1;
    found.set(`${line} ${secret} ${which}`, { file: shownPath(file), line, secret, which });
  });
  return [...found.values()];
}

function textOf(found: readonly Found[], files: number, skipped: readonly Skipped[]): string {
  const { colors } = terminalOf(process.stdout);
  const lines = found.map(
    ({ file, line, secret, which }) =>
      `${file}:${line}  ${colors.red(which === "current" ? "the value" : "the previous value")} of ${printable(secret)}\n`,
  );
  const left = skipped.map(({ what, why }) => colors.dim(`- ${printable(what)} was not searched: ${why}\n`));
  const verdict =
    found.length === 0
      ? `${colors.green("✔")} No value of the store is in ${count(files, "file")}.\n`
      : `${colors.red("✖")} ${count(found.length, "place")} in ${count(files, "file")}. Take the values out, then replace them: holdfast rotate --force <secret>.\n`;
  return `${lines.join("")}${left.join("")}${verdict}`;
}
