import { enableCompileCache } from "node:module";
import { join } from "node:path";

import { cacheFolder } from "./files/cache-folder.ts";

// Before anything else is loaded, so that the next start finds it compiled. Node 20 has no such cache.
const folder = enableCompileCache === undefined ? undefined : cacheFolder();
if (folder !== undefined) enableCompileCache(join(folder, "code"));

void import("./main.ts");
