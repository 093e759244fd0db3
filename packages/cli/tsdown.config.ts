import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { library } from "../../tsdown.shared.ts";
import { thirdPartyNotices } from "./tools/third-party-notices.ts";

/**
 * A program, not a library: all it needs except the linter is in its own files. `holdfast exec` stands before every start of somebody's service,
 * and finding and loading some hundred modules took longer than its work. CommonJS, because Node fills in every name of its own modules for an ES
 * module that imports them, which loads what nobody asked for.
 */
export default library({
  entry: ["src/start.ts"],
  format: "cjs",
  minify: true,
  dts: false,
  sourcemap: false,
  define: { HOLDFAST_BUILD: JSON.stringify(buildId()) },
  inputOptions: { resolve: { conditionNames: ["holdfast-source", "node", "import", "default"] } },
  plugins: [
    {
      name: "third-party-notices",
      generateBundle(_options, bundle) {
        const modules = Object.values(bundle).flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
        this.emitFile({ type: "asset", fileName: "third-party-notices.txt", source: thirdPartyNotices(modules) });
      },
    },
  ],
});

/** Another one for every change of what reads policies. */
function buildId(): string {
  const hash = createHash("sha256");
  for (const folder of ["../policy/src", "src"].map((path) => fileURLToPath(new URL(path, import.meta.url)))) {
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
      const file = `${folder}/${name}`;
      if (statSync(file).isFile()) hash.update(`${name}\n`).update(readFileSync(file));
    }
  }
  return hash.digest("hex").slice(0, 32);
}
