import { choice } from "../choice.ts";
import type { Finding, Path } from "../finding.ts";
import { nearest } from "../nearest.ts";
import type { PolicyInput } from "../schema/policy-file.ts";
import type { YamlTree } from "../yaml/tree.ts";

/** Every store that a secret, a rotator, the key of a file or the audit log's anchor names is in the file, faulty itself or not. */
export function unknownStores({ secrets = {}, stores = {}, audit }: PolicyInput, tree: YamlTree): Finding[] {
  const declared = declaredIn(tree.data, "stores");
  const uses: Use[] = Object.entries(secrets).map(([name, { store }]) => ({
    store,
    path: ["secrets", name, "store"],
  }));
  for (const [name, { rotate }] of Object.entries(secrets))
    if (rotate && "vault" in rotate && rotate.vault !== undefined)
      uses.push({ store: rotate.vault, path: ["secrets", name, "rotate", "vault"] });
  if (audit?.anchor) uses.push({ store: audit.anchor.store, path: ["audit", "anchor", "store"] });
  for (const [name, policy] of Object.entries(stores)) {
    const store = policy.kind === "sops" ? policy.key["vault-transit"]?.store : undefined;
    if (store !== undefined) uses.push({ store, path: ["stores", name, "key", "vault-transit", "store"] });
  }
  return [...notServers(uses, stores, tree), ...unknownOf(uses, declared, tree)];
}

/** The key of a file comes from a server, not from another file. */
function notServers(uses: readonly Use[], stores: NonNullable<PolicyInput["stores"]>, tree: YamlTree): Finding[] {
  return uses
    .filter(({ store, path }) => path[0] === "stores" && stores[store]?.kind === "sops")
    .map(({ store, path }) => ({
      code: "wrong-value",
      severity: "error",
      span: tree.valueSpan(path),
      message: `\`${store}\` is a file: name a store of kind vault`,
    }));
}

interface Use {
  readonly store: string;
  readonly path: Path;
}

function unknownOf(uses: readonly Use[], declared: readonly string[], tree: YamlTree): Finding[] {
  return uses
    .filter(({ store }) => !declared.includes(store))
    .map(({ store, path }) => ({
      code: "unknown-store",
      severity: "error",
      span: tree.valueSpan(path),
      message: noneCalled("store", store, declared),
    }));
}

/** Every secret that a rotator needs (`admin: { secret: redis/admin }`) is one of the file, faulty itself or not; another one, unless it can change itself. */
export function unknownSecrets({ secrets = {} }: PolicyInput, tree: YamlTree): Finding[] {
  const declared = declaredIn(tree.data, "secrets");
  return Object.entries(secrets).flatMap(([name, { rotate }]) =>
    namedSecrets(rotate, ["secrets", name, "rotate"]).flatMap(({ secret, path }): Finding[] => {
      const message =
        secret === name && !changesItself(rotate)
          ? `${name} cannot be changed with itself: name the secret of somebody who may change it`
          : noneCalled("secret", secret, declared);
      const isFine = (secret !== name || changesItself(rotate)) && declared.includes(secret);
      return isFine ? [] : [{ code: "unknown-secret", severity: "error", span: tree.valueSpan(path), message }];
    }),
  );
}

/** A database lets everybody set the own password. */
function changesItself(rotate: Rotate): boolean {
  return rotate?.with === "postgres";
}

type Rotate = NonNullable<PolicyInput["secrets"]>[string]["rotate"];

interface NamedSecret {
  readonly secret: string;
  readonly path: Path;
}

/** Every `{ secret: … }` below; what a rotator of the user's own is given as options is theirs. */
function namedSecrets(value: unknown, path: Path): NamedSecret[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]): NamedSecret[] => {
    const place = [...path, Array.isArray(value) ? Number(key) : key];
    if (key === "options") return [];
    return key === "secret" && typeof inner === "string" ? [{ secret: inner, path: place }] : namedSecrets(inner, place);
  });
}

function declaredIn(data: unknown, section: "stores" | "secrets"): string[] {
  const entries = ((data ?? {}) as Record<string, unknown>)[section];
  return typeof entries === "object" && entries !== null ? Object.keys(entries) : [];
}

function noneCalled(what: "store" | "secret", name: string, declared: readonly string[]): string {
  const none = `no ${what} is called \`${name}\``;
  if (declared.length === 0) return `${none}: the file has none, add it under \`${what}s\``;
  const meant = nearest(name, declared);
  return meant === undefined ? `${none}: expected ${choice(declared.slice(0, 10))}` : `${none}: did you mean \`${meant}\`?`;
}
