import { join } from "node:path";
import { findOnPath, run } from "./command.ts";
import { MissingToolError } from "./missing-tool.ts";

/** Makes a virtual environment in `folder` with the pip arguments installed, and answers its interpreter. Start tools with `-m`: their scripts hold the path. */
export async function createPythonEnvironment(tool: string, folder: string, pipArguments: readonly string[]): Promise<string> {
  await run(await findPython(tool), ["-m", "venv", folder]).catch((error: unknown) => {
    throw missing(tool, "`python3 -m venv` failed", error);
  });
  const interpreter = pythonIn(folder);
  await run(interpreter, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...pipArguments]).catch((error: unknown) => {
    throw missing(tool, "`pip install` failed", error);
  });
  return interpreter;
}

/** An environment belongs to the version it was made with: "Python 3.11.7". */
export async function pythonVersion(tool: string): Promise<string> {
  return (await run(await findPython(tool), ["--version"])).trim();
}

export function pythonIn(environment: string): string {
  return process.platform === "win32" ? join(environment, "Scripts", "python.exe") : join(environment, "bin", "python");
}

async function findPython(tool: string): Promise<string> {
  const python = await findOnPath("python3", "python");
  if (python === undefined) throw missing(tool, "there is no `python3` on PATH");
  return python;
}

function missing(tool: string, why: string, cause?: unknown): MissingToolError {
  return new MissingToolError({
    tool,
    why: cause instanceof Error ? `${why} (${cause.message})` : why,
    remedy: "Install Python 3.10 or newer with venv (Debian: apt-get install python3-venv); it installs the tool with pip into the cache.",
    cause,
  });
}
