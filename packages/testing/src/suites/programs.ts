import { obtainEditor } from "../obtain/editor.ts";
import type { Editor } from "../obtain/editor.ts";
import { obtainSops } from "../obtain/sops.ts";
import { forSuite } from "./suite.ts";

/** The real `sops`: `executable` is its path. Run it with SOPS_DISABLE_VERSION_CHECK=1, or `--version` asks its makers for the newest one. */
export function useSops(): { executable: string } {
  return forSuite(async () => ({ value: { executable: await obtainSops() }, close: () => Promise.resolve() }));
}

/** A real VS Code that runs in a browser, and the browser. The suite starts and ends them itself. */
export function useEditor(): Editor {
  return forSuite(async () => ({ value: await obtainEditor(), close: () => Promise.resolve() }));
}
