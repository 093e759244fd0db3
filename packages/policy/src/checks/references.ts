import { choice } from "../choice.ts";
import type { Finding, Path } from "../finding.ts";
import { nearest } from "../nearest.ts";
import type { PolicyInput } from "../schema/policy-file.ts";
import type { YamlTree } from "../yaml/tree.ts";

/** Every store that a secret or the audit log's anchor names is in the file, faulty itself or not. */
export function unknownStores({ secrets = {}, audit }: PolicyInput, tree: YamlTree): Finding[] {
  const declared = declaredStores(tree.data);
  const uses: { store: string; path: Path }[] = Object.entries(secrets).map(([name, { store }]) => ({
    store,
    path: ["secrets", name, "store"],
  }));
  if (audit?.anchor) uses.push({ store: audit.anchor.store, path: ["audit", "anchor", "store"] });
  return uses
    .filter(({ store }) => !declared.includes(store))
    .map(({ store, path }) => ({
      code: "unknown-store",
      severity: "error",
      span: tree.valueSpan(path),
      message: unknownStore(store, declared),
    }));
}

function declaredStores(data: unknown): string[] {
  const { stores } = (data ?? {}) as { readonly stores?: unknown };
  return typeof stores === "object" && stores !== null ? Object.keys(stores) : [];
}

function unknownStore(store: string, declared: readonly string[]): string {
  const what = `no store is called \`${store}\``;
  if (declared.length === 0) return `${what}: the file has none, add it under \`stores\``;
  const meant = nearest(store, declared);
  return meant === undefined ? `${what}: expected ${choice(declared.slice(0, 10))}` : `${what}: did you mean \`${meant}\`?`;
}
