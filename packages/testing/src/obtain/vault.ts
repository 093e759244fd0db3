import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { obtainOnce } from "./cache.ts";
import { findOnPath, run } from "./command.ts";
import { MissingToolError } from "./missing-tool.ts";

export interface VaultBinaries {
  /** The `vault` executable. */
  vault: string;
  /** Folder with `postgresql-database-plugin` and `redis-database-plugin` and nothing else: Vault registers every file of it. */
  plugins: string;
}

const version = "1.21.2";
const module = fileURLToPath(new URL("../../vault/", import.meta.url));
const executable = process.platform === "win32" ? ".exe" : "";

const commands = {
  [`vault${executable}`]: "github.com/hashicorp/vault",
  [`plugins/postgresql-database-plugin${executable}`]: "github.com/hashicorp/vault/plugins/database/postgresql/postgresql-database-plugin",
  [`plugins/redis-database-plugin${executable}`]: "github.com/hashicorp/vault-plugin-database-redis/cmd/vault-plugin-database-redis",
};

// `minimal` leaves out cloud storage and cloud secret engines; without optimisation the build takes half the time and no test notices.
const flags = ["-trimpath", "-tags", "minimal", "-gcflags=all=-N -l", "-ldflags=-s -w"];

/** Vault and its PostgreSQL and Redis database plugins, built from the published Go modules that vault/go.sum pins. */
export async function obtainVault(): Promise<VaultBinaries> {
  const pinned = await Promise.all(["go.mod", "go.sum"].map((file) => readFile(join(module, file), "utf8")));
  const folder = await obtainOnce({
    name: `vault-${version}`,
    label: `Vault ${version}`,
    announce: `building Vault ${version} (about 4 minutes the first time)`,
    definedBy: [...pinned, ...flags, ...Object.entries(commands).flat()],
    make: build,
  });
  return { vault: join(folder, `vault${executable}`), plugins: join(folder, "plugins") };
}

async function build(folder: string): Promise<void> {
  const go = await findOnPath("go");
  if (go === undefined) {
    throw new MissingToolError({
      tool: `HashiCorp Vault ${version}`,
      why: "it is built from source, and there is no `go` on PATH",
      remedy: "Install Go 1.25.3 or newer (go.dev/doc/install) and run the tests again.",
    });
  }
  await mkdir(join(folder, "plugins"));
  for (const [output, command] of Object.entries(commands)) {
    await run(go, ["build", ...flags, "-o", join(folder, output), command], { cwd: module, env: { CGO_ENABLED: "0" } }).catch(buildFailed);
  }
}

function buildFailed(cause: unknown): never {
  throw new MissingToolError({
    tool: `HashiCorp Vault ${version}`,
    why: `building it failed (${cause instanceof Error ? cause.message : String(cause)})`,
    remedy: "It needs Go 1.25.3 or newer, a reachable Go module proxy (or filled module cache) and 5 GB of disk.",
    cause,
  });
}
