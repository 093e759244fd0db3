/** The parts of a mount or a path of Vault, as requests take them. */
export function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "");
}
