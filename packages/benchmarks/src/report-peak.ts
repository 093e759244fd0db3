// Preloaded with --import: writes the process's CPU time and peak memory as JSON into the file that HOLDFAST_PEAK_FILE names, when it ends.
import { writeFileSync } from "node:fs";

const file = process.env["HOLDFAST_PEAK_FILE"];
if (file)
  process.on("exit", () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    writeFileSync(file, JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1000, peakMb: maxRSS / 1024 }));
  });
