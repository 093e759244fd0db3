import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { obtainOnce } from "./cache.ts";
import { createPythonEnvironment, pythonIn, pythonVersion } from "./python.ts";

const tool = "moto, which answers as AWS KMS,";
const requirements = fileURLToPath(new URL("../../python/moto.txt", import.meta.url));

/** The Python interpreter that runs moto's AWS KMS API: `<python> -m moto.server`. Versions are pinned in python/moto.txt. */
export async function obtainMoto(): Promise<string> {
  const folder = await obtainOnce({
    name: "moto",
    label: "the AWS KMS API (moto)",
    announce: "installing the AWS KMS API (moto, about 30 seconds the first time)",
    definedBy: [await readFile(requirements, "utf8"), await pythonVersion(tool)],
    make: async (folder) => void (await createPythonEnvironment(tool, folder, ["--requirement", requirements])),
  });
  return pythonIn(folder);
}
