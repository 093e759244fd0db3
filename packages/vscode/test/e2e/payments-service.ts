import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const example = join(import.meta.dirname, "..", "..", "..", "..", "examples", "payments-service");
const command = join(import.meta.dirname, "..", "..", "dist", "holdfast.js");

/** The example service in a folder of its own, its store encrypted for a key made there, and first values for its secrets. */
export function preparePaymentsService(folder: string): void {
  cpSync(example, folder, { recursive: true, filter: (path) => !path.endsWith("node_modules") });
  symlinkSync(join(example, "node_modules"), join(folder, "node_modules"));
  const policy = join(folder, "holdfast.yaml");
  writeFileSync(policy, readFileSync(policy, "utf8").replace(/age1\w+/, recipientMadeIn(join(folder, ".holdfast"))));
  holdfast(folder, "rotate");
}

/** Runs the command of the package that is tested. */
export function holdfast(folder: string, ...args: readonly string[]): string {
  return execFileSync(process.execPath, [command, ...args], { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** The value as the real sops decrypts it. */
export function decrypted(sops: string, folder: string, ...path: readonly string[]): string {
  const extract = path.map((key) => `[${JSON.stringify(key)}]`).join("");
  const env = { ...process.env, SOPS_AGE_KEY_FILE: join(folder, ".holdfast", "age.txt"), SOPS_DISABLE_VERSION_CHECK: "1" };
  return execFileSync(sops, ["decrypt", "--extract", extract, join(folder, "secrets.sops.yaml")], { env, encoding: "utf8" });
}

/** `holdfast init` makes the identity; its public half is the recipient that the policy names. */
function recipientMadeIn(holdfastFolder: string): string {
  const empty = mkdtempSync(join(tmpdir(), "holdfast-init-"));
  try {
    holdfast(empty, "init");
    mkdirSync(holdfastFolder, { recursive: true });
    cpSync(join(empty, ".holdfast", "age.txt"), join(holdfastFolder, "age.txt"));
    return /age1\w+/.exec(readFileSync(join(empty, "holdfast.yaml"), "utf8"))![0];
  } finally {
    rmSync(empty, { recursive: true, force: true });
  }
}
