import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { formatDuration, type Policy, type SecretPolicy } from "@holdfast/policy";
import type { Hover, Position, Range } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";

/** Over a variable through which a program receives a secret: which secret that is, where it is kept and how it is rotated. No store is opened. */
export function secretHover(document: TextDocument, position: Position, policy: Policy | undefined): Hover | undefined {
  const found = policy && variableAt(document, position);
  const secret = found && policy.secrets.find(({ env }) => env === found.name);
  return secret && { range: found.range, contents: { kind: "markdown", value: describe(secret, policy.file) } };
}

/** `process.env.NAME`, `process.env["NAME"]`, and `NAME=` in a .env file. */
function variableAt(document: TextDocument, { line, character }: Position): { readonly name: string; readonly range: Range } | undefined {
  const text = document.getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } });
  const pattern = basename(document.uri).startsWith(".env") ? assigned : read;
  for (const { groups, indices } of text.matchAll(pattern)) {
    const [start, end] = indices!.groups!["name"]!;
    if (start <= character && character <= end)
      return { name: groups!["name"]!, range: { start: { line, character: start }, end: { line, character: end } } };
  }
  return undefined;
}

const read = /\bprocess\s*\.\s*env\s*(?:\?\.|\.|(?:\?\.)?\[\s*["'`])\s*(?<name>[A-Za-z_]\w*)/dgu;
const assigned = /^\s*(?:export\s+)?(?<name>[A-Za-z_]\w*)(?=\s*=)/dgu;

function describe({ name, line, store, path, rotate, every, overlap }: SecretPolicy, policyFile: string): string {
  const rotation = [
    rotate ? `rotated with \`${rotate.with}\`` : "not rotated by Holdfast",
    ...(every === undefined ? [] : [`every ${formatDuration(every)}`]),
    ...(overlap > 0 ? [`previous value valid for ${formatDuration(overlap)}`] : []),
  ];
  const place = `[${basename(policyFile)}:${line}](${pathToFileURL(policyFile).href}#L${line})`;
  return `Secret **${name}** in store \`${store}\`, path \`${path}\`  \n${rotation.join(", ")} · ${place}`;
}
