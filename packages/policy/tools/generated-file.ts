import { readFileSync, writeFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";

/** Writes a generated file as the formatter likes it; with `--check` it only compares, and exits with 1 when the file is not current. */
export async function keepCurrent(file: string, make: (current: string) => string): Promise<void> {
  const current = read(file);
  const wanted = await format(make(current), { ...(await resolveConfig(file)), filepath: file });
  if (current === wanted) return;
  if (process.argv.includes("--check")) {
    process.stderr.write(`${file} is not current: run \`pnpm --filter @holdfast/policy generate\`\n`);
    process.exitCode = 1;
    return;
  }
  writeFileSync(file, wanted);
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
