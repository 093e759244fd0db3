import type { Finding, Path } from "../finding.ts";
import type { PolicyInput } from "../schema/policy-file.ts";
import type { YamlTree } from "../yaml/tree.ts";

interface Use {
  /** Equal for uses that exclude each other. */
  readonly of: string;
  readonly what: string;
  readonly by: string;
  readonly path: Path;
}

/** What only one entry may have: a place in a store, an environment variable, a URL pattern, a package, a verifier key. */
export function duplicates({ secrets = {}, upstreams = {}, audit }: PolicyInput, tree: YamlTree): Finding[] {
  const places = Object.entries(secrets).map(([name, { store, path }]) => place(store, path, name, ["secrets", name, "path"]));
  if (audit?.anchor) places.push(place(audit.anchor.store, audit.anchor.path, "the audit log's anchor", ["audit", "anchor", "path"]));
  const variables = Object.entries(secrets).flatMap(([name, { env }]) =>
    env === undefined ? [] : [{ of: env, what: `the environment variable ${env}`, by: name, path: ["secrets", name, "env"] }],
  );
  const patterns = Object.entries(upstreams).flatMap(([name, { match = [] }]) =>
    match.map((pattern, at) => ({ of: pattern, what: `the pattern ${pattern}`, by: name, path: ["upstreams", name, "match", at] })),
  );
  const packages = Object.entries(upstreams).flatMap(([name, { packages: ofThis = [] }]) =>
    ofThis.map((pattern, at) => ({ of: pattern, what: `the package ${pattern}`, by: name, path: ["upstreams", name, "packages", at] })),
  );
  const trusted = (audit?.trust ?? []).map((key, at) => ({
    of: key,
    what: "this verifier key",
    by: "the list above",
    path: ["audit", "trust", at],
  }));
  return [places, variables, patterns, packages, trusted].flatMap((uses) => repeated(uses, tree));
}

function place(store: string, path: string, by: string, at: Path): Use {
  return { of: `${store}\n${path}`, what: `${path} in the store \`${store}\``, by, path: at };
}

function repeated(uses: readonly Use[], tree: YamlTree): Finding[] {
  const first = new Map<string, Use>();
  return uses.flatMap((use): Finding[] => {
    const earlier = first.get(use.of);
    first.set(use.of, earlier ?? use);
    if (!earlier) return [];
    const message = `${use.what} is already that of ${earlier.by} (line ${tree.lineOf(earlier.path)})`;
    return [{ code: "duplicate", severity: "error", span: tree.valueSpan(use.path), message }];
  });
}
