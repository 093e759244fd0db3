import type { Finding, Path } from "../finding.ts";
import type { PolicyInput } from "../schema/policy-file.ts";
import type { YamlTree } from "../yaml/tree.ts";

type Rotate = NonNullable<NonNullable<PolicyInput["secrets"]>[string]["rotate"]>;
type Database = Extract<Rotate, { with: "postgres" }>;

/** Who changes the passwords of a database comes from one place that is there, and so does the server's address. */
export function administrators({ secrets = {} }: PolicyInput, tree: YamlTree): Finding[] {
  return Object.entries(secrets).flatMap(([name, { rotate }]): Finding[] => {
    if (rotate?.with !== "postgres") return [];
    const path = ["secrets", name, "rotate"];
    return [...oneSource(rotate, path, tree), ...unknownHost(rotate, path, tree)];
  });
}

function oneSource({ admin }: Database, path: Path, tree: YamlTree): Finding[] {
  const at = [...path, "admin"];
  const names = Object.keys(admin);
  if (names.includes("urlEnv") && names.length > 1) {
    const message = "`urlEnv` and another administrator are both given: keep one";
    return [{ code: "wrong-value", severity: "error", span: tree.keySpan([...at, "urlEnv"]), message }];
  }
  if (names.includes("urlEnv") || names.includes("secret")) return [];
  const message = "`admin` lacks `secret` (a secret of this file) or `urlEnv` (an environment variable)";
  return [{ code: "incomplete", severity: "error", span: tree.keySpan(at), message }];
}

function unknownHost({ admin, host }: Database, path: Path, tree: YamlTree): Finding[] {
  if (host !== undefined || admin.urlEnv !== undefined) return [];
  const message = "`rotate` lacks `host`: where the server is, unless `admin` has `urlEnv`";
  return [{ code: "incomplete", severity: "error", span: tree.keySpan(path), message }];
}
