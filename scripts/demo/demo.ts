import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

import { bold, exitCodeOf, faint, holdfast, print, root } from "./command.ts";
import { flipOneByte } from "./tampering.ts";

const example = join(root, "examples", "payments-service");
const folder = join(root, "holdfast-demo");
const copy = join(folder, "payments-service");

/** The main job end to end. Every step must end as it should, or the demo fails. */
export async function demo(): Promise<number> {
  const started = performance.now();
  rmSync(folder, { recursive: true, force: true });

  heading("1", "Lint a payments service that is about to launch");
  expectCode(await holdfast(["check", relative(root, example)], { cwd: root, shown: "yes" }), 1);

  heading("2", "Apply the safe fixes to a copy of it");
  copyExample();
  expectCode(await holdfast(["check", "src", "--fix", "--quiet"], { cwd: copy, shown: "yes" }), 1);
  print(
    faint(
      "What is left changes behaviour, so it is offered as a suggestion in the editor; examples/payments-service-fixed has all of it.\n",
    ),
  );

  heading("3", "Rotate its two secrets in an encrypted file, one of them killed half-way");
  await ownStore();
  expectCode(await holdfast(["rotate"], { cwd: copy, shown: "yes" }), 0);
  expectCode(await holdfast(["rotate", "psp/webhook", "--force"], { cwd: copy, shown: "yes" }), 0);
  await keyInUse();
  print(`${bold("$ holdfast rotate session/signing-key --force")}${faint("   (killed with SIGKILL after the second phase)")}\n`);
  expectCode(await exitCodeOf(process.execPath, [beside("killed-rotation.ts"), "session/signing-key"], copy), 137);
  await keyInUse();
  expectCode(await holdfast(["status"], { cwd: copy, shown: "yes" }), 0);
  expectCode(await holdfast(["resume"], { cwd: copy, shown: "yes" }), 0);
  await keyInUse();

  heading("4", "Prove what happened, and that nobody changed the record of it");
  expectCode(await holdfast(["audit", "verify"], { cwd: copy, shown: "yes" }), 0);
  const changed = join(folder, "audit-with-one-byte-flipped");
  cpSync(join(copy, ".holdfast", "audit"), changed, { recursive: true });
  print(`${flipOneByte(changed)}\n`);
  expectCode(await holdfast(["audit", "verify", "--log", relative(copy, changed)], { cwd: copy, shown: "yes" }), 5);

  heading("→", `Done in ${Math.round((performance.now() - started) / 1000)} s. What to type next`);
  print(
    [
      `  npm start -- ../my-service              lint a project of yours; it needs no configuration`,
      `  cd ../my-service && ${relative(join(root, "..", "my-service"), join(root, "node_modules", ".bin", "holdfast"))} init`,
      `                                          write a holdfast.yaml for it: budgets, upstreams, secrets`,
      `  less ${relative(root, join(example, "README.md"))}      what is wrong with the example, file by file`,
      `  npm test                                every check, against a real Vault, KMS, PostgreSQL, Redis and VS Code`,
      `  The README has five minutes for ESLint, CI, the editor and the terminal each.`,
      "",
    ].join("\n"),
  );
  return 0;
}

/** What a program gets to see: the same value before and after the crash, another one after resume. */
async function keyInUse(): Promise<void> {
  expectCode(await holdfast(["exec", "--", "node", "key-in-use.js"], { cwd: copy, shown: "yes" }), 0);
}

function heading(number: string, title: string): void {
  print(`\n${bold(`${number}  ${title}`)}\n\n`);
}

function copyExample(): void {
  mkdirSync(folder, { recursive: true });
  cpSync(example, copy, { recursive: true, filter: (path) => !/[\\/](?:node_modules|\.holdfast|dist)$/u.test(path) });
  cpSync(beside("key-in-use.js"), join(copy, "key-in-use.js"));
}

/** The example's policy names a recipient that nobody has the identity of; the copy gets one of its own. */
async function ownStore(): Promise<void> {
  const { createAgeIdentity } = await import("@holdfast/rotation");
  mkdirSync(join(copy, ".holdfast"), { recursive: true, mode: 0o700 });
  const { recipient } = await createAgeIdentity(join(copy, ".holdfast", "age.txt"));
  const policy = join(copy, "holdfast.yaml");
  writeFileSync(policy, readFileSync(policy, "utf8").replace(/age1[a-z0-9]+/u, recipient));
}

function beside(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

function expectCode(code: number, expected: number): void {
  if (code === expected) return;
  throw new Error(`The step above ended with ${code} where ${expected} was expected. This is a defect; please report it with the output.`);
}
