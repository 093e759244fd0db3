import { mkdir, readFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { obtainOnce } from "./cache.ts";
import { findOnPath, run } from "./command.ts";
import { MissingToolError } from "./missing-tool.ts";

export interface RedisBinary {
  executable: string;
  /** What the executable needs besides PATH, to find the libraries that were unpacked beside it. */
  env: NodeJS.ProcessEnv;
}

/** `redis-server` from PATH, else Debian's package unpacked into the cache: nothing is installed, no service starts, no root needed. */
export async function obtainRedis(): Promise<RedisBinary> {
  const installed = await findOnPath("redis-server");
  if (installed !== undefined) return { executable: installed, env: {} };
  if ((await findOnPath("apt-get")) === undefined || (await findOnPath("dpkg")) === undefined) {
    throw missing("there is no `redis-server` on PATH, and this is not a Debian or Ubuntu whose package could be unpacked");
  }
  const folder = await obtainOnce({
    name: "redis",
    label: "Redis",
    announce: "unpacking Redis from the distribution's packages",
    definedBy: [await readFile("/etc/os-release", "utf8")],
    make: unpackFromDistribution,
  });
  return { executable: join(folder, "usr/bin/redis-server"), env: { LD_LIBRARY_PATH: await libraryPath(folder) } };
}

async function unpackFromDistribution(folder: string): Promise<void> {
  const apt = join(folder, "apt");
  await mkdir(join(apt, "lists", "partial"), { recursive: true });
  const fresh = ["-o", `Dir::State::Lists=${join(apt, "lists")}`, "-o", `Dir::Cache=${apt}`, "-o", "APT::Sandbox::User="];
  try {
    // The machine's package lists may be missing or outdated; then a fresh copy of them, read into the cache, has what they lack.
    await downloadAndUnpack(folder, []).catch(async () => {
      await run("apt-get", [...fresh, "update"]);
      await downloadAndUnpack(folder, fresh);
    });
  } catch (cause) {
    throw missing(
      `unpacking it from the distribution's packages failed (${cause instanceof Error ? cause.message : String(cause)})`,
      cause,
    );
  }
  await rm(apt, { recursive: true });
}

/** Unpacks `redis-server` and those of its dependencies that are not installed. */
async function downloadAndUnpack(folder: string, options: readonly string[]): Promise<void> {
  const simulated = await run("apt-get", [...options, "install", "--simulate", "--no-install-recommends", "redis-server"]);
  const packages = [...simulated.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name ?? "");
  const downloads = join(folder, "apt", "packages");
  await mkdir(downloads, { recursive: true });
  await run("apt-get", [...options, "download", ...packages], { cwd: downloads });
  for (const file of await readdir(downloads)) await run("dpkg", ["--extract", join(downloads, file), folder]);
}

async function libraryPath(folder: string): Promise<string> {
  const libraries = join(folder, "usr", "lib");
  const triplets = await readdir(libraries).catch(() => []);
  return triplets.map((triplet) => join(libraries, triplet)).join(":");
}

function missing(why: string, cause?: unknown): MissingToolError {
  const remedy =
    "Put `redis-server` 6.2 or newer on PATH (Debian: apt-get install redis-server; macOS: brew install redis; Windows has none).";
  return new MissingToolError({ tool: "Redis", why, remedy, cause });
}
