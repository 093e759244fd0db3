import type { Scope } from "@typescript-eslint/scope-manager";
import type { TSESTree } from "@typescript-eslint/utils";

import { type FileRole, roleOf } from "../project/file-role.ts";
import { createEvaluator, type Evaluator } from "./evaluate.ts";
import { createInstances, type ProjectInstances } from "./instances.ts";
import { createModules, type Modules } from "./modules.ts";
import { isOxlints } from "./parse-module.ts";
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

let last: { readonly program: unknown; readonly reading: ReadProgram | undefined } | undefined;

/**
 * One reading of a file for all rules; undefined for a tree that is not ESTree with scopes. Only the last is kept: a host lints one file after the other, and
 * what was read from other files goes with it.
 */
export function readProgram(context: HostContext): ReadProgram | undefined {
  const program = context.sourceCode.ast as TSESTree.Program;
  if (last?.program !== program) last = { program, reading: reading(context, program) };
  return last.reading;
}

function reading({ sourceCode, physicalFilename: path, languageOptions }: HostContext, program: TSESTree.Program): ReadProgram | undefined {
  const { parser, parserOptions } = (languageOptions ?? {}) as { parser?: unknown; parserOptions?: Record<string, unknown> };
  const modules = createModules({ parser, parserOptions: parserOptions ?? {} });
  const { text, visitorKeys } = sourceCode;
  const scopeManager = sourceCode.scopeManager as { scopes: readonly Scope[] } | null;
  if (!scopeManager) return undefined;
  const file = once(() => createSourceFile(path, text, program, scopeManager, visitorKeys as Record<string, readonly string[]>));
  if (!isOxlints(parser)) modules.keep(path, text, file);
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

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
