import { RotationError } from "../../error.ts";

/** What the file holds cannot be used: changed by hand, cut short, or never written by sops. `what` is a sentence without its full stop. */
export function damaged(file: string, what: string, advice: string): RotationError {
  return new RotationError("damaged", `${file}: ${what}. The file was left as it was. ${advice}`);
}

/** The caller asked for something this file cannot hold. */
export function invalid(file: string, what: string, advice: string): RotationError {
  return new RotationError("invalid", `${file}: ${what}. Nothing was written. ${advice}`);
}

export function keyUnavailable(file: string, what: string, advice: string): RotationError {
  return new RotationError("key-unavailable", `${file}: ${what}. The file was left as it was. ${advice}`);
}

/** The keys that lead to a leaf, as a person reads them. Keys are in clear in a SOPS file. */
export function printPath(path: readonly string[]): string {
  return path.join("/");
}
