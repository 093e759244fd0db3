import { homedir } from "node:os";
import { resolve } from "node:path";

/** A path of the policy: `~` is the home folder, a relative one starts at the folder of the policy. */
export function resolvePath(path: string, directory: string, env: NodeJS.ProcessEnv): string {
  const expanded = path === "~" || path.startsWith("~/") ? (env["HOME"] ?? homedir()) + path.slice(1) : path;
  return resolve(directory, expanded);
}
