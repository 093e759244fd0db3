import { isClientFileOfFramework, isInFrontEndPackage } from "../project/front-end-package.ts";
import type { Fact } from "./fact.ts";
import type { UrlPattern } from "./outbound-call.ts";

/**
 * Whose the URL is: an upstream's, the program's own (relative, localhost, link-local, data and blob), or not told by what is known.
 * A URL of which nothing is known is "unknown". One with an unknown base and a known path (`${base}/payments`) is an upstream's on a server;
 * in a browser the base is most often the page's own back end, so there it is "own".
 */
export function ownerOf(url: Fact<UrlPattern>, runsIn: "browser" | "server"): "upstream" | "own" | "unknown" {
  if (url.kind === "unknown") return runsIn === "browser" ? "own" : "unknown";
  const { parts } = url.value;
  const [first] = parts;
  if (first === undefined && runsIn === "browser") return "own";
  if (first === undefined && isOwnHost(/^:\/\/(?<host>[^/?#]*)/u.exec(parts[1] ?? "")?.groups?.["host"])) return "own";
  if (first === undefined) return parts.some((part) => part !== undefined && part.replaceAll("/", "") !== "") ? "upstream" : "unknown";
  if (/^(?:data|blob|file|about):/iu.test(first)) return "own";
  const host = /^(?:[a-z][a-z\d+.-]*:)?\/\/(?<host>[^/?#]*)/iu.exec(first)?.groups?.["host"];
  if (host === undefined) return "own"; // relative
  if (host === "") return parts.length > 1 ? "upstream" : "own";
  return isOwnHost(host) ? "own" : "upstream";
}

/** The machine itself, or what answers only to it. */
function isOwnHost(host: string | undefined): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|169\.254(?:\.\d+){2}|0\.0\.0\.0|\[::1\])(?::\d*)?$/iu.test(host?.replace(/^[^@]*@/u, "") ?? "");
}

/**
 * Where the code of a file runs, as far as its text and package tell: the DOM, JSX, the environment variables that front-end bundlers fill in, and a
 * package that renders and does not serve.
 */
export function runsIn(file: { readonly path: string; readonly text: string }): "browser" | "server" {
  const known = told.get(file) ?? (runsInBrowser(file) ? "browser" : "server");
  told.set(file, known);
  return known;
}

/** Every call of a file asks, and the answer takes a search of its whole text. */
const told = new WeakMap<object, "browser" | "server">();

function runsInBrowser({ path, text }: { readonly path: string; readonly text: string }): boolean {
  if (serverPath.test(path)) return false;
  if (browserPath.test(path)) return true;
  if (serverModules.test(text)) return false;
  return (
    browserMarks.test(text) ||
    (publicAddress.test(text) && !secretOfServer.test(text)) ||
    (eitherMarks.test(text) && !serverMarks.test(text) && !secretOfServer.test(text) && !serverFolder.test(path)) ||
    isClientFileOfFramework(path) ||
    isInFrontEndPackage(path)
  );
}

/** The end points of Next.js, which read the variables of the pages too. */
const serverPath = /[/\\]pages[/\\]api[/\\]|[/\\]app[/\\](?:.*[/\\])?route\.[jt]s$/u;
/** Where a package of pages keeps what only its server runs. */
const serverFolder = /[/\\]src[/\\](?:.*[/\\])?server[/\\]/u;
/** What no page can import; what is said of `document` beside them is told to a browser that the server drives, or in a comment. */
const serverModules =
  /\bfrom\s+["'](?:node:(?!url|path|assert|events|util|buffer)[\w/]+|@nestjs\/[\w-]+|playwright(?:-core)?|puppeteer(?:-core)?)["']/u;
const browserPath = /\.(?:[jt]sx|vue|svelte|astro)$|[/\\](?:client-only|front-?end)[/\\]/u;
const browserMarks =
  /["']use client["']|\bimport\.meta\.env\b|\b(?:window|localStorage|sessionStorage)\.\w|\bdocument\.(?:querySelector|getElement|createElement|body|cookie|addEventListener|head|documentElement|location|visibilityState)|\bcredentials: ["'](?:include|same-origin)["']|\bnew XMLHttpRequest\b|\bchrome\.(?:storage|runtime|tabs|action|alarms)\.|\bnavigator\.(?:userAgent|onLine|clipboard|language|sendBeacon|serviceWorker)|\b(?:from|import|require\()\s*\(?["'](?:@angular\/|(?:react(?:-dom|-native|-query|-router|-router-dom|-redux)|@tanstack\/(?:react|vue|svelte|solid)-query|swr|vue|vue-router|pinia|vuex|zustand|jotai|recoil|@reduxjs\/toolkit(?:\/query(?:\/react)?)?)["'])/u;
/** The address of the project's own server, which pages need to be told. */
export const publicAddress = /\b(?:REACT_APP|NEXT_PUBLIC|VITE|EXPO_PUBLIC|VUE_APP)_\w*(?:URL|HOST|BASE|ENDPOINT|ORIGIN|DOMAIN|SITE)/u;
/** A variable that bundlers leave out of what they send to pages. */
const secretOfServer = /\bprocess\.env\.(?!NEXT_PUBLIC|REACT_APP|VITE|EXPO_PUBLIC|VUE_APP)\w*(?:SECRET|TOKEN|PASSWORD|PRIVATE|API_KEY)/u;
/** What code of both sides may have: a server too reads what the browser is told, except for the address of itself, and caches by `react`. */
const eitherMarks = /\b(?:REACT_APP|NEXT_PUBLIC|VITE|EXPO_PUBLIC|VUE_APP)_|["']react["']/u;
/** What no browser has. */
const serverMarks =
  /["'](?:server-only|node:[\w/]+|fs(?:\/promises)?|crypto|https?|net|tls|dns|child_process|next\/(?:headers|server)|undici|stripe|@prisma\/client|ioredis|bullmq|@upstash\/\w+)["']/u;

/** A URL whose beginning is known, with `*` for each part that is not; for looking up its budget. */
export function urlPattern(url: Fact<UrlPattern>): string | undefined {
  if (url.kind === "unknown" || !url.value.parts[0]) return undefined;
  return url.value.parts.map((part) => part ?? "*").join("");
}

/** The host with its port in lower case, with `*` for what is not known of it; undefined when it is not known where the host is. */
export function hostOf(url: Fact<UrlPattern>): string | undefined {
  return /^[a-z][a-z\d+.-]*:\/\/(?:[^/@]*@)?(?<host>[^/?#]*)/iu.exec(urlPattern(url) ?? "")?.groups?.["host"]?.toLowerCase();
}

/** The path as far as it is known, with `*` for each unknown part. */
export function pathOf(url: Fact<UrlPattern>): string {
  if (url.kind === "unknown") return "";
  return url.value.parts
    .map((part) => part ?? "*")
    .join("")
    .replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/iu, "")
    .replace(/[?#].*$/su, "");
}
