import type { Policy, Upstream } from "../policy.ts";
import { packagePattern } from "./package-pattern.ts";
import type { Pattern } from "./pattern.ts";
import { urlPattern } from "./url-pattern.ts";

/** The upstream whose pattern matches and is most specific: more literal characters first, then the order of the file. */
export function upstreamOf(
  policy: Policy,
  { url, package: packageName }: { url?: string | undefined; package?: string | undefined },
): Upstream | undefined {
  const patterns = patternsOf(policy);
  return (
    (url === undefined ? undefined : patterns.urls.find(({ pattern }) => pattern.matches(url))?.upstream) ??
    (packageName === undefined ? undefined : patterns.packages.find(({ pattern }) => pattern.matches(packageName))?.upstream)
  );
}

interface Patterns {
  readonly urls: readonly { pattern: Pattern; upstream: Upstream }[];
  readonly packages: readonly { pattern: Pattern; upstream: Upstream }[];
}

const read = new WeakMap<Policy, Patterns>();

function patternsOf(policy: Policy): Patterns {
  const known = read.get(policy);
  if (known) return known;
  const mostSpecificFirst = (textsOf: (upstream: Upstream) => readonly string[], toPattern: (text: string) => Pattern) =>
    policy.upstreams
      .flatMap((upstream) => textsOf(upstream).map((text) => ({ pattern: toPattern(text), upstream })))
      .sort((a, b) => b.pattern.literalCharacters - a.pattern.literalCharacters);
  const patterns = {
    urls: mostSpecificFirst(({ match }) => match, urlPattern),
    packages: mostSpecificFirst(({ packages }) => packages, packagePattern),
  };
  read.set(policy, patterns);
  return patterns;
}
