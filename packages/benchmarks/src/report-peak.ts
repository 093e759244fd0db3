// Preloaded with --import: writes the process's peak memory in kilobytes into the file that HOLDFAST_PEAK_FILE names, when it ends.
import { writeFileSync } from "node:fs";

const file = process.env["HOLDFAST_PEAK_FILE"];
if (file) process.on("exit", () => writeFileSync(file, String(process.resourceUsage().maxRSS)));
