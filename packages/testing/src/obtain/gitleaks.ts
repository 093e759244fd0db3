import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { obtainOnce } from "./cache.ts";
import { findOnPath, run } from "./command.ts";
import { MissingToolError } from "./missing-tool.ts";

const version = "8.30.1";
const module = fileURLToPath(new URL("../../gitleaks/", import.meta.url));
const flags = ["-trimpath", "-ldflags=-s -w"];
const executable = process.platform === "win32" ? "gitleaks.exe" : "gitleaks";

/** Path of the `gitleaks` executable, built from the published Go module that gitleaks/go.sum pins. */
export async function obtainGitleaks(): Promise<string> {
  const pinned = await Promise.all(["go.mod", "go.sum"].map((file) => readFile(join(module, file), "utf8")));
  const folder = await obtainOnce({
    name: `gitleaks-${version}`,
    label: `gitleaks ${version}`,
    announce: `building gitleaks ${version} (about a minute the first time)`,
    definedBy: [...pinned, ...flags],
    make: build,
  });
  return join(folder, executable);
}

async function build(folder: string): Promise<void> {
  const go = await findOnPath("go");
  if (go === undefined)
    throw missing("it is built from source, and there is no `go` on PATH", "Install Go 1.25.3 or newer (go.dev/doc/install).");
  const target = join(folder, executable);
  await run(go, ["build", ...flags, "-o", target, "github.com/zricethezav/gitleaks/v8"], { cwd: module, env: { CGO_ENABLED: "0" } }).catch(
    (cause: unknown) => {
      const why = `building it failed (${cause instanceof Error ? cause.message : String(cause)})`;
      throw missing(why, "It needs Go 1.25.3 or newer and a reachable Go module proxy (or filled module cache).", cause);
    },
  );
}

function missing(why: string, remedy: string, cause?: unknown): MissingToolError {
  return new MissingToolError({ tool: `gitleaks ${version}`, why, remedy, cause });
}
