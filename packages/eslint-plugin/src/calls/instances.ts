import type { TSESTree } from "@typescript-eslint/utils";

import type { ClientInstance, InstanceEffect } from "./client-instance.ts";
import type { Evaluator, Instances } from "./evaluate.ts";
import { installedMajor } from "./installed-version.ts";
import { libraryOf } from "./libraries.ts";
import type { LibraryDefinition } from "./library.ts";
import type { CallLike, SourceFile } from "./source-file.ts";
import { ABSENT, type Mutation, unknown, type Value } from "./value.ts";

export interface ProjectInstances extends Instances {
  /** Those that the entry file creates. */
  created(): readonly ClientInstance[];
}

/** The clients of a project: what they were created with, and what other code does to them. */
export function createInstances(entry: SourceFile, evaluator: () => Evaluator): ProjectInstances {
  const roots = new Map<unknown, ClientInstance>();
  const passedIn = new Map<TSESTree.Node, ClientInstance>();
  const createdHere = new Map<TSESTree.Node, ClientInstance>();
  const effectsByFile = new Map<SourceFile, Map<unknown, InstanceEffect[]>>();

  return {
    root,
    passedIn(library, module, origin, options = unknown("the client is passed in")) {
      const known = passedIn.get(origin.node);
      if (known) return known;
      const instance = withEffects({ ...libraryItself(library, module), options, passedIn: origin });
      passedIn.set(origin.node, instance);
      return instance;
    },
    create({ options, argument }, { parent, path, arguments: readArguments, node, file }) {
      const { library, module } = parent;
      let values: readonly Value[] | undefined;
      const made = {
        path,
        get arguments() {
          return (values ??= readArguments());
        },
      };
      const instance = withEffects({
        ...libraryItself(library, module),
        options,
        parent,
        created: { file, node },
        made,
        place: { node, argument, of: "client" },
      });
      if (file === entry && !createdHere.has(node)) createdHere.set(node, instance);
      return instance;
    },
    interpret(library, { node, file, module, path, instance, arguments: readArguments, followedBy }) {
      let values: readonly Value[] | undefined;
      let following: readonly Mutation[] | undefined;
      return library.interpret({
        node,
        origin: { file, node },
        form: node.type === "NewExpression" ? "new" : "call",
        module,
        path,
        instance,
        get arguments() {
          return (values ??= readArguments());
        },
        argument(index) {
          return (values ??= readArguments())[index] ?? ABSENT;
        },
        returnOf: (value) =>
          value.kind === "function" ? evaluator().returnOf(value) : unknown("what something that is no function returns"),
        get followedBy() {
          return (following ??= followedBy());
        },
        get major() {
          return installedMajor(module, file.path);
        },
      });
    },
    created: () => [...createdHere.values()],
  };

  function withEffects(instance: Omit<ClientInstance, "effects">): ClientInstance {
    return {
      ...instance,
      get effects() {
        const files = new Set([...(instance.created ? [instance.created.file] : []), entry]);
        return [...files].flatMap((file) => effectsIn(file).get(identity(instance)) ?? []);
      },
    };
  }

  /** Read once a file, on first need; while it is being read nothing is known yet, which ends circles. */
  function effectsIn(file: SourceFile): Map<unknown, InstanceEffect[]> {
    const known = effectsByFile.get(file);
    if (known) return known;
    const effects = new Map<unknown, InstanceEffect[]>();
    effectsByFile.set(file, effects);
    const found: (readonly [ClientInstance, InstanceEffect])[] = [
      ...file.calls.flatMap((node) => effectOfCall(node, file)),
      ...file.memberAssignments.flatMap((node) => effectOfAssignment(node, file)),
    ];
    for (const [instance, effect] of found) effects.set(identity(instance), [...(effects.get(identity(instance)) ?? []), effect]);
    return effects;
  }

  function effectOfCall(node: CallLike, file: SourceFile): (readonly [ClientInstance, InstanceEffect])[] {
    const meaning = evaluator().meaningOf(node, file);
    if (meaning.kind !== "library") return [];
    const origin = { file, node };
    if (meaning.interpretation?.kind === "plug") {
      const { client, options, argument } = meaning.interpretation;
      const effect: InstanceEffect = { kind: "plugged", library: meaning.library, options, origin, place: { node, argument } };
      const clients = client.kind === "array" ? client.elements : [client];
      return clients.flatMap((value) => {
        const target = clientOf(value);
        return target ? [[target.instance, effect] as const] : [];
      });
    }
    const method = meaning.path.at(-1);
    if (meaning.interpretation || method === undefined || node.type === "NewExpression") return [];
    const values = evaluator().argumentsOf(node, file);
    return [[meaning.instance, { kind: "called", path: meaning.path.slice(0, -1), method, arguments: values, node, origin }]];
  }

  function effectOfAssignment(node: TSESTree.AssignmentExpression, file: SourceFile): (readonly [ClientInstance, InstanceEffect])[] {
    const target = clientOf(evaluator().evaluate(node.left, file));
    if (!target || target.path.length === 0) return [];
    return [
      [target.instance, { kind: "assigned", path: target.path, value: evaluator().evaluate(node.right, file), origin: { file, node } }],
    ];
  }

  function clientOf(value: Value): { instance: ClientInstance; path: readonly string[] } | undefined {
    if (value.kind === "client") return value;
    if (value.kind !== "reference") return undefined;
    const found = libraryOf(value.module, value.path);
    return found && { instance: root(found.library, value.module), path: found.path };
  }

  function root(library: LibraryDefinition, module: string): ClientInstance {
    const itself = libraryItself(library, module);
    const known = roots.get(identity(itself));
    if (known) return known;
    const instance = withEffects(itself);
    roots.set(identity(itself), instance);
    return instance;
  }
}

/** `axios` of `axios.post(…)` */
function libraryItself(library: LibraryDefinition, module: string): Omit<ClientInstance, "effects"> {
  const nothing = { parent: undefined, created: undefined, passedIn: undefined, made: undefined, place: undefined };
  return { library, module, options: ABSENT, ...nothing };
}

/** The same client whichever way the code reached it. */
export function identity(instance: Pick<ClientInstance, "created" | "passedIn" | "module" | "library">): unknown {
  // Several libraries are globals.
  return instance.created?.node ?? instance.passedIn?.node ?? `${instance.library.name} of ${instance.module}`;
}
