import type { Pattern } from "./pattern.ts";
import { wildcardShape } from "./wildcard.ts";

/**
 * Reads `https://*.psp.example/v1/**`: `*` is one label of the host or one segment of the path, or a piece of one; `**` is the rest, also none:
 * the labels before (`**.psp.example`) or the segments after.
 * A pattern without a path is the whole host. Hosts are compared without regard to case, query and fragment are left out.
 */
export function urlPattern(text: string): Pattern {
  const { scheme, host, port, path } = partsOf(text);
  const shape = new RegExp(`^${scheme}://${hostShape(host)}:${wildcardShape(port, "[^/]+")}${pathShape(path)}$`, "u");
  return {
    matches: (url) => shape.test(printed(partsOf(url))),
    literalCharacters: text.replaceAll("*", "").replace(/\/$/u, "").length,
  };
}

interface UrlParts {
  readonly scheme: string;
  readonly host: string;
  readonly port: string;
  readonly path: string;
}

function partsOf(url: string): UrlParts {
  const {
    scheme = "",
    host = "",
    port,
    path = "",
  } = /^(?<scheme>[a-z][a-z\d+.-]*):\/\/(?:[^/?#@]*@)?(?<host>[^/?#:]*)(?::(?<port>[^/?#]*))?(?<path>[^?#]*)/iu.exec(url)?.groups ?? {};
  const lower = scheme.toLowerCase();
  return { scheme: lower, host: host.toLowerCase(), port: port ?? (lower === "http" ? "80" : "443"), path };
}

function printed({ scheme, host, port, path }: UrlParts): string {
  return `${scheme}://${host}:${port}${path === "" ? "/" : path}`;
}

function hostShape(host: string): string {
  return host.startsWith("**.") ? `(?:[^/]+\\.)?${hostShape(host.slice(3))}` : wildcardShape(host, "[^/.]+");
}

/** A trailing slash is what is left of a URL whose next segment is not known, so the last `*` may be nothing. */
function pathShape(path: string): string {
  if (path === "" || path === "/**") return "/.*";
  if (path.endsWith("/**")) return `${wildcardShape(path.slice(0, -3), "[^/]+")}(?:/.*)?`;
  return path.endsWith("/*") ? `${wildcardShape(path.slice(0, -1), "[^/]+")}[^/]*` : wildcardShape(path, "[^/]+");
}
