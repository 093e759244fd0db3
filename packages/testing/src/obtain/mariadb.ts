import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { exists, obtainOnce } from "./cache.ts";
import { findOnPath } from "./command.ts";
import { hasDebianPackages, libraryPath, unpackDebianPackage } from "./debian-package.ts";
import { MissingToolError } from "./missing-tool.ts";

export interface MariadbBinary {
  executable: string;
  /** Folder of messages and of the SQL that makes the system tables. */
  share: string;
  /** What the executable needs besides PATH, to find the libraries that were unpacked beside it. */
  env: NodeJS.ProcessEnv;
}

/** `mariadbd` from PATH, else Debian's package unpacked into the cache: nothing is installed, no service starts, no root needed. */
export async function obtainMariadb(): Promise<MariadbBinary> {
  const installed = await findOnPath("mariadbd");
  if (installed !== undefined) {
    const root = dirname(dirname(installed));
    for (const share of [join(root, "share", "mysql"), join(root, "share", "mariadb"), "/usr/share/mysql"])
      if (await exists(join(share, "mysql_system_tables.sql"))) return { executable: installed, share, env: {} };
  }
  if (!(await hasDebianPackages()))
    throw missing("there is no `mariadbd` on PATH, and this is not a Debian or Ubuntu whose package could be unpacked");
  const folder = await obtainOnce({
    name: "mariadb",
    label: "MariaDB",
    announce: "unpacking MariaDB from the distribution's packages",
    definedBy: [await readFile("/etc/os-release", "utf8")],
    make: unpackFromDistribution,
  });
  return {
    executable: join(folder, "usr/sbin/mariadbd"),
    share: join(folder, "usr/share/mysql"),
    env: { LD_LIBRARY_PATH: await libraryPath(folder) },
  };
}

async function unpackFromDistribution(folder: string): Promise<void> {
  try {
    await unpackDebianPackage("mariadb-server-core", folder);
  } catch (cause) {
    throw missing(
      `unpacking it from the distribution's packages failed (${cause instanceof Error ? cause.message : String(cause)})`,
      cause,
    );
  }
}

function missing(why: string, cause?: unknown): MissingToolError {
  const remedy =
    "Put `mariadbd` 10.6 or newer on PATH (Debian: apt-get install mariadb-server-core; macOS: brew install mariadb; Windows is not supported).";
  return new MissingToolError({ tool: "MariaDB", why, remedy, cause });
}
