import { readFileSync, statSync } from "node:fs";

import { loadPolicy, parsePolicy, type PolicyFile } from "@holdfast/policy";
import { openRotation, type Rotation, Secret } from "@holdfast/rotation";

import { type ExitCode, exitCodes, Failure } from "../failure.ts";
import { replaceFile } from "../files/replace-file.ts";
import { type NewSecret, withSecrets } from "../import/add-secrets.ts";
import { readEnvFile } from "../import/env-file.ts";
import { refuseNodeDebug } from "../node-debug.ts";
import { answer } from "../output/json.ts";
import { shownPath } from "../output/shown-path.ts";
import { count, printable, table, terminalOf } from "../output/terminal.ts";
import { openPolicy } from "../policy-file.ts";
import { secretName } from "../survey/policy-text.ts";
import { looksSecret } from "../survey/survey.ts";
import { agrees } from "../terminal-input.ts";

export interface ImportOptions {
  readonly store?: string;
  readonly prefix?: string;
  readonly all?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly policy?: string;
}

/** What becomes of one variable. `new`: no entry in the policy yet; `replace`: the store has another value. */
interface Planned extends NewSecret {
  readonly act: "new" | "set" | "replace" | "same" | "rotated";
}

/** `holdfast import`: the values of a .env file into a store, and their names into holdfast.yaml. The values are printed nowhere. */
export async function importFile(file: string, names: readonly string[], options: ImportOptions): Promise<ExitCode> {
  refuseNodeDebug(process.env["NODE_DEBUG"]);
  const policy = await openPolicy(options.policy);
  const { chosen, left } = choose(readEnvFile(file), names, options, file);
  const planned = await planOf(chosen, policy, options);
  const todo = planned.filter(({ act }) => act === "new" || act === "set" || act === "replace");
  if (!options.json) process.stdout.write(planText(planned, left, file, policy));
  if (todo.length > 0) {
    if (!options.yes && !(await agrees(`Write ${count(todo.length, "value")}?`))) throw notAgreed();
    writePolicy(
      policy,
      todo.filter(({ act }) => act === "new"),
    );
    await writeValues(policy.file, todo, chosen);
  }
  process.stdout.write(options.json ? jsonText(planned, left) : doneText(todo.length, file));
  return exitCodes.done;
}

function choose(
  variables: ReadonlyMap<string, string>,
  names: readonly string[],
  { all }: ImportOptions,
  file: string,
): { readonly chosen: ReadonlyMap<string, string>; readonly left: readonly string[] } {
  const missing = names.find((name) => !variables.has(name));
  if (missing !== undefined) {
    throw new Failure({
      code: "unknown-variable",
      exitCode: exitCodes.usage,
      what: `${file} has no value for ${JSON.stringify(missing)}`,
      left: "Nothing was written",
      next: `It has ${[...variables.keys()].join(", ") || "none"}`,
    });
  }
  const isChosen = (name: string) => (names.length > 0 ? names.includes(name) : all === true || looksSecret(name));
  return {
    chosen: new Map([...variables].filter(([name]) => isChosen(name))),
    left: [...variables.keys()].filter((name) => !isChosen(name)),
  };
}

async function planOf(
  variables: ReadonlyMap<string, string>,
  { file, directory, policy, problems }: PolicyFile,
  options: ImportOptions,
): Promise<Planned[]> {
  const rotation = openRotation({ policy: { file, directory, policy, problems } });
  try {
    const planned: Planned[] = [];
    for (const [env, value] of variables) {
      const known = policy.secrets.find((secret) => secret.env === env);
      if (known) planned.push({ ...placeOf(known, env), act: known.rotate ? "rotated" : await standingOf(rotation, known.name, value) });
      else planned.push({ ...newSecret(env, policy, options), act: "new" });
    }
    refuseTakenNames(planned, policy);
    return planned;
  } finally {
    await rotation.close();
  }
}

function placeOf({ name, store, path }: Omit<NewSecret, "env">, env: string): NewSecret {
  return { name, store, path, env };
}

/** @throws RotationError when the store cannot be read. */
async function standingOf(rotation: Rotation, name: string, value: string): Promise<"set" | "replace" | "same"> {
  const [status] = await rotation.status([name]);
  if (status?.error) throw status.error;
  if (status?.state === "missing") return "set";
  const [read] = await rotation.read([name]);
  return read?.value.equals(Secret.of(value)) ? "same" : "replace";
}

function newSecret(env: string, policy: PolicyFile["policy"], { store: named, prefix }: ImportOptions): NewSecret {
  const stores = policy.stores.map(({ name }) => name);
  const store = named ?? (stores.length === 1 ? stores[0] : undefined);
  if (store === undefined || !stores.includes(store)) {
    throw new Failure({
      code: "which-store",
      exitCode: exitCodes.usage,
      what:
        named === undefined
          ? `${policy.file} has ${count(stores.length, "store")}`
          : `${policy.file} has no store ${JSON.stringify(named)}`,
      left: "Nothing was written",
      next: stores.length === 0 ? "Add one under `stores:`, or run holdfast init" : `Name one with --store: ${stores.join(", ")}`,
    });
  }
  const name = prefix === undefined ? secretName(env) : `${prefix.replace(/\/+$/u, "")}/${env.toLowerCase().replaceAll("_", "-")}`;
  return { name, store, path: name, env };
}

/** Two variables may give the same name, and a name may be that of another variable's secret. */
function refuseTakenNames(planned: readonly Planned[], policy: PolicyFile["policy"]): void {
  const taken = new Map(policy.secrets.map(({ name, env }) => [name, env]));
  for (const { act, name, env } of planned) {
    if (act !== "new") continue;
    if (taken.has(name)) {
      throw new Failure({
        code: "name-taken",
        exitCode: exitCodes.usage,
        what: `${env} would be the secret ${name}, which ${taken.get(name) === undefined ? "there is already" : `is that of ${taken.get(name)}`}`,
        left: "Nothing was written",
        next: `Give ${name} the line \`env: ${env}\` if it is the same, or choose a --prefix`,
      });
    }
    taken.set(name, env);
  }
}

function writePolicy({ file }: PolicyFile, secrets: readonly NewSecret[]): void {
  if (secrets.length === 0) return;
  const text = withSecrets(readFileSync(file, "utf8"), secrets);
  const problem = parsePolicy(text, { file }).problems.find(({ severity }) => severity === "error");
  if (problem) {
    throw new Failure({
      code: "not-representable",
      exitCode: exitCodes.usage,
      what: `${shownPath(file)} would not be right with these entries: ${problem.message}`,
      left: "Nothing was written",
      next: "Add them by hand, then run holdfast import again",
    });
  }
  replaceFile(file, text, { mode: statSync(file).mode & 0o7777 });
}

async function writeValues(file: string, planned: readonly Planned[], values: ReadonlyMap<string, string>): Promise<void> {
  const rotation = openRotation({
    policy: loadPolicy(file),
    onWarning: (message) => void process.stderr.write(`holdfast: ${printable(message)}\n`),
  });
  try {
    for (const { name, env } of planned) await rotation.set(name, Secret.of(values.get(env) ?? ""));
  } finally {
    await rotation.close();
  }
}

const acts: Readonly<Record<Planned["act"], string>> = {
  new: "is written, and named in holdfast.yaml",
  set: "is written; holdfast.yaml names it already",
  replace: "REPLACES another value in the store",
  same: "is in the store already",
  rotated: "is left out: Holdfast makes its values",
};

function planText(planned: readonly Planned[], left: readonly string[], file: string, policy: PolicyFile): string {
  const { colors } = terminalOf(process.stdout);
  const rows = planned.map(({ env, name, store, path, act }) => [env, name, `${store}:${path}`, acts[act]].map(printable));
  const shown =
    rows.length === 0
      ? `${printable(file)} has no variable that looks secret.\n`
      : table([["VARIABLE", "SECRET", "PLACE", ""], ...rows], (cell, _, row) => (row === 0 ? colors.dim(cell) : cell));
  const rest = left.length === 0 ? "" : `Left alone: ${printable(left.join(", "))}. Name them, or use --all.\n`;
  return `${printable(file)} → ${shownPath(policy.file)}\n${shown}${rest}`;
}

function doneText(written: number, file: string): string {
  if (written === 0) return "✔ Nothing had to be written.\n";
  return [
    `✔ ${count(written, "value")} written. Now:`,
    "  1. holdfast exec -- <program>   starts your program with them: see that it works.",
    `  2. Delete ${printable(file)} and every copy of it: it holds the values in the clear.`,
    "  3. If it was ever committed or shared, replace the values where they were issued: whoever saw them knows them.",
    "",
  ].join("\n");
}

function jsonText(planned: readonly Planned[], left: readonly string[]): string {
  const secrets = planned.map(({ env, name, store, path, act }) => ({ variable: env, secret: name, store, path, result: act }));
  return answer({ secrets, left });
}

function notAgreed(): Failure {
  return new Failure({
    code: "not-agreed",
    exitCode: exitCodes.usage,
    what: "Nobody agreed to this",
    left: "Nothing was written",
    next: "Answer y on a terminal, or use --yes",
  });
}
