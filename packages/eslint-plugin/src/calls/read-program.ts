import nodeModule from "node:module";

import type { Scope } from "@typescript-eslint/scope-manager";
import type { TSESTree } from "@typescript-eslint/utils";

import { type FileRole, roleOf } from "../project/file-role.ts";
import { createEvaluator, type Evaluator } from "./evaluate.ts";
import { createInstances, type ProjectInstances } from "./instances.ts";
import { createModules, type Modules } from "./modules.ts";
import { createSourceFile, type SourceFile } from "./source-file.ts";

/** What the analyses need of a lint host; ESLint and oxlint both have it. */
export interface HostContext {
  readonly sourceCode: { readonly ast: unknown; readonly text: string; readonly scopeManager: unknown; readonly visitorKeys: unknown };
  readonly physicalFilename: string;
  readonly languageOptions: unknown;
}

/** The linted file, and the means to follow what it says into other files. */
export interface ReadProgram {
  readonly path: string;
  readonly text: string;
  readonly role: FileRole;
  readonly modules: Modules;
  /** Made on first use: most files are judged by their text alone. */
  readonly file: SourceFile;
  readonly evaluator: Evaluator;
  readonly instances: ProjectInstances;
}

const programs = new WeakMap<object, ReadProgram | undefined>();

/** One reading of a file for all rules; undefined for a tree that is not ESTree with scopes. */
export function readProgram(context: HostContext): ReadProgram | undefined {
  const program = context.sourceCode.ast as TSESTree.Program;
  if (!programs.has(program)) programs.set(program, reading(context, program));
  return programs.get(program);
}

function reading({ sourceCode, physicalFilename: path, languageOptions }: HostContext, program: TSESTree.Program): ReadProgram | undefined {
  const { parser, parserOptions } = (languageOptions ?? {}) as { parser?: unknown; parserOptions?: Record<string, unknown> };
  const modules = createModules(
    isOxlints(parser) ? { parser: ownParser(), parserOptions: {} } : { parser, parserOptions: parserOptions ?? {} },
  );
  const { text, visitorKeys } = sourceCode;
  const scopeManager = sourceCode.scopeManager as { scopes: readonly Scope[] } | null;
  if (!scopeManager) return undefined;
  const file = once(() => {
    const source = createSourceFile(path, text, program, scopeManager, visitorKeys as Record<string, readonly string[]>);
    if (!isOxlints(parser)) modules.keep(source);
    return source;
  });
  const instances = once((): ProjectInstances => createInstances(file(), () => evaluator()));
  const evaluator = once((): Evaluator => createEvaluator(modules, instances()));
  const role = once(() => roleOf(path, text));
  return {
    path,
    text,
    modules,
    get role() {
      return role();
    },
    get file() {
      return file();
    },
    get instances() {
      return instances();
    },
    get evaluator() {
      return evaluator();
    },
  };
}

/**
 * oxlint's parser reads no other file, and places and scopes of its trees are those of whichever file it is at (oxlint@1.94.0 dist/lint.js: PARSER, NodeProto,
 * SCOPE_MANAGER), so that none may be kept.
 */
function isOxlints(parser: unknown): boolean {
  return (parser as { readonly name?: unknown } | undefined)?.name === "oxlint";
}

/** Loaded by oxlint only; without a TypeScript that it can use, other files stay unknown. */
const ownParser = once((): unknown => {
  try {
    return nodeModule.createRequire(import.meta.url)("@typescript-eslint/parser");
  } catch {
    return {};
  }
});

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
