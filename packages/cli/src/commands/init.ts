import { existsSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";

import { filesToLint } from "@holdfast/engine";
import { parsePolicy } from "@holdfast/policy";

import { type ExitCode, exitCodes, Failure } from "../failure.ts";
import { replaceFile } from "../files/replace-file.ts";
import { isSystemError, reasonOf } from "../files/system-error.ts";
import { count, printable, terminalOf, wrap } from "../output/terminal.ts";
import { identityName, type LocalStore, makeLocalStore, storeName } from "../survey/local-store.ts";
import { policyText, secretName, type StoreChoice } from "../survey/policy-text.ts";
import { isSurveyed, survey, type Survey } from "../survey/survey.ts";

export interface InitOptions {
  readonly store: StoreChoice["kind"];
  readonly force?: boolean;
}

const policyName = "holdfast.yaml";
/** Larger ones are generated or data. */
const surveyedBytes = 1024 * 1024;

/** `holdfast init`: writes holdfast.yaml, and for a local store its key and an empty encrypted file. With `--force`, a store and its key are kept all the same. */
export async function init({ store, force }: InitOptions): Promise<ExitCode> {
  const folder = process.cwd();
  if (!force) refuseToOverwrite(folder, [policyName, ...(store === "local" ? [storeName, identityName] : [])]);
  const found = survey(filesOf(folder), process.env);
  const local = store === "local" ? await makeLocalStore(folder) : undefined;
  try {
    const choice = choose(store, local);
    writePolicy(join(folder, policyName), policyText(found, choice));
    process.stdout.write(report(found, choice, local));
    return exitCodes.done;
  } catch (error) {
    local?.undo();
    throw error;
  }
}

function refuseToOverwrite(folder: string, names: readonly string[]): void {
  const existing = names.filter((name) => existsSync(join(folder, name)));
  if (existing.length === 0) return;
  throw new Failure({
    code: "exists",
    exitCode: exitCodes.usage,
    what: `${existing.join(" and ")} ${existing.length === 1 ? "exists" : "exist"} in ${folder}`,
    left: "Nothing was written",
    next: `Edit what is there; --force replaces ${policyName} and keeps a store and its key`,
  });
}

function choose(store: InitOptions["store"], local: LocalStore | undefined): StoreChoice {
  if (local) return { kind: "local", recipient: local.recipient, identityFile: identityName, file: storeName };
  if (store === "vault")
    return { kind: "vault", address: process.env["VAULT_ADDR"]?.replace(/\/+$/u, "") ?? "https://vault.internal:8200" };
  return { kind: "none" };
}

function filesOf(folder: string) {
  const { files } = filesToLint([folder], { cwd: folder });
  return files
    .map((file) => ({ file, path: relative(folder, file).replaceAll("\\", "/") }))
    .filter(({ file, path }) => isSurveyed(path) && statSync(file).size <= surveyedBytes)
    .map(({ file, path }) => ({ path, text: readFileSync(file, "utf8") }));
}

function writePolicy(file: string, text: string): void {
  const { problems } = parsePolicy(text, { file: policyName });
  if (problems.some(({ severity }) => severity === "error"))
    throw new Error(`init made a policy that does not parse: ${problems.map(({ message }) => message).join("; ")}`);
  try {
    replaceFile(file, text, { mode: 0o644 });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new Failure({
      code: "not-written",
      exitCode: exitCodes.usage,
      what: `${file} could not be written: ${reasonOf(error)}`,
      left: "Nothing was left behind",
      next: "Make the folder writable and run holdfast init again",
    });
  }
}

function report({ upstreams, variables, stores }: Survey, choice: StoreChoice, local: LocalStore | undefined): string {
  const { colors, columns } = terminalOf(process.stdout);
  const line = (label: string, items: readonly string[]) =>
    (items.length > 0 ? wrap(printable(items.join(", ")), columns - 13) : [colors.dim("none")])
      .map((text, index) => `  ${(index === 0 ? label : "").padEnd(10)} ${text}\n`)
      .join("");
  return [
    `${colors.bold("Found")}\n`,
    line(
      "upstreams",
      upstreams.map(({ name, seenIn }) => `${name} (${seenIn})`),
    ),
    line(
      "secrets",
      variables.map(({ name, seenIn }) => `${name} (${seenIn})`),
    ),
    line(
      "stores",
      stores.map(({ kind, seenIn }) => `${kind} (${seenIn})`),
    ),
    `${colors.bold("Wrote")}\n`,
    ...[policyName, ...(local?.written ?? [])].map((file) => `  ${file}\n`),
    ...(local && local.kept.length > 0 ? [`${colors.bold("Kept")}\n`, ...local.kept.map((file) => `  ${file}\n`)] : []),
    `${colors.bold("Next")}\n`,
    ...nextSteps(
      variables.map(({ name, ownMaking }) => ({ name: secretName(name), ownMaking })),
      choice,
    ).map((step, index) => `  ${index + 1}. ${step}\n`),
  ].join("");
}

interface NamedSecret {
  readonly name: string;
  readonly ownMaking: boolean;
}

function nextSteps(secrets: readonly NamedSecret[], choice: StoreChoice): string[] {
  const generated = secrets.filter(({ ownMaking }) => ownMaking).map(({ name }) => name);
  const issued = secrets.filter(({ ownMaking }) => !ownMaking).map(({ name }) => name);
  const steps = ["Read holdfast.yaml and put your own numbers in.", "holdfast check      judges the code by it."];
  switch (choice.kind) {
    case "none":
      return steps;
    case "vault":
      return [...steps, "Set VAULT_ROLE_ID and VAULT_SECRET_ID, then holdfast plan shows what rotate would do."];
    case "local":
      return [
        ...steps,
        generated.length > 0
          ? `holdfast rotate     makes the first value of ${count(generated.length, "secret")}: ${generated.join(", ")}.`
          : "Give a secret a `rotate:` line, then holdfast rotate makes its first value.",
        ...(issued[0] === undefined ? [] : [`holdfast set        takes what was issued to you: holdfast set ${issued[0]}.`]),
        `Keep a copy of ${choice.identityFile} in a safe place: without it nobody can read ${choice.file}.`,
      ];
  }
}
