/** `node --conditions=holdfast-source tools/write-help.ts`: puts the help pages as they are now into docs/cli.md. */
import { readFileSync, writeFileSync } from "node:fs";

import { withHelp } from "./documented-help.ts";

const file = new URL("../../../docs/cli.md", import.meta.url);
writeFileSync(file, withHelp(readFileSync(file, "utf8")));
