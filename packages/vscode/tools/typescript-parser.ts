import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import { build, type Plugin } from "esbuild";

/**
 * Bundles of TypeScript only what parses. The linter asks for no types, so the checker, the transformers, the program and the language service
 * (seven eighths of typescript.js) would only cost size, start-up time and memory. `test/typescript-parser.test.ts` holds that the trees stay the same.
 */
export const typescriptParser: Plugin = {
  name: "typescript-parser",
  setup(bundle) {
    bundle.onLoad({ filter: needsTypes }, () => ({ contents: absentModule, loader: "js" }));
    bundle.onLoad({ filter: /[\\/]typescript[\\/]lib[\\/]typescript\.js$/ }, async ({ path }) => ({
      contents: await parserOf(readFileSync(path, "utf8")),
      loader: "js",
    }));
  },
};

/** Modules of typescript-estree that work on programs, which exist only with type information. */
const needsTypes = new RegExp(
  [
    String.raw`typescript-estree[\\/]dist[\\/](`,
    String.raw`create-program[\\/](createIsolatedProgram|createProjectProgram|createProjectProgramError|getWatchProgramsForProjects|useProvidedPrograms)`,
    String.raw`|useProgramFromProjectService|semantic-or-syntactic-errors|nativeParserRegistry|native[\\/].*`,
    String.raw`)\.js$`,
  ].join(""),
);

const absentModule = `module.exports = new Proxy({}, {
  get: (_, name) => () => { throw new Error("This bundle reads no type information (" + String(name) + ")."); },
});`;

/** Sections of typescript.js that register things when they load, and so would keep everything they mention. */
const leftOut =
  /^\/\/ src\/(services\/(?!(services|types|utilities)\.ts)|server\/|jsTyping\/|typingsInstallerCore\/|deprecatedCompat\/|typescript\/)/;

/** typescript.js is one function that fills `module.exports`; as a module with named exports, esbuild can drop what none of them reaches. */
async function parserOf(source: string): Promise<string> {
  const start = source.indexOf("((module) => {") + "((module) => {".length;
  const end = source.indexOf("module.exports = __toCommonJS(typescript_exports);");
  const bodyEnd = source.indexOf("// Annotate the CommonJS export names for ESM import in node:");
  const exportsStart = source.indexOf("__export(typescript_exports, {");
  if ([exportsStart, end, bodyEnd].some((at) => at < start))
    throw new Error("typescript.js has another shape than the one this was written for.");
  const exported = new Map(
    [...source.slice(exportsStart, end).matchAll(/^\s+(\w+): \(\) => (\w+)/gm)].map(([, name, local]) => [name!, local!]),
  );
  const body =
    source.slice(start, exportsStart) + source.slice(end, bodyEnd).replace("module.exports = __toCommonJS(typescript_exports);", "");
  const sections = body.replace('"use strict";', "").split(/^(?=\/\/ src\/)/m);
  const kept = sections.filter((section) => !leftOut.test(section)).join("");
  const names = usedNames().filter((name) => exported.has(name));
  const { outputFiles } = await build({
    stdin: { contents: `${kept}\nexport { ${names.map((name) => `${exported.get(name)} as ${name}`).join(", ")} };`, loader: "js" },
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    treeShaking: true,
    logLevel: "error",
  });
  // A plain object: the importers were compiled for a CommonJS module without `__esModule`.
  return `${outputFiles[0]!.text}\nmodule.exports = { ...module.exports };`;
}

/** Every member of TypeScript that the modules in the bundle name: `ts.createSourceFile`, `ts__default.default.SyntaxKind`. */
function usedNames(): string[] {
  const names = new Set<string>();
  for (const file of importers()) {
    const text = readFileSync(file, "utf8");
    if (!/require\(['"]typescript['"]\)/.test(text)) continue;
    for (const [, name] of text.matchAll(/\bts\d*(?:__default\.default)?\.(\w+)/g)) names.add(name!);
  }
  return [...names].sort();
}

/** The CommonJS modules that end up beside TypeScript in the bundle, found the way the engine finds them. */
function importers(): string[] {
  const engine = createRequire(createRequire(import.meta.url).resolve("@holdfast/language-server/package.json")).resolve(
    "@holdfast/engine/package.json",
  );
  const parser = createRequire(engine).resolve("@typescript-eslint/parser");
  const estree = createRequire(parser).resolve("@typescript-eslint/typescript-estree");
  const apiUtils = createRequire(estree).resolve("ts-api-utils");
  const modules = [parser, estree].flatMap((entry) =>
    readdirSync(dirname(entry), { recursive: true, encoding: "utf8" }).map((name) => join(dirname(entry), name)),
  );
  return [...modules.filter((file) => file.endsWith(".js") && !needsTypes.test(file)), apiUtils];
}
