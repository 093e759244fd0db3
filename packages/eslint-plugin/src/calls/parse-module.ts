import nodeModule from "node:module";

import { analyze } from "@typescript-eslint/scope-manager";
import type * as typescriptEstree from "@typescript-eslint/typescript-estree";
import type { TSESTree } from "@typescript-eslint/utils";
import { visitorKeys as typescriptVisitorKeys } from "@typescript-eslint/visitor-keys";

import { createSourceFile, type SourceFile } from "./source-file.ts";

/** The parser that the host uses for the linted file. */
export interface ModuleParser {
  readonly parser: unknown;
  readonly parserOptions: Readonly<Record<string, unknown>>;
}

/** Reads a file that an import leads to; undefined where it has a syntax error, which is reported when that file itself is linted. */
export function parseModule(path: string, content: string, how: ModuleParser): SourceFile | undefined {
  const text = path.endsWith(".json") ? `module.exports = ${content}` : content;
  const filePath = path.endsWith(".json") ? `${path}.js` : path;
  try {
    const { ast, scopeManager, visitorKeys } = treeOf(text, filePath, how);
    return createSourceFile(path, text, ast, scopeManager, visitorKeys);
  } catch {
    return undefined;
  }
}

interface Tree {
  readonly ast: TSESTree.Program;
  readonly scopeManager: Parameters<typeof createSourceFile>[3];
  readonly visitorKeys: Readonly<Record<string, readonly string[] | undefined>>;
}

function treeOf(text: string, filePath: string, { parser, parserOptions }: ModuleParser): Tree {
  const estree = /\.[cm]?tsx?$/u.test(filePath) || isTypescriptEslints(parser) || isOxlints(parser) ? ownParser() : undefined;
  return estree ? treeOfTypescript(text, filePath, estree) : treeOfHost(text, filePath, parser as HostParser, parserOptions);
}

/**
 * The parser for ESLint makes tokens, comments and a map to TypeScript's nodes whatever it is asked for (@typescript-eslint/parser@8.73.0 dist/parser.js: tsestreeOptions);
 * without them a file is read in half the time.
 */
function treeOfTypescript(text: string, filePath: string, { parse }: typeof typescriptEstree): Tree {
  const ast = parse(text, {
    sourceType: "module",
    filePath,
    range: true,
    loc: true,
    jsx: true,
    jsDocParsingMode: "none",
    allowInvalidAST: true,
    suppressDeprecatedPropertyWarnings: true,
    loggerFn: false,
  }) as TSESTree.Program;
  // The names of the language's own library are never asked for.
  const scopeManager = analyze(ast, { sourceType: "module", globalReturn: true, lib: [] });
  return { ast, scopeManager, visitorKeys: typescriptVisitorKeys };
}

interface HostParser {
  parseForESLint?(
    text: string,
    options: object,
  ): { ast: TSESTree.Program; scopeManager?: Tree["scopeManager"]; visitorKeys?: Record<string, string[]> };
  parse?(text: string, options: object): TSESTree.Program;
}

function treeOfHost(text: string, filePath: string, parser: HostParser, parserOptions: Readonly<Record<string, unknown>>): Tree {
  const options = {
    sourceType: "module",
    ecmaVersion: "latest",
    ...parserOptions,
    filePath,
    range: true,
    loc: true,
    tokens: false,
    comment: false,
    // Type information of another file is never worth building a program for.
    project: undefined,
    projectService: undefined,
    programs: undefined,
    ecmaFeatures: { globalReturn: true, jsx: true },
  };
  const result = parser.parseForESLint?.(text, options);
  const ast = result?.ast ?? parser.parse!(text, options);
  return {
    ast,
    scopeManager: result?.scopeManager ?? analyze(ast, { sourceType: "module" }),
    visitorKeys: result?.visitorKeys ?? typescriptVisitorKeys,
  };
}

function isTypescriptEslints(parser: unknown): boolean {
  return (parser as { readonly meta?: { readonly name?: unknown } } | undefined)?.meta?.name === "typescript-eslint/parser";
}

/**
 * oxlint's parser reads no other file, and places and scopes of its trees are those of whichever file it is at (oxlint@1.94.0 dist/lint.js: PARSER, NodeProto,
 * SCOPE_MANAGER), so that none may be kept.
 */
export function isOxlints(parser: unknown): boolean {
  return (parser as { readonly name?: unknown } | undefined)?.name === "oxlint";
}

let loaded: { readonly estree: typeof typescriptEstree | undefined } | undefined;

/** Undefined in a project without TypeScript, where the host parses JavaScript by another parser, and in a bundle, which has the host's own. */
function ownParser(): typeof typescriptEstree | undefined {
  return (loaded ??= { estree: loadParser() }).estree;
}

function loadParser(): typeof typescriptEstree | undefined {
  try {
    return nodeModule.createRequire(import.meta.url)("@typescript-eslint/typescript-estree") as typeof typescriptEstree;
  } catch {
    return undefined;
  }
}
