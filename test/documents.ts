import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** A fenced block of a Markdown file. */
export interface Block {
  readonly language: string;
  /** What follows the language on the opening fence: `ts no-run`. */
  readonly note: string;
  readonly text: string;
  /** Of the first line of the text, from 1. */
  readonly line: number;
}

export interface Document {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** Files that are, or would be, under version control. */
export function trackedFiles(): string[] {
  const output = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  return output.split("\0").filter(Boolean);
}

export function documents(): Document[] {
  return trackedFiles()
    .filter((path) => path.endsWith(".md") && !path.startsWith(".changeset/"))
    .map((path) => {
      const text = readFileSync(join(root, path), "utf8");
      return { path, text, blocks: blocksOf(text) };
    });
}

function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let open: { fence: string; language: string; note: string; start: number } | undefined;
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    const fence = /^\s*(?<fence>```+)(?<language>[\w-]*)\s*(?<note>.*)$/u.exec(line)?.groups;
    if (!fence) continue;
    if (!open) open = { fence: fence["fence"] ?? "", language: fence["language"] ?? "", note: fence["note"] ?? "", start: index + 1 };
    else if (fence["fence"] === open.fence && !fence["language"]) {
      blocks.push({
        language: open.language,
        note: open.note,
        text: `${lines.slice(open.start, index).join("\n")}\n`,
        line: open.start + 1,
      });
      open = undefined;
    }
  }
  return blocks;
}

/** Where a relative link of a document, or an absolute one to this repository, leads; undefined for any other address. */
export function targetOf(link: string, document: Document): { path: string; anchor: string | undefined } | undefined {
  const own = /^https:\/\/github\.com\/holdfast-dev\/holdfast\/(?:blob|tree)\/main\/(?<path>.*)$/u.exec(link)?.groups?.["path"];
  if (own === undefined && /^[a-z]+:/u.test(link)) return undefined;
  const [path = "", anchor] = (own ?? link).split("#", 2);
  const from = own === undefined ? dirname(document.path) : ".";
  return { path: path === "" ? document.path : relative(root, join(root, from, decodeURIComponent(path))).replaceAll("\\", "/"), anchor };
}

/** The anchors that a Markdown page offers, as the forge makes them from headings. */
export function anchorsOf(text: string): Set<string> {
  const withoutCode = text.replaceAll(/^```[\s\S]*?^```/gmu, "");
  return new Set(
    [...withoutCode.matchAll(/^#{1,6}\s+(?<title>.+)$/gmu)].map(({ groups }) =>
      (groups?.["title"] ?? "")
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replaceAll(/\s/gu, "-"),
    ),
  );
}
