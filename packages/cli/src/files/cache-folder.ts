import { lstatSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/**
 * A folder of this user for what only saves time: compiled code and policies as read. Undefined where there is none that nobody else can write to:
 * what is in it is run. `HOLDFAST_CACHE` names another one, or `off`.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const asked = env["HOLDFAST_CACHE"];
  if (asked === "off") return undefined;
  const folder = asked || join(systemFolder(env), "holdfast", "command");
  if (!isAbsolute(folder)) return undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return isOurs(folder) ? folder : undefined;
  } catch {
    return undefined;
  }
}

function systemFolder(env: NodeJS.ProcessEnv): string {
  if (process.platform === "win32") return env["LOCALAPPDATA"] ?? "";
  return env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
}

function isOurs(folder: string): boolean {
  const status = lstatSync(folder);
  if (!status.isDirectory()) return false;
  return process.getuid === undefined || (status.uid === process.getuid() && (status.mode & 0o022) === 0);
}
