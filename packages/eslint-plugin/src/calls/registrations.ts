import { dirname, join } from "node:path";

import type { TSESTree } from "@typescript-eslint/utils";

import type { LibraryDefinition } from "./library.ts";
import type { Modules } from "./modules.ts";
import { namesIn } from "./folder-listing.ts";
import { type CallLike, enclosingClass, type SourceFile } from "./source-file.ts";
import { ABSENT, unknown, type Value } from "./value.ts";

/** Where a framework makes the clients that it passes in. */
export interface Registrations {
  /** The options that the client in a field or parameter of a class is made with; undefined where the library's clients are not registered anywhere. */
  optionsOf(library: LibraryDefinition, holder: TSESTree.Node, file: SourceFile): Value | undefined;
}

/**
 * Finds the one registration that a class is given its client by: in the class's own file, or in the nearest file beside or above it that names the class.
 * Two such files, two registrations, or none at all are unknown: the client may come from a module that is shared.
 */
export function createRegistrations(modules: Modules, evaluate: (node: CallLike, file: SourceFile) => Value): Registrations {
  const known = new Map<TSESTree.Node, Value>();
  return {
    optionsOf(library, holder, file) {
      const owner = enclosingClass(holder);
      const name = owner?.id?.name;
      if (!library.registered || !owner || name === undefined) return undefined;
      const options = known.get(owner) ?? optionsFor(name, library.registered, file);
      known.set(owner, options);
      return options;
    },
  };

  function optionsFor(name: string, registered: NonNullable<LibraryDefinition["registered"]>, file: SourceFile): Value {
    const registering = mentions(file, registered.by) ? [file] : filesNaming(name, registered.files, file);
    const [only, ...others] = registering;
    if (!only || others.length > 0) return unknown("no one file registers the client");
    const calls = only.calls.filter(({ callee }) => isMemberOf(callee, registered.by));
    if (calls.length > 1) return unknown("several clients are registered");
    if (calls[0]) return evaluate(calls[0], only);
    return mentions(only, registered.by) ? ABSENT : unknown("the client is registered elsewhere");
  }

  /** The files of the nearest folder that has any of them, up to the package's own. */
  function filesNaming(name: string, pattern: RegExp, { path }: SourceFile): SourceFile[] {
    for (let folder = dirname(path); ; folder = dirname(folder)) {
      const names = namesIn(folder);
      const files = [...names].filter((entry) => pattern.test(entry)).flatMap((entry) => modules.load(join(folder, entry)) ?? []);
      const naming = files.filter((file) => mentions(file, name));
      if (naming.length > 0 || names.has("package.json") || folder === dirname(folder)) return naming;
    }
  }
}

function mentions({ text }: SourceFile, name: string): boolean {
  return new RegExp(`\\b${name}\\b`, "u").test(text);
}

/** `HttpModule.register` */
function isMemberOf(callee: TSESTree.Node, name: string): boolean {
  return callee.type === "MemberExpression" && callee.object.type === "Identifier" && callee.object.name === name;
}
