import { isMap, isScalar, parseDocument, type YAMLMap } from "yaml";

export interface NewSecret {
  readonly name: string;
  readonly store: string;
  readonly path: string;
  readonly env: string;
}

/**
 * The text of a holdfast.yaml with more secrets in it. What is there keeps its characters, comments included, unless `secrets` is written in one line
 * (`secrets: {…}`), which is then laid out anew.
 */
export function withSecrets(text: string, secrets: readonly NewSecret[]): string {
  if (secrets.length === 0) return text;
  const document = parseDocument(text);
  const map: unknown = document.get("secrets", true);
  if (isMap(map) && (map.flow || map.items.length === 0)) {
    for (const { name, store, path, env } of secrets) document.setIn(["secrets", name], document.createNode({ store, path, env }));
    return document.toString({ lineWidth: 0 });
  }
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  if (!isMap(map)) return `${text.replace(/\s*$/u, "")}${newline}${newline}secrets:${newline}${lines(secrets, "  ", newline)}`;
  const at = endOfLine(text, endOf(map));
  const before = text.slice(0, at);
  return `${before}${before.endsWith("\n") ? "" : newline}${lines(secrets, indentOf(text, map), newline)}${text.slice(at)}`;
}

function lines(secrets: readonly NewSecret[], indent: string, newline: string): string {
  return secrets
    .flatMap(({ name, store, path, env }) => [`${name}:`, `  store: ${store}`, `  path: ${path}`, `  env: ${env}`])
    .map((line) => `${indent}${line}${newline}`)
    .join("");
}

/** Where the last value of the map ends, a comment after it not counted. */
function endOf(map: YAMLMap): number {
  return map.range?.[1] ?? 0;
}

function endOfLine(text: string, place: number): number {
  // The value of a block map may end after its newline already.
  if (text[place - 1] === "\n") return place;
  const end = text.indexOf("\n", place);
  return end < 0 ? text.length : end + 1;
}

function indentOf(text: string, map: YAMLMap): string {
  const key = map.items[0]?.key;
  const start = isScalar(key) ? (key.range?.[0] ?? 0) : 0;
  return text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
}
