import { choice } from "../choice.ts";
import type { Finding } from "../finding.ts";
import type { PolicyInput } from "../schema/policy-file.ts";
import type { YamlTree } from "../yaml/tree.ts";

type Login = NonNullable<Extract<NonNullable<PolicyInput["stores"]>[string], { kind: "vault" }>["auth"]>;

/** Whatever a store logs in or decrypts with comes from one place: an environment variable, a file or a server. */
export function logins({ stores = {} }: PolicyInput, tree: YamlTree): Finding[] {
  return Object.entries(stores).flatMap(([name, store]): Finding[] => {
    switch (store.kind) {
      case "vault": {
        const { auth } = store;
        if (!auth) return [];
        const path = ["stores", name, "auth"];
        return placesOf(auth).flatMap((places) => [...notTwice(places, auth, path, tree), ...given(places, auth, path, tree)]);
      }
      case "sops":
        return notTwice(envOrFile("identity"), store.key.age, ["stores", name, "key", "age"], tree);
    }
  });
}

/** For each credential the keys that can say where it is. */
function placesOf({ method }: Login): readonly (readonly string[])[] {
  switch (method) {
    case "token":
      return [envOrFile("token")];
    case "approle":
      return [envOrFile("roleId"), [...envOrFile("secretId"), ...envOrFile("wrappedSecretId")]];
    case "userpass":
      return [envOrFile("password")];
    case "jwt":
      return [[...envOrFile("jwt"), "github"]];
    case "cert":
    case "kubernetes":
    case "aws":
      return [];
  }
}

function envOrFile(credential: string): string[] {
  return [`${credential}Env`, `${credential}File`];
}

function notTwice(places: readonly string[], login: object, path: readonly string[], tree: YamlTree): Finding[] {
  const [first, second] = places.filter((place) => place in login);
  if (first === undefined || second === undefined) return [];
  const message = `\`${first}\` and \`${second}\` are both given: keep one`;
  return [{ code: "wrong-value", severity: "error", span: tree.keySpan([...path, second]), message }];
}

function given(places: readonly string[], login: object, path: readonly string[], tree: YamlTree): Finding[] {
  if (places.some((place) => place in login)) return [];
  const message = `\`auth\` lacks ${choice(places.map(explained))}`;
  return [{ code: "incomplete", severity: "error", span: tree.keySpan(path), message }];
}

function explained(place: string): string {
  if (place.endsWith("Env")) return `\`${place}\` (an environment variable)`;
  return place.endsWith("File") ? `\`${place}\` (a path)` : `\`${place}\``;
}
