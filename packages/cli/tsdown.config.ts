import { library } from "../../tsdown.shared.ts";
import { thirdPartyNotices } from "./tools/third-party-notices.ts";

/**
 * A program, not a library: all it needs except the linter is in its own files. `holdfast exec` stands before every start of somebody's service,
 * and finding and loading some hundred modules took longer than its work.
 */
export default library({
  entry: ["src/main.ts"],
  dts: false,
  sourcemap: false,
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
