import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TextDocument } from "vscode-languageserver-textdocument";

const extensions: Readonly<Record<string, string>> = {
  javascript: ".js",
  javascriptreact: ".jsx",
  typescript: ".ts",
  typescriptreact: ".tsx",
  vue: ".vue",
  svelte: ".svelte",
  astro: ".astro",
};

/** The path a document is linted under. One that is not on disk yet gets a name its language is known by; `undefined` for views that are no documents. */
export function documentPath({ uri, languageId }: Pick<TextDocument, "uri" | "languageId">): string | undefined {
  const { protocol, pathname } = new URL(uri);
  if (protocol === "file:") return fileURLToPath(uri);
  if (protocol !== "untitled:" && protocol !== "vscode-vfs:") return undefined;
  const name = basename(decodeURIComponent(pathname)) || "untitled";
  const extension = extensions[languageId];
  return join(process.platform === "win32" ? "C:\\" : "/", extension && !name.endsWith(extension) ? `${name}${extension}` : name);
}
