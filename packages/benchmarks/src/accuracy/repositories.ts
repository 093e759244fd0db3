import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A public repository at one commit. */
export interface Repository {
  /** `owner/name` */
  readonly repository: string;
  readonly commit: string;
}

const list = fileURLToPath(new URL("../../accuracy/repositories.json", import.meta.url));

export function repositories(): readonly Repository[] {
  return JSON.parse(readFileSync(list, "utf8")) as Repository[];
}

/**
 * The folder with a repository's files at its commit, outside this project; fetched once. `clones` is a folder of clones that are there already, each
 * at `<owner>+<name>/repo`; without one they come from GitHub.
 */
export function checkoutOf({ repository, commit }: Repository, clones: string | undefined): string {
  const folder = join(
    process.env["HOLDFAST_CACHE"] ?? join(homedir(), ".cache", "holdfast"),
    "corpus",
    `${repository.replace("/", "+")}@${commit}`,
  );
  if (existsSync(folder)) return folder;
  const source = clones === undefined ? `https://github.com/${repository}` : join(clones, repository.replace("/", "+"), "repo");
  const half = `${folder}.${process.pid}`;
  mkdirSync(dirname(half), { recursive: true });
  const git = (...args: readonly string[]) => execFileSync("git", ["-C", half, ...args], { stdio: ["ignore", "ignore", "inherit"] });
  try {
    execFileSync("git", ["init", "--quiet", half]);
    git("fetch", "--quiet", "--depth", "1", source, commit);
    git("-c", "advice.detachedHead=false", "checkout", "--quiet", "FETCH_HEAD");
    renameSync(half, folder);
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
  return folder;
}
