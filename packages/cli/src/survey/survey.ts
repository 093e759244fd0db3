import { knownSdks } from "./known-sdks.ts";

/** One file as read; paths are relative to the folder that is looked at. */
export interface SurveyedFile {
  readonly path: string;
  readonly text: string;
}

export interface FoundUpstream {
  readonly name: string;
  readonly match: readonly string[];
  readonly packages: readonly string[];
  /** The first place that names it. */
  readonly seenIn: string;
}

export interface FoundVariable {
  readonly name: string;
  readonly seenIn: string;
  /** A value that this service makes up itself, so that Holdfast can make the next one. */
  readonly ownMaking: boolean;
}

export interface FoundStore {
  readonly kind: "sops" | "vault";
  readonly seenIn: string;
}

export interface Survey {
  readonly upstreams: readonly FoundUpstream[];
  readonly variables: readonly FoundVariable[];
  readonly stores: readonly FoundStore[];
}

/** What a project talks to, which secrets it reads and which stores it uses already, told from its files alone. */
export function survey(files: readonly SurveyedFile[], environment: NodeJS.ProcessEnv): Survey {
  const code = files.filter(({ path }) => isCode(path) && !isTest(path));
  return {
    upstreams: mergedByName([...upstreamsByHost(code), ...upstreamsByPackage(files)]),
    variables: variables(code),
    stores: stores(files, environment),
  };
}

export function isCode(path: string): boolean {
  return /\.[cm]?[jt]sx?$|\.(?:vue|svelte|astro)$/u.test(path) && !/\.d\.[cm]?ts$/u.test(path);
}

/** The files that `survey` reads anything from. */
export function isSurveyed(path: string): boolean {
  return isCode(path) || /(?:^|\/)(?:package\.json|\.sops\.ya?ml|\.env[\w.-]*|[\w.-]*\.ya?ml)$/u.test(path);
}

function isTest(path: string): boolean {
  return /(?:^|\/)(?:tests?|__tests__|e2e|fixtures|stories|scripts)\/|\.(?:test|spec|stories)\./u.test(path);
}

function upstreamsByHost(code: readonly SurveyedFile[]): FoundUpstream[] {
  const hosts = new Map<string, string>();
  for (const { path, text } of code) {
    for (const [, host = ""] of text.matchAll(/["'`]https?:\/\/(?<host>[A-Za-z0-9.-]+\.[A-Za-z]{2,})(?=[:/"'`?#])/gu)) {
      if (!notAnUpstream.test(host) && !hosts.has(host)) hosts.set(host, path);
    }
  }
  return [...hosts].map(([host, seenIn]) => ({ name: nameOfHost(host), match: [`https://${host}/**`], packages: [], seenIn }));
}

/** Namespaces and documentation are no upstreams; nor is this machine. */
const notAnUpstream =
  /^(?:localhost|.*\.local|www\.w3\.org|json-schema\.org|schemas?\..*|.*\.schema\.org|github\.com|.*\.githubusercontent\.com|(?:docs?|developer)\..*)$/iu;

/** api.psp.example is `psp`: the part before the last, which people call it by. */
function nameOfHost(host: string): string {
  return host.toLowerCase().split(".").at(-2) ?? host;
}

function mergedByName(upstreams: readonly FoundUpstream[]): FoundUpstream[] {
  const merged = new Map<string, FoundUpstream>();
  for (const upstream of upstreams) {
    const same = merged.get(upstream.name);
    merged.set(
      upstream.name,
      same ? { ...same, match: [...same.match, ...upstream.match], packages: [...same.packages, ...upstream.packages] } : upstream,
    );
  }
  return [...merged.values()];
}

function upstreamsByPackage(files: readonly SurveyedFile[]): FoundUpstream[] {
  const found = new Map<string, FoundUpstream>();
  for (const { path, text } of files) {
    if (!/(?:^|\/)package\.json$/u.test(path)) continue;
    for (const dependency of dependenciesOf(text)) {
      const known = knownSdks.find(({ matches }) => matches.test(dependency));
      if (!known) continue;
      const packages = new Set([...(found.get(known.upstream)?.packages ?? []), known.pattern]);
      found.set(known.upstream, { name: known.upstream, match: [], packages: [...packages], seenIn: path });
    }
  }
  return [...found.values()];
}

function dependenciesOf(text: string): string[] {
  try {
    const { dependencies } = JSON.parse(text) as { dependencies?: unknown };
    return typeof dependencies === "object" && dependencies !== null ? Object.keys(dependencies) : [];
  } catch {
    return [];
  }
}

function variables(code: readonly SurveyedFile[]): FoundVariable[] {
  const found = new Map<string, FoundVariable>();
  for (const { path, text } of code) {
    for (const [, dotted, bracketed] of text.matchAll(
      /\benv(?:\.(?<dotted>[A-Z][A-Z0-9_]*)|\[["'](?<bracketed>[A-Z][A-Z0-9_]*)["']\])/gu,
    )) {
      const name = dotted ?? bracketed ?? "";
      if (looksSecret(name) && !found.has(name)) found.set(name, { name, seenIn: path, ownMaking: isOwnMaking(name) });
    }
  }
  return [...found.values()];
}

/** Whether a variable of this name holds a secret. */
export function looksSecret(name: string): boolean {
  if (/(?:^|_)PUBLIC(?:_|$)|^(?:VITE|REACT_APP)_/u.test(name)) return false;
  return /(?:SECRET|TOKEN|PASSW(?:OR)?D|PASSPHRASE|CREDENTIALS?|(?:API|PRIVATE|SIGNING|ACCESS|ENCRYPTION)_?KEY|HMAC)(?:_|$)|(?:DATABASE|REDIS|MONGO|AMQP)\w*_UR[IL]$|_DSN$/u.test(
    name,
  );
}

function isOwnMaking(name: string): boolean {
  return /SESSION|COOKIE|SIGNING|CSRF|JWT|HMAC/u.test(name);
}

function stores(files: readonly SurveyedFile[], environment: NodeJS.ProcessEnv): FoundStore[] {
  const sops = files.find(
    ({ path, text }) => /(?:^|\/)\.sops\.ya?ml$/u.test(path) || (/\.(?:ya?ml|json)$/u.test(path) && /^sops:\s*$/mu.test(text)),
  );
  const vault = files.find(({ text }) => /\bVAULT_ADDR\b/u.test(text));
  return [
    ...(sops ? [{ kind: "sops" as const, seenIn: sops.path }] : []),
    ...(vault
      ? [{ kind: "vault" as const, seenIn: vault.path }]
      : environment["VAULT_ADDR"]
        ? [{ kind: "vault" as const, seenIn: "VAULT_ADDR" }]
        : []),
  ];
}
