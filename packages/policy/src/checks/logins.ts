import { choice } from "../choice.ts";
import type { Finding } from "../finding.ts";
import type { PolicyInput } from "../schema/policy-file.ts";
import type { YamlTree } from "../yaml/tree.ts";

type StoreInput = NonNullable<PolicyInput["stores"]>[string];
type Login = NonNullable<Extract<StoreInput, { kind: "vault" }>["auth"]>;
type FileKey = Extract<StoreInput, { kind: "sops" }>["key"];

/** Whatever a store logs in or decrypts with comes from one place: an environment variable, a file or a server. */
export function logins({ stores = {} }: PolicyInput, tree: YamlTree): Finding[] {
  return Object.entries(stores).flatMap(([name, store]): Finding[] => {
    switch (store.kind) {
      case "vault": {
        const { auth } = store;
        return auth ? loginFindings(auth, ["stores", name, "auth"], tree) : [];
      }
      case "sops":
        return fileKey(store.key, ["stores", name, "key"], tree);
    }
  });
}

/** A file has at least one key, and Vault is reached in one way. */
function fileKey(key: FileKey, path: readonly string[], tree: YamlTree): Finding[] {
  const { age, "vault-transit": transit } = key;
  if (Object.keys(key).length === 0) {
    const message = "a file needs at least one key: expected age, aws-kms or vault-transit";
    return [{ code: "incomplete", severity: "error", span: tree.keySpan(path), message }];
  }
  const own = ["namespace", "ca", "auth"].filter((name) => transit?.store !== undefined && name in transit);
  const at = [...path, "vault-transit"];
  return [
    ...(age ? notTwice(envOrFile("identity"), age, [...path, "age"], tree) : []),
    ...(transit ? [...notTwice(["store", "address"], transit, at, tree), ...oneOf(["store", "address"], transit, at, tree)] : []),
    ...own.map((name): Finding => {
      const message = `\`${name}\` comes from the store \`${transit?.store}\`: remove it`;
      return { code: "wrong-value", severity: "error", span: tree.keySpan([...at, name]), message };
    }),
    ...(transit?.auth ? loginFindings(transit.auth, [...at, "auth"], tree) : []),
  ];
}

function oneOf(places: readonly string[], login: object, path: readonly string[], tree: YamlTree): Finding[] {
  if (places.some((place) => place in login)) return [];
  const message = `\`${path.at(-1)}\` lacks ${choice(places.map((place) => `\`${place}\``))}`;
  return [{ code: "incomplete", severity: "error", span: tree.keySpan(path), message }];
}

function loginFindings(auth: Login, path: readonly string[], tree: YamlTree): Finding[] {
  return placesOf(auth).flatMap((places) => [...notTwice(places, auth, path, tree), ...given(places, auth, path, tree)]);
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
