import { damaged } from "./problems.ts";

/** The comments that stand above a leaf, one list a level of the tree, outermost first. */
export type CommentStack = readonly (readonly string[])[];

/** Whether the value at `path` is encrypted in this file. */
export type Encrypts = (path: readonly string[], comments: CommentStack) => boolean;

const names = [
  "unencrypted_suffix",
  "encrypted_suffix",
  "unencrypted_regex",
  "encrypted_regex",
  "unencrypted_comment_regex",
  "encrypted_comment_regex",
] as const;

/**
 * Which values a file encrypts: all but what one rule of its metadata names. A rule looks at every key on the way to the value.
 * Source: getsops/sops v3.11.0, `shouldBeEncrypted` in sops.go; at most one rule, `unencrypted_suffix: _unencrypted` without any.
 */
export function encryptionRule(metadata: ReadonlyMap<string, string>, file: string): Encrypts {
  const given = names.filter((name) => (metadata.get(name) ?? "") !== "");
  if (given.length > 1)
    throw damaged(file, `its metadata has both ${given.join(" and ")}`, "sops takes one of them: remove the other with sops.");
  const [name = "unencrypted_suffix"] = given;
  const value = metadata.get(name) || "_unencrypted";
  if (name === "unencrypted_suffix") return (path) => !path.some((key) => key.endsWith(value));
  if (name === "encrypted_suffix") return (path) => path.some((key) => key.endsWith(value));
  const pattern = goPattern(value, name, file);
  switch (name) {
    case "unencrypted_regex":
      return (path) => !path.some((key) => pattern.test(key));
    case "encrypted_regex":
      return (path) => path.some((key) => pattern.test(key));
    case "unencrypted_comment_regex":
      return (_path, comments) => !comments.flat().some((comment) => pattern.test(comment));
    case "encrypted_comment_regex":
      return (_path, comments) => comments.flat().some((comment) => pattern.test(comment));
  }
}

/** Go's syntax differs from JavaScript's in what matters here only by flags at the start and `\z`, `\A`. */
function goPattern(source: string, name: string, file: string): RegExp {
  const { flags = "", rest = source } = /^\(\?(?<flags>[ims]+)\)(?<rest>.*)$/su.exec(source)?.groups ?? {};
  try {
    return new RegExp(rest.replaceAll(String.raw`\A`, "^").replaceAll(String.raw`\z`, "$"), flags.includes("u") ? flags : `${flags}u`);
  } catch {
    throw damaged(file, `its ${name} is an expression that JavaScript cannot read`, "Write it without syntax that only Go has.");
  }
}
