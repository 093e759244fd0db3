import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { parsePolicy } from "@holdfast/policy";
import ts from "typescript";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createProgram } from "../packages/cli/src/program.ts";
import { anchorsOf, type Block, type Document, documents, root, targetOf } from "./documents.ts";

const run = promisify(execFile);
const all = documents();
const ownPackage = /from "(?:@holdfast\/|eslint-plugin-holdfast|holdfast")/u;

describe("links", () => {
  it.each(all.map((document) => [document.path, document] as const))("of %s lead somewhere", (_path, document) => {
    const links = [...document.text.matchAll(/\]\((?<link>[^)\s]+)\)/gu)].map(({ groups }) => groups?.["link"] ?? "");
    const broken = links.filter((link) => {
      const target = targetOf(link, document);
      if (!target) return false;
      if (!existsSync(join(root, target.path))) return true;
      return (
        target.anchor !== undefined &&
        target.path.endsWith(".md") &&
        !anchorsOf(readFileSync(join(root, target.path), "utf8")).has(target.anchor)
      );
    });
    expect(broken).toEqual([]);
  });
});

describe("policies shown", () => {
  const shown = blocks((block) => block.language === "yaml" && /^version: 1$/mu.test(block.text));
  it.each(shown)("%s parses without a problem", (_place, { text }) => {
    expect(parsePolicy(text, { file: "holdfast.yaml" }).problems).toEqual([]);
  });
});

describe("files shown", () => {
  const shown = blocks((block) => block.note.startsWith("file="));
  it.each(shown)("%s is the file as it is", (_place, { note, text }) => {
    expect(text).toBe(readFileSync(join(root, note.slice("file=".length)), "utf8"));
  });
});

describe("commands shown", () => {
  const lines = blocks((block) => block.language === "sh").flatMap(([place, { text }]) =>
    text
      .split("\n")
      .map((line) => /^(?:\$ )?(?:npx )?holdfast (?<words>[^#|>]*)/u.exec(line)?.groups?.["words"]?.trim())
      .filter((words) => words !== undefined)
      .map((words) => [`${place}: holdfast ${words}`, words] as const),
  );
  it.each(lines)("%s is a command with options that exist", (_place, words) => {
    expect(unknownIn(words.split(/\s+/u))).toEqual([]);
  });
});

describe("TypeScript shown", () => {
  const shown = blocks((block) => /^(?:ts|js)$/u.test(block.language) && ownPackage.test(block.text));

  it("passes the compiler, as strict as our own code", () => {
    expect(shown.length).toBeGreaterThan(0);
    expect(typeErrors(shown)).toEqual([]);
  }, 120_000);

  describe("runs, and prints what its comments say", () => {
    let folder: string;
    beforeEach(async () => (folder = await project()));
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    it.each(shown.filter(([, { note }]) => !note.includes("no-run")))(
      "%s",
      async (_place, { text }) => {
        const file = join(folder, "example.ts");
        writeFileSync(file, text);
        const { stdout } = await run(process.execPath, ["--conditions=holdfast-source", file], { cwd: folder });
        const printed = stdout.split("\n").filter(Boolean);
        const promised = [...text.matchAll(/console\.log\(.*\);? \/\/ (?<said>[^:\n]+)/gu)].map(({ groups }) => groups?.["said"] ?? "");
        expect(printed.map((line, index) => line.startsWith(promised[index]?.split(" {")[0] ?? "\0"))).toEqual(promised.map(() => true));
      },
      60_000,
    );
  });
});

function blocks(wanted: (block: Block, document: Document) => boolean): (readonly [place: string, block: Block])[] {
  return all.flatMap((document) =>
    document.blocks.filter((block) => wanted(block, document)).map((block) => [`${document.path}:${block.line}`, block] as const),
  );
}

/** Words of a command line that the program does not know: a command or an option. */
function unknownIn(words: readonly string[]): string[] {
  let command = createProgram(() => undefined);
  const unknown: string[] = [];
  for (const word of words) {
    if (word === "--") break;
    const inner = command.commands.find((candidate) => candidate.name() === word);
    if (inner) command = inner;
    else if (word.startsWith("-") && !/^--(?:help|version)$/u.test(word)) {
      if (!command.options.some(({ long, short }) => [long, short].includes(word.split("=")[0]))) unknown.push(word);
    } else if (!word.startsWith("-") && command.commands.length > 0 && word !== "help") unknown.push(word);
  }
  return unknown;
}

/** Compiles the blocks as files beside the command, which may import every package. */
function typeErrors(shown: readonly (readonly [place: string, block: Block])[]): string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.base.json"), (path) => readFileSync(path, "utf8")) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson({ ...config.compilerOptions, noUnusedLocals: false }, root);
  const texts = new Map(shown.map(([, { text }], index) => [join(root, "packages", "cli", `example-${index}.ts`), text]));
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (path) => texts.has(path) || fileExists.call(host, path);
  host.readFile = (path) => texts.get(path) ?? readFile.call(host, path);
  host.getSourceFile = (path, languageVersion, ...rest) => {
    const text = texts.get(path);
    return text === undefined
      ? getSourceFile.call(host, path, languageVersion, ...rest)
      : ts.createSourceFile(path, text, languageVersion, true);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  return [...texts.keys()].flatMap((path, index) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(path))
      .map((diagnostic) => `${shown[index]?.[0]}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, " ")}`),
  );
}

/** A folder with a policy, a store of its own and the packages of this repository installed. */
async function project(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-docs-"));
  mkdirSync(join(folder, "node_modules", "@holdfast"), { recursive: true });
  for (const name of ["policy", "audit", "engine", "rotation"])
    symlinkSync(join(root, "packages", name), join(folder, "node_modules", "@holdfast", name), "junction");
  symlinkSync(join(root, "packages", "eslint-plugin"), join(folder, "node_modules", "eslint-plugin-holdfast"), "junction");
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  const { createAgeIdentity } = await import("@holdfast/rotation");
  const { recipient } = await createAgeIdentity(join(folder, "age.txt"));
  writeFileSync(join(folder, "holdfast.yaml"), policyFor(recipient));
  return folder;
}

function policyFor(recipient: string): string {
  return `version: 1
upstreams:
  psp:
    match: ["https://api.psp.example/**"]
    timeout: 300ms
stores:
  local: { kind: sops, file: secrets.sops.yaml, key: { age: { recipients: [${recipient}], identityFile: age.txt } } }
secrets:
  psp/webhook:
    store: local
    path: psp/webhook
    env: PSP_WEBHOOK_SECRET
    rotate: { with: generated, bytes: 32 }
    every: 30d
`;
}
