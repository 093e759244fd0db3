import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { obtainOnce } from "./cache.ts";
import { findOnPath } from "./command.ts";
import { hasDebianPackages, libraryPath, unpackDebianPackage } from "./debian-package.ts";
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
  if (!(await hasDebianPackages())) {
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
  try {
    await unpackDebianPackage("redis-server", folder);
  } catch (cause) {
    throw missing(
      `unpacking it from the distribution's packages failed (${cause instanceof Error ? cause.message : String(cause)})`,
      cause,
    );
  }
}

function missing(why: string, cause?: unknown): MissingToolError {
  const remedy =
    "Put `redis-server` 6.2 or newer on PATH (Debian: apt-get install redis-server; macOS: brew install redis; Windows has none).";
  return new MissingToolError({ tool: "Redis", why, remedy, cause });
}
