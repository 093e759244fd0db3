import type { Finding } from "../finding.ts";
import type { PolicyInput } from "../schema/policy-file.ts";
import type { YamlTree } from "../yaml/tree.ts";

/** Whatever a store logs in or decrypts with comes from one place: an environment variable or a file. */
export function logins({ stores = {} }: PolicyInput, tree: YamlTree): Finding[] {
  return Object.entries(stores).flatMap(([name, store]): Finding[] => {
    switch (store.kind) {
      case "vault": {
        const { auth } = store;
        if (!auth) return [];
        const path = ["stores", name, "auth"];
        const credentials = auth.method === "token" ? ["token"] : ["roleId", "secretId"];
        return credentials.flatMap((credential) => [...notTwice(credential, auth, path, tree), ...given(credential, auth, path, tree)]);
      }
      case "sops":
        return notTwice("identity", store.key.age, ["stores", name, "key", "age"], tree);
    }
  });
}

function notTwice(credential: string, login: object, path: readonly string[], tree: YamlTree): Finding[] {
  const [env, file] = [`${credential}Env`, `${credential}File`];
  if (!(env in login && file in login)) return [];
  const message = `\`${env}\` and \`${file}\` are both given: keep one`;
  return [{ code: "wrong-value", severity: "error", span: tree.keySpan([...path, file]), message }];
}

function given(credential: string, login: object, path: readonly string[], tree: YamlTree): Finding[] {
  const [env, file] = [`${credential}Env`, `${credential}File`];
  if (env in login || file in login) return [];
  const message = `\`auth\` lacks \`${env}\` (an environment variable) or \`${file}\` (a path)`;
  return [{ code: "incomplete", severity: "error", span: tree.keySpan(path), message }];
}
