import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { build, type BuildOptions, type Plugin } from "esbuild";

import { noticesOf } from "./notices.ts";
import { typescriptParser } from "./typescript-parser.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** `development` keeps the code readable and mapped to its sources; `release` is what the package holds. */
export type BundleKind = "development" | "release";

/** Writes `extension.cjs` and `client.cjs` for the extension host, and `server.js` and `holdfast.js` for processes of their own. */
export async function bundleExtension(kind: BundleKind, outdir: string = join(root, "dist")): Promise<void> {
  const shared = sharedOptions(kind);
  rmSync(outdir, { recursive: true, force: true });
  const bundles = await Promise.all([
    build({
      ...shared,
      entryPoints: [
        { in: join(root, "src/extension.ts"), out: "extension" },
        { in: join(root, "src/server/client.ts"), out: "client" },
      ],
      outdir,
      format: "cjs",
      outExtension: { ".js": ".cjs" },
      external: ["vscode"],
      plugins: [clientInItsOwnFile],
    }),
    // The server and the command share their chunks: the linter, the policy and the stores are in the package once.
    build({
      ...shared,
      entryPoints: [
        { in: sourceOf("@holdfast/language-server"), out: "server" },
        { in: sourceOf("holdfast"), out: "holdfast" },
      ],
      outdir,
      format: "esm",
      splitting: true,
      chunkNames: "chunks/[name]-[hash]",
      banner: { js: commonjsNames },
      plugins: [typescriptParser, withoutCoreRules],
    }),
  ]);
  copySchema(outdir);
  writeFileSync(join(outdir, "third-party-notices.txt"), noticesOf(bundles.map(({ metafile }) => metafile)));
}

function sharedOptions(kind: BundleKind) {
  return {
    bundle: true,
    minify: kind === "release",
    sourcemap: kind === "development",
    platform: "node",
    // Node of the oldest VS Code in `engines.vscode`.
    target: "node20.19",
    conditions: ["holdfast-source"],
    // The CommonJS build of jsonc-parser asks for its parts through a name that no bundler can follow.
    mainFields: ["module", "main"],
    legalComments: "none",
    metafile: true,
    logLevel: "error",
  } as const satisfies BuildOptions;
}

/** Nine tenths of the code in the extension host speak the protocol: they are read with the first document, not at activation. */
const clientInItsOwnFile: Plugin = {
  name: "client-in-its-own-file",
  setup(bundle) {
    bundle.onResolve({ filter: /^\.\/client\.ts$/ }, ({ kind }) =>
      kind === "dynamic-import" ? { path: "./client.cjs", external: true } : undefined,
    );
  },
};

/** Bundled CommonJS modules expect these names, which an ES module does not have. */
const commonjsNames = [
  'import { createRequire as __createRequire } from "node:module";',
  'import { fileURLToPath as __fileURLToPath } from "node:url";',
  "const require = __createRequire(import.meta.url);",
  "const __filename = __fileURLToPath(import.meta.url);",
  'const __dirname = __fileURLToPath(new URL(".", import.meta.url));',
].join("\n");

/** The engine turns on Holdfast's rules only, so ESLint's own stay out. */
const withoutCoreRules: Plugin = {
  name: "without-core-rules",
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/]eslint[\\/]lib[\\/]rules[\\/]index\.js$/ }, () => ({
      contents: "module.exports = new Map();",
      loader: "js",
    }));
  },
};

function sourceOf(name: string): string {
  return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), "src", "main.ts");
}

/** For editors that complete YAML by a schema. */
function copySchema(outdir: string): void {
  const server = createRequire(import.meta.url).resolve("@holdfast/language-server/package.json");
  const policy = dirname(createRequire(server).resolve("@holdfast/policy/package.json"));
  const schema = join(policy, "schema", "holdfast.schema.json");
  if (!existsSync(schema)) throw new Error(`${schema} is missing: build @holdfast/policy first.`);
  mkdirSync(join(outdir, "schema"), { recursive: true });
  copyFileSync(schema, join(outdir, "schema", "holdfast.schema.json"));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  await bundleExtension(process.argv.includes("--release") ? "release" : "development");
