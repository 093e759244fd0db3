import { exitCodes, Failure } from "./failure.ts";

/** Parts of Node that print secrets when NODE_DEBUG names them, which no program can turn off: the headers of requests, the environment of programs. */
const telling = ["net", "child_process"];

/** Throws `Failure` when this process would print secrets by itself. */
export function refuseNodeDebug(names: string | undefined): void {
  const asked = telling.filter((part) => isNamed(names ?? "", part));
  if (asked.length === 0) return;
  throw new Failure({
    code: "node-debug",
    exitCode: exitCodes.usage,
    what: `NODE_DEBUG asks Node to print what ${asked.join(" and ")} ${asked.length === 1 ? "handles" : "handle"}, secrets included`,
    left: "Nothing was done",
    next: `Take ${asked.join(" and ")} out of NODE_DEBUG; DEBUG is harmless`,
  });
}

/** As Node reads the variable: names in any case with commas between them, `*` for anything. */
function isNamed(names: string, part: string): boolean {
  const pattern = names
    .replace(/[|\\{}()[\]^$+?.]/gu, String.raw`\$&`)
    .replaceAll("*", ".*")
    .replaceAll(",", "$|^");
  return new RegExp(`^${pattern}$`, "iu").test(part);
}
