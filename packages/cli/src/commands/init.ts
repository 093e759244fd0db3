import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

import { filesToLint } from "@holdfast/engine";
import { parsePolicy } from "@holdfast/policy";

import { type ExitCode, exitCodes, Failure } from "../failure.ts";
import { count, printable, terminalOf } from "../output/terminal.ts";
import { policyText, secretName, type StoreChoice } from "../survey/policy-text.ts";
import { isSurveyed, survey, type Survey } from "../survey/survey.ts";

export interface InitOptions {
  readonly store: "local" | "vault" | "none";
  readonly force?: boolean;
}

const policyName = "holdfast.yaml";
const storeName = "secrets.sops.yaml";
const identityName = ".holdfast/age.txt";
/** Larger ones are generated or data. */
const surveyedBytes = 1024 * 1024;

/** `holdfast init`: writes holdfast.yaml, and for a local store its key and an empty encrypted file. */
export async function init({ store, force }: InitOptions): Promise<ExitCode> {
  const folder = process.cwd();
  refuseToOverwrite(folder, force ? [] : [policyName, ...(store === "local" ? [storeName, identityName] : [])]);
  const found = survey(filesOf(folder), process.env);
  const choice = await choose(store, folder);
  const text = policyText(found, choice);
  const { problems } = parsePolicy(text, { file: policyName });
  if (problems.some(({ severity }) => severity === "error"))
    throw new Error(`init wrote a policy that does not parse: ${problems.map(({ message }) => message).join("; ")}`);
  write(join(folder, policyName), text);
  process.stdout.write(report(found, choice));
  return exitCodes.done;
}

function refuseToOverwrite(folder: string, names: readonly string[]): void {
  const existing = names.filter((name) => existsSync(join(folder, name)));
  if (existing.length === 0) return;
  throw new Failure({
    code: "exists",
    exitCode: exitCodes.usage,
    what: `${existing.join(" and ")} ${existing.length === 1 ? "exists" : "exist"} in ${folder}`,
    left: "Nothing was written",
    next: "Edit what is there, or replace it with --force",
  });
}

async function choose(store: InitOptions["store"], folder: string): Promise<StoreChoice> {
  switch (store) {
    case "none":
      return { kind: "none" };
    case "vault":
      return { kind: "vault", address: process.env["VAULT_ADDR"]?.replace(/\/+$/u, "") ?? "https://vault.internal:8200" };
    case "local":
      throw new Error("pending");
  }
}

function filesOf(folder: string) {
  const { files } = filesToLint([folder], { cwd: folder });
  return files
    .map((file) => ({ file, path: relative(folder, file).replaceAll("\\", "/") }))
    .filter(({ file, path }) => isSurveyed(path) && statSync(file).size <= surveyedBytes)
    .map(({ file, path }) => ({ path, text: readFileSync(file, "utf8") }));
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Failure({
      code: "not-written",
      exitCode: exitCodes.usage,
      what: `${file} could not be written: ${code === "EACCES" ? "permission denied" : code}`,
      next: "Make the folder writable and run holdfast init again",
    });
  }
}

function report({ upstreams, variables, stores }: Survey, choice: StoreChoice): string {
  const { colors } = terminalOf(process.stdout);
  const line = (label: string, items: readonly string[]) =>
    `  ${label.padEnd(10)} ${items.length > 0 ? printable(items.join(", ")) : colors.dim("none")}\n`;
  const written =
    choice.kind === "local"
      ? [policyName, `${choice.file} (encrypted, empty)`, `${choice.identityFile} (private key, mode 0600)`]
      : [policyName];
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
    ...written.map((file) => `  ${file}\n`),
    `${colors.bold("Next")}\n`,
    ...nextSteps(
      variables.filter(({ ownMaking }) => ownMaking).map(({ name }) => secretName(name)),
      choice,
    ).map((step, index) => `  ${index + 1}. ${step}\n`),
  ].join("");
}

function nextSteps(generated: readonly string[], choice: StoreChoice): string[] {
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
        `Keep a copy of ${choice.identityFile} in a safe place: without it nobody can read ${choice.file}.`,
      ];
  }
}
