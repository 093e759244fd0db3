import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, join } from "node:path";

/**
 * Real code from npm, at fixed versions (package.json beside this folder): clients, servers, SDKs and libraries that publish their sources,
 * in TypeScript and JavaScript, ES modules and CommonJS.
 */
const folders: readonly (readonly [module: string, folder: string])[] = [
  ["rxjs", "src"],
  ["@tanstack/query-core", "src"],
  ["openai", "src"],
  ["undici", "lib"],
  ["express", "lib"],
  ["axios", "lib"],
  ["fastify", "lib"],
  ["stripe", "esm"],
];

const require = createRequire(import.meta.url);
const code = new Set([".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx"]);

export interface SourceText {
  readonly path: string;
  readonly text: string;
}

/** Every code file of the corpus, in a fixed order. Declarations are left out: there is nothing in them to find. */
export function corpus(): SourceText[] {
  return folders.flatMap(([module, folder]) =>
    filesUnder(join(folderOf(module), folder))
      .filter((path) => code.has(extname(path)) && !/\.d\.[cm]?ts$/u.test(path))
      .map((path) => ({ path, text: readFileSync(path, "utf8") })),
  );
}

/** The folder of an installed package, whatever its `exports` hide: the real one, as a project's own files have, and not the package manager's link to it. */
function folderOf(module: string): string {
  for (const above of require.resolve.paths(module) ?? []) {
    const folder = join(above, module);
    if (statSync(join(folder, "package.json"), { throwIfNoEntry: false })) return realpathSync(folder);
  }
  throw new Error(`${module} is not installed: run npm start once.`);
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort();
}
