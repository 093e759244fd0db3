import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { findOnPath, run } from "./command.ts";

export async function hasDebianPackages(): Promise<boolean> {
  return (await findOnPath("apt-get")) !== undefined && (await findOnPath("dpkg")) !== undefined;
}

/** Unpacks a package of the distribution, with those of its dependencies that are not installed, into `folder`: nothing is installed, no service starts. */
export async function unpackDebianPackage(name: string, folder: string): Promise<void> {
  const apt = join(folder, "apt");
  await mkdir(join(apt, "lists", "partial"), { recursive: true });
  const fresh = ["-o", `Dir::State::Lists=${join(apt, "lists")}`, "-o", `Dir::Cache=${apt}`, "-o", "APT::Sandbox::User="];
  // The machine's package lists may be missing or outdated; then a fresh copy of them, read into the cache, has what they lack.
  await downloadAndUnpack(name, folder, []).catch(async () => {
    await run("apt-get", [...fresh, "update"]);
    await downloadAndUnpack(name, folder, fresh);
  });
  await rm(apt, { recursive: true });
}

/** Where a program in `folder` finds the libraries that were unpacked beside it. */
export async function libraryPath(folder: string): Promise<string> {
  const libraries = join(folder, "usr", "lib");
  const triplets = await readdir(libraries).catch(() => []);
  return triplets.map((triplet) => join(libraries, triplet)).join(":");
}

async function downloadAndUnpack(name: string, folder: string, options: readonly string[]): Promise<void> {
  const simulated = await run("apt-get", [...options, "install", "--simulate", "--no-install-recommends", name]);
  const packages = [...simulated.matchAll(/^Inst (\S+)/gm)].map(([, found]) => found ?? "");
  const downloads = join(folder, "apt", "packages");
  await mkdir(downloads, { recursive: true });
  await run("apt-get", [...options, "download", ...packages], { cwd: downloads });
  for (const file of await readdir(downloads)) await run("dpkg", ["--extract", join(downloads, file), folder]);
}
