// `npm start`: the main job on the example. `npm start -- <folder>`: the lint on a folder of yours.
import { resolve } from "node:path";

import { holdfast } from "./demo/command.ts";
import { demo } from "./demo/demo.ts";

const paths = process.argv.slice(2);
process.exitCode = paths.length > 0 ? await lint(paths) : await demo();

/** Paths count from where npm was called. Findings are the answer, not a failure of this command: it ends with 0 for them. */
async function lint(given: readonly string[]): Promise<number> {
  const from = process.env["INIT_CWD"] ?? process.cwd();
  const absolute = given.map((path) => resolve(from, path));
  const code = await holdfast(["check", ...absolute], { cwd: from, shown: "no" });
  return code === 1 ? 0 : code;
}
