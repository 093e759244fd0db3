import { known } from "../fact.ts";
import type { LibraryDefinition } from "../library.ts";
import { originOf, propertyOf } from "../value.ts";
import { fetchRequest, fetchWriter, optionTimeout, signalOr } from "./fetch.ts";

/**
 * node-fetch, and the packages that are node-fetch 2 on a server: cross-fetch and isomorphic-fetch. No retries, no timeout of their own. node-fetch 2
 * has `timeout` in milliseconds, until the headers and then for the body (node-fetch@2.7.0 lib/index.js, measured); 3 ignores it, a signal is the only
 * bound (node-fetch@3.3.2 docs/v3-UPGRADE-GUIDE.md, measured).
 */
export const nodeFetch: LibraryDefinition = {
  name: "node-fetch",
  packages: ["node-fetch", "cross-fetch", "isomorphic-fetch"],
  defaultTimeout: "none",
  interpret(call) {
    const [member, ...others] = call.path;
    if (call.form === "new" || others.length > 0 || (member !== undefined && member !== "fetch")) return undefined;
    const ignoresTimeout = call.module === "node-fetch" && call.major !== 1 && call.major !== 2;
    return fetchRequest(call, (init) => ({
      timeout: ignoresTimeout
        ? signalOr(init, () => {
            const ignored = propertyOf(init, "timeout");
            const isMisread = ignored.kind === "primitive" && call.major !== undefined;
            if (ignored.kind !== "absent" && !isMisread) return { kind: "unknown", why: "the version of node-fetch is not known" };
            return known(
              { bounds: "nothing", ...(isMisread && { misread: "node-fetch ignores `timeout` since version 3" }) },
              originOf(ignored),
            );
          })
        : optionTimeout(init),
      retries: [],
    }));
  },
  get write() {
    return fetchWriter;
  },
};
