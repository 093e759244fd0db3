import type { TSESTree } from "@typescript-eslint/utils";

import type { ClientInstance } from "./client-instance.ts";
import { exportsOf } from "./exports.ts";
import { isClientType, libraryOf } from "./libraries.ts";
import type { Interpretation, LibraryDefinition } from "./library.ts";
import type { Modules } from "./modules.ts";
import { createRegistrations } from "./registrations.ts";
import { type CallLike, enclosingClass, type SourceFile, type Variable } from "./source-file.ts";
import { createUnderway } from "./underway.ts";
import {
  ABSENT,
  type FunctionValue,
  hideAll,
  isUrl,
  merged,
  type Mutation,
  type Origin,
  propertyOf,
  type ReferenceValue,
  type ResultValue,
  textParts,
  unknown,
  type Value,
} from "./value.ts";

/** The arguments a function of the project was called with, while its body is read for that call. */
export interface Frame {
  readonly node: TSESTree.FunctionLike;
  /** Read when the body asks for it, so that no other file is opened for an argument that does not matter. */
  readonly argument: (index: number) => Value;
  readonly outer: Frame | undefined;
}

/** What one call in the code means. */
export type CallMeaning =
  | {
      readonly kind: "library";
      readonly library: LibraryDefinition;
      readonly instance: ClientInstance;
      readonly path: readonly string[];
      readonly interpretation: Interpretation | undefined;
    }
  | { readonly kind: "project"; readonly target: Extract<Value, { kind: "function" }> }
  | { readonly kind: "other" };

/** Reads expressions without running them. */
export interface Evaluator {
  evaluate(node: TSESTree.Node, file: SourceFile, frame?: Frame): Value;
  meaningOf(node: CallLike, file: SourceFile, frame?: Frame): CallMeaning;
  argumentsOf(node: CallLike, file: SourceFile, frame?: Frame): readonly Value[];
  /** Calls on what a call returns: in the chain after it, and on the variable that holds it. */
  callsOn(node: CallLike, file: SourceFile, frame?: Frame): readonly Mutation[];
  /** The frame in which a function's body is read for one call of it. */
  frameOf(target: FunctionValue, node: CallLike, file: SourceFile, frame?: Frame): Frame;
  /** What a function returns whatever it is called with. */
  returnOf(target: FunctionValue): Value;
}

/** What the evaluator needs to know of clients; the instances live in their own module. */
export interface Instances {
  root(library: LibraryDefinition, module: string): ClientInstance;
  /** A client that a caller or framework passes in: of its configuration nothing is known, unless it is registered where that can be seen. */
  passedIn(library: LibraryDefinition, module: string, origin: Origin, options?: Value): ClientInstance;
  create(
    how: Extract<Interpretation, { kind: "instance" }>,
    made: { parent: ClientInstance; path: readonly string[]; arguments: () => readonly Value[]; node: CallLike; file: SourceFile },
  ): ClientInstance;
  interpret(
    library: LibraryDefinition,
    call: {
      node: CallLike;
      file: SourceFile;
      module: string;
      path: readonly string[];
      instance: ClientInstance;
      arguments: () => readonly Value[];
      followedBy: () => readonly Mutation[];
    },
  ): Interpretation | undefined;
}

const maximumDepth = 60;
/** For one question; more than code by people takes. */
const maximumCallsFollowed = 500;
/** Of a text that is put together, in characters: a few lines that double it would fill all memory. */
const maximumText = 1_000_000;
const maximumParts = 10_000;
/** More than any function takes whose arguments matter. */
const maximumArguments = 16;
const globalObjects = new Set(["globalThis", "window", "global", "self"]);

type Readings = Map<TSESTree.Node | Variable, Value>;

export function createEvaluator(modules: Modules, instances: Instances): Evaluator {
  const readAsWritten: Readings = new Map();
  const readInFrames = new WeakMap<Frame, Readings>();
  const underway = createUnderway<TSESTree.Node | Variable | symbol>();
  let depth = 0;
  let callsFollowed = 0;

  const registrations = createRegistrations(modules, (node, file) => evaluate(node, file));

  return { evaluate, meaningOf, argumentsOf, callsOn, frameOf, returnOf };

  function evaluate(node: TSESTree.Node, file: SourceFile, frame?: Frame): Value {
    const readings = readingsIn(frame);
    const cached = readings.get(node);
    if (cached) return cached;
    if (depth >= maximumDepth) {
      underway.giveUp();
      return unknown("nested too deeply");
    }
    if (!frame && underway.leadsBackTo(node)) return unknown("defined by itself");
    if (depth === 0) callsFollowed = 0;
    depth += 1;
    try {
      return underway.answer(
        // In another frame the same code is another question.
        frame ? Symbol(node.type) : node,
        () => read(node, file, frame),
        (value) => readings.set(node, value),
      );
    } finally {
      depth -= 1;
    }
  }

  /** What was read for good, of code as it stands or in one call of a function: there may be very many ways from one place to another. */
  function readingsIn(frame: Frame | undefined): Readings {
    if (!frame) return readAsWritten;
    let readings = readInFrames.get(frame);
    if (!readings) readInFrames.set(frame, (readings = new Map()));
    return readings;
  }

  function read(node: TSESTree.Node, file: SourceFile, frame: Frame | undefined): Value {
    const origin = { file, node };
    switch (node.type) {
      case "Literal":
        return node.value instanceof RegExp
          ? unknown("a regular expression")
          : { kind: "primitive", value: node.value as string | number | boolean | null, origin };
      case "TemplateLiteral":
        return textOf(
          node.quasis.flatMap((quasi, index) => [
            quasi.value.cooked ?? undefined,
            ...(node.expressions[index] ? (textParts(evaluate(node.expressions[index], file, frame)) ?? [undefined]) : []),
          ]),
          origin,
        );
      case "Identifier":
        return readIdentifier(node, file, frame);
      case "MemberExpression":
        return readMember(node, file, frame);
      case "ObjectExpression":
        return readObject(node, file, frame);
      case "ArrayExpression":
        return {
          kind: "array",
          elements: node.elements.map((element) =>
            element && element.type !== "SpreadElement" ? evaluate(element, file, frame) : unknown("a hole or spread"),
          ),
          complete: node.elements.every((element) => element?.type !== "SpreadElement"),
          origin,
        };
      case "ArrowFunctionExpression":
      case "FunctionExpression":
      case "FunctionDeclaration":
        return { kind: "function", node, origin };
      case "ClassExpression":
      case "ClassDeclaration":
        return { kind: "class", node, origin };
      case "CallExpression":
      case "NewExpression":
        return readCall(node, file, frame);
      case "TaggedTemplateExpression":
        return readTagged(node, file, frame);
      case "ImportExpression":
        return node.source.type === "Literal" && typeof node.source.value === "string"
          ? imported(node.source.value, "*", file, node)
          : unknown("a computed import");
      case "AwaitExpression":
        return evaluate(node.argument, file, frame);
      case "ChainExpression":
      case "TSAsExpression":
      case "TSNonNullExpression":
      case "TSSatisfiesExpression":
      case "TSTypeAssertion":
      case "TSInstantiationExpression":
        return evaluate(node.expression, file, frame);
      case "AssignmentExpression":
        return node.operator === "=" ? evaluate(node.right, file, frame) : unknown("a compound assignment");
      case "SequenceExpression":
        return evaluate(node.expressions.at(-1)!, file, frame);
      case "LogicalExpression":
        return readLogical(node, file, frame);
      case "ConditionalExpression":
        return eitherOf(evaluate(node.consequent, file, frame), evaluate(node.alternate, file, frame), origin);
      case "UnaryExpression":
        return readUnary(node, file, frame);
      case "BinaryExpression":
        return readBinary(node, file, frame);
      default:
        return unknown(`a ${node.type}`);
    }
  }

  /** What a library's tag made of its text: gql`query { … }`. */
  function readTagged({ tag, quasi }: TSESTree.TaggedTemplateExpression, file: SourceFile, frame: Frame | undefined): Value {
    const callee = evaluate(tag, file, frame);
    if (callee.kind !== "reference") return unknown("a tagged template");
    return { kind: "result", callee, arguments: [evaluate(quasi, file, frame)], mutations: [], origin: { file, node: quasi } };
  }

  // ── names ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  function readIdentifier(node: TSESTree.Identifier, file: SourceFile, frame: Frame | undefined): Value {
    const origin = { file, node };
    const variable = file.variableOf(node);
    if (variable) return readVariable(variable, file, frame);
    if (node.name === "undefined") return ABSENT;
    if (node.name === "Infinity") return { kind: "primitive", value: Infinity, origin };
    return { kind: "reference", module: "globalThis", path: globalObjects.has(node.name) ? [] : [node.name], origin };
  }

  function readVariable(variable: Variable, file: SourceFile, callFrame: Frame | undefined): Value {
    const frame = variable.scope.type === "module" || variable.scope.type === "global" ? undefined : callFrame;
    const readings = readingsIn(frame);
    const cached = readings.get(variable);
    if (cached) return cached;
    if (underway.leadsBackTo(variable)) return unknown("defined by itself");
    return underway.answer(
      variable,
      () => withMutations(readDefinition(variable, file, frame), variable, file, frame),
      (value) => readings.set(variable, value),
    );
  }

  function readDefinition(variable: Variable, file: SourceFile, frame: Frame | undefined): Value {
    const [definition, ...others] = variable.defs;
    if (!definition || others.length > 0) return unknown(`${variable.name} has several definitions`);
    switch (String(definition.type)) {
      case "ImportBinding":
        return readImport(definition.node as TSESTree.ImportClause, definition.parent as ImportStatement, file);
      case "FunctionName":
        return { kind: "function", node: definition.node as TSESTree.FunctionDeclaration, origin: { file, node: definition.node } };
      case "ClassName":
        return { kind: "class", node: definition.node as TSESTree.ClassDeclaration, origin: { file, node: definition.node } };
      case "TSEnumName":
        return readEnum(definition.node as TSESTree.TSEnumDeclaration, file);
      case "Parameter":
        return readParameter(definition.node as TSESTree.FunctionLike, variable, file, frame);
      case "Variable":
        return readDeclarator(definition.node as TSESTree.VariableDeclarator, variable, file, frame);
      default:
        return unknown(`${variable.name} is not a constant`);
    }
  }

  function readDeclarator(node: TSESTree.VariableDeclarator, variable: Variable, file: SourceFile, frame: Frame | undefined): Value {
    const writes = variable.references.filter((reference) => reference.isWrite() && !reference.init);
    const written = writes[0]?.writeExpr;
    if (writes.length > 1 || (written && node.init))
      return (
        (writes.length === 1 && node.init && madeOnFirstUse(node.init, written as TSESTree.Node, file, frame)) ||
        unknown(`${variable.name} is assigned more than once`)
      );
    if (written)
      return node.id.type === "Identifier" ? evaluate(written as TSESTree.Node, file, frame) : unknown("assigned by destructuring");
    if (!node.init) return unknown(`${variable.name} has no value here`);
    return (
      destructured(node.id, variable.identifiers[0]!, evaluate(node.init, file, frame), file, frame) ??
      unknown(`${variable.name} is declared in a way that is not followed`)
    );
  }

  /** `let client = null; … client = new Stripe(key)` */
  function madeOnFirstUse(init: TSESTree.Node, written: TSESTree.Node, file: SourceFile, frame: Frame | undefined): Value | undefined {
    const isNothing = (init.type === "Literal" && init.value === null) || (init.type === "Identifier" && init.name === "undefined");
    const value = isNothing ? evaluate(written, file, frame) : undefined;
    return value?.kind === "client" ? value : undefined;
  }

  /** The part of a value that a pattern gives to one identifier. */
  function destructured(
    pattern: TSESTree.Node,
    target: TSESTree.Node,
    value: Value,
    file: SourceFile,
    frame: Frame | undefined,
  ): Value | undefined {
    if (pattern === target) return value;
    switch (pattern.type) {
      case "AssignmentPattern":
        return destructured(pattern.left, target, value.kind === "absent" ? evaluate(pattern.right, file, frame) : value, file, frame);
      case "ObjectPattern": {
        for (const property of pattern.properties) {
          if (property.type === "RestElement") {
            if (property.argument === target) return unknown("the rest of an object");
            continue;
          }
          const key = staticKey(property, file, frame);
          const found = destructured(
            property.value,
            target,
            key === undefined ? unknown("a computed key") : memberOf(value, key, property, file),
            file,
            frame,
          );
          if (found) return found;
        }
        return undefined;
      }
      case "ArrayPattern":
        for (const [index, element] of pattern.elements.entries()) {
          if (!element || element.type === "RestElement") continue;
          const found = destructured(
            element,
            target,
            value.kind === "array" ? (value.elements[index] ?? ABSENT) : unknown("an element of something that is no array literal"),
            file,
            frame,
          );
          if (found) return found;
        }
        return undefined;
      default:
        return undefined;
    }
  }

  function readParameter(owner: TSESTree.FunctionLike, variable: Variable, file: SourceFile, frame: Frame | undefined): Value {
    const target = variable.identifiers[0]!;
    const writes = variable.references.some((reference) => reference.isWrite() && !reference.init);
    if (writes) return unknown(`${variable.name} is assigned again`);
    for (let current = frame; current; current = current.outer) {
      if (current.node !== owner) continue;
      for (const [index, parameter] of owner.params.entries()) {
        if (parameter.type === "RestElement") continue;
        const found = destructured(parameterPattern(parameter), target, current.argument(index), file, current.outer);
        if (found) return found.kind === "unknown" ? (typedClient(target, file) ?? found) : found;
      }
      return unknown("a rest parameter");
    }
    const client = typedClient(target, file);
    if (client) return client;
    const left = defaultOf(target, file);
    if (left) return left;
    const index = owner.params.findIndex((parameter) => parameterPattern(parameter) === target);
    return index === -1
      ? unknown(`${variable.name} is part of a parameter`)
      : { kind: "parameter", node: owner, index, origin: { file, node: target } };
  }

  /** The number or signal that a parameter is where its caller leaves it out, which is what the function does by itself: `timeout = 5000`. */
  function defaultOf(target: TSESTree.Node, file: SourceFile): Value | undefined {
    const { parent } = target;
    if (parent?.type !== "AssignmentPattern" || parent.left !== target) return undefined;
    const value = evaluate(parent.right, file);
    return isTime(value) ? value : undefined;
  }

  /** A parameter or field whose type says that it holds a client: `http: HttpService`. */
  function typedClient(holder: TSESTree.Node, file: SourceFile): Value | undefined {
    const annotation = "typeAnnotation" in holder ? (holder.typeAnnotation as TSESTree.TSTypeAnnotation | undefined) : undefined;
    const type = annotation?.typeAnnotation;
    if (type?.type !== "TSTypeReference") return undefined;
    const names = namesIn(type.typeName);
    const variable = names && file.variableOf(names.root);
    if (!names || !variable) return undefined;
    const { node, parent } = variable.defs[0] ?? {};
    const specifier = node && moduleDefining(node as TSESTree.Node, parent as TSESTree.Node | undefined);
    // Types of the project's own files name no client often enough to read those files for.
    if (specifier === undefined || modules.resolve(specifier, file.path) !== undefined) return undefined;
    const origin = { file, node: holder };
    const value = names.members.reduce((of, name) => memberOf(of, name, holder, file), readVariable(variable, file, undefined));
    if (value.kind !== "reference") return undefined;
    const library = libraryOf(value.module, value.path)?.library;
    if (!library || !isClientType(library, value.path.at(-1) ?? names.root.name)) return undefined;
    const instance = instances.passedIn(library, value.module, origin, registrations.optionsOf(library, holder, file));
    return { kind: "client", instance, path: [], origin };
  }

  function readEnum(node: TSESTree.TSEnumDeclaration, file: SourceFile): Value {
    const properties = new Map<string, Value>();
    for (const member of node.body.members) {
      const key = member.id.type === "Identifier" ? member.id.name : String(member.id.value);
      properties.set(key, member.initializer ? evaluate(member.initializer, file) : unknown("an enum member without initializer"));
    }
    return { kind: "object", properties, complete: true, origin: { file, node } };
  }

  // ── modules ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  function readImport(node: TSESTree.ImportClause, parent: ImportStatement, file: SourceFile): Value {
    if (parent.type === "TSImportEqualsDeclaration") {
      const specifier = moduleNamedBy(parent);
      return specifier === undefined ? unknown("an alias of a namespace") : imported(specifier, "*", file, parent);
    }
    if (node.type === "ImportNamespaceSpecifier") return imported(parent.source.value, "*", file, node);
    return imported(parent.source.value, importedName(node) ?? "default", file, node);
  }

  function imported(specifier: string, name: string, file: SourceFile, node: TSESTree.Node): Value {
    const path = modules.resolve(specifier, file.path);
    if (path === undefined) {
      if (specifier.startsWith(".") || specifier.startsWith("/")) return unknown(`${specifier} was not found`);
      return { kind: "reference", module: specifier, path: name === "*" || name === "default" ? [] : [name], origin: { file, node } };
    }
    if (name !== "*") return exportedFrom(path, name) ?? unknown(`${specifier} could not be read`);
    const target = modules.load(path);
    return target ? wholeModule(target) : unknown(`${specifier} could not be read`);
  }

  /** Read where it is defined: the files that only pass it on are parsed where their text tells nothing. */
  function exportedFrom(path: string, name: string): Value | undefined {
    const defined = modules.definition(path, name);
    const there = defined.path === path ? undefined : modules.load(defined.path);
    if (there && exportsOf(there).named.has(defined.name)) return exported(there, defined.name, new Set());
    const target = modules.load(path);
    return target && exported(target, name, new Set());
  }

  function wholeModule(file: SourceFile): Value {
    const { whole } = exportsOf(file);
    return whole ? evaluate(whole, file) : { kind: "module", file, origin: { file, node: file.ast } };
  }

  function exported(file: SourceFile, name: string, seen: Set<SourceFile>): Value {
    if (seen.has(file)) return unknown("exported in a circle");
    seen.add(file);
    const { named, stars, whole } = exportsOf(file);
    const target = named.get(name);
    if (!target && whole) return name === "default" ? evaluate(whole, file) : memberOf(evaluate(whole, file), name, whole, file);
    if (!target) {
      for (const specifier of stars) {
        const value = throughExport(specifier, name, file, seen);
        if (value.kind !== "unknown") return value;
      }
      return unknown(`${name} is not exported there`);
    }
    switch (target.kind) {
      case "expression":
        return evaluate(target.node, file);
      case "binding": {
        const variable = file.variableOf(target.identifier);
        return variable ? readVariable(variable, file, undefined) : unknown(`${name} is not defined there`);
      }
      case "reexport":
        return throughExport(target.specifier, target.name, file, seen);
    }
  }

  function throughExport(specifier: string, name: string, file: SourceFile, seen: Set<SourceFile>): Value {
    const path = modules.resolve(specifier, file.path);
    if (path === undefined) return imported(specifier, name, file, file.ast);
    const target = modules.load(path);
    if (!target) return unknown(`${specifier} could not be read`);
    return name === "*" ? wholeModule(target) : exported(target, name, seen);
  }

  // ── members and objects ────────────────────────────────────────────────────────────────────────────────────────────────────────────

  function readMember(node: TSESTree.MemberExpression, file: SourceFile, frame: Frame | undefined): Value {
    const key = memberKey(node, file, frame);
    if (key === undefined) return unknown("a computed member");
    if (node.object.type === "ThisExpression") return readField(node, key, file, frame);
    if (node.object.type === "MetaProperty" && key === "url") return { kind: "primitive", value: "file:///", origin: { file, node } };
    return memberOf(evaluate(node.object, file, frame), key, node, file);
  }

  function memberOf(value: Value, key: string, node: TSESTree.Node, file: SourceFile): Value {
    const origin = { file, node };
    switch (value.kind) {
      case "reference":
        if (value.path.at(-1) === "env" && isProcess(value)) return { kind: "environment", name: key, origin };
        return key === "default" && value.path.length === 0 ? value : { ...value, path: [...value.path, key], origin };
      case "result":
        return isUrl(value) && key === "href" ? value : propertyOf(value, key);
      case "client":
        return { ...value, path: [...value.path, key], origin };
      case "module":
        return exported(value.file, key, new Set());
      case "array":
        return /^\d+$/u.test(key) ? (value.elements[Number(key)] ?? unknown("outside the array")) : unknown(`${key} of an array`);
      case "class":
        return classMember(value.node, key, value.origin.file, undefined) ?? unknown(`${key} is not a member of the class`);
      default:
        return propertyOf(value, key);
    }
  }

  /** `this.http`: a class field, or the one assignment to it in the class. */
  function readField(node: TSESTree.MemberExpression, key: string, file: SourceFile, frame: Frame | undefined): Value {
    const owner = enclosingClass(node);
    return (owner && classMember(owner, key, file, frame)) ?? unknown(`this.${key} is not followed`);
  }

  function classMember(
    owner: TSESTree.ClassDeclaration | TSESTree.ClassExpression,
    key: string,
    file: SourceFile,
    frame: Frame | undefined,
  ): Value | undefined {
    const member = owner.body.body.find((candidate) => "key" in candidate && !candidate.computed && keyName(candidate.key) === key);
    const assignments = file.memberAssignments.filter(
      ({ left }) =>
        left.type === "MemberExpression" &&
        left.object.type === "ThisExpression" &&
        memberKey(left, file, undefined) === key &&
        enclosingClass(left) === owner,
    );
    if (member?.type === "MethodDefinition" && member.kind === "get") return readAccessor(member, file, frame);
    if (member?.type === "MethodDefinition") return { kind: "function", node: member.value, origin: { file, node: member } };
    const initial = member?.type === "PropertyDefinition" ? member.value : undefined;
    const sources = [...(initial ? [initial] : []), ...assignments.map(({ right }) => right)];
    if (sources.length > 1) return unknown(`this.${key} is assigned more than once`);
    if (sources[0]) return evaluate(sources[0], file, frame);
    const holder = member?.type === "PropertyDefinition" ? member : constructorParameter(owner, key);
    return holder && typedClient(holder, file);
  }

  /** `get headers() { return { … }; }`: what it returns, when that is all it does. */
  function readAccessor({ value: { body } }: TSESTree.MethodDefinition, file: SourceFile, frame: Frame | undefined): Value {
    const [first, ...others] = body?.body ?? [];
    const returned = first?.type === "ReturnStatement" && others.length === 0 ? first.argument : undefined;
    return returned ? evaluate(returned, file, frame) : unknown("an accessor");
  }

  function readObject(node: TSESTree.ObjectExpression, file: SourceFile, frame: Frame | undefined): Value {
    const properties = new Map<string, Value>();
    let complete = true;
    for (const property of node.properties) {
      if (property.type === "SpreadElement") {
        const spread = evaluate(property.argument, file, frame);
        if (spread.kind === "object") {
          if (!spread.complete) hideAll(properties);
          complete &&= spread.complete;
          for (const [key, value] of spread.properties) properties.set(key, value);
        } else if (spread.kind !== "absent") {
          hideAll(properties);
          complete = false;
        }
        continue;
      }
      const key = staticKey(property, file, frame);
      if (key === undefined) complete = false;
      else properties.set(key, property.kind === "init" ? evaluate(property.value, file, frame) : unknown("an accessor"));
    }
    return { kind: "object", properties, complete, origin: { file, node } };
  }

  /** Adds what later statements do to the object a variable holds: `options.timeout = 300`, `headers.set("a", "b")`. */
  function withMutations(value: Value, variable: Variable, file: SourceFile, frame: Frame | undefined): Value {
    if (value.kind === "object" && value.origin.file === file) return withAssignedProperties(value, variable, file, frame);
    if (value.kind !== "result") return value;
    if (isUrl(value) && variable.references.some(({ identifier }) => isMovedBy(identifier))) return unknown("a URL that is changed");
    const mutations = variable.references.flatMap(({ identifier }) => chainFrom(identifier, file, frame));
    return mutations.length > 0 ? { ...value, mutations } : value;
  }

  function callsOn(node: CallLike, file: SourceFile, frame?: Frame): readonly Mutation[] {
    const chain = chainFrom(node, file, frame);
    let last: TSESTree.Node = chain.at(-1)?.node ?? node;
    while (isTransparent(last.parent!)) last = last.parent!;
    const holder = last.parent;
    if (holder?.type !== "VariableDeclarator" || holder.init !== last || holder.id.type !== "Identifier") return chain;
    const references = file.variableOf(holder.id)?.references ?? [];
    return [...chain, ...references.flatMap(({ identifier }) => chainFrom(identifier, file, frame))];
  }

  /** `.a().b()` after a node. */
  function chainFrom(node: TSESTree.Node, file: SourceFile, frame: Frame | undefined): Mutation[] {
    const chain: Mutation[] = [];
    for (let current = node; ;) {
      const member = current.parent;
      const call = member?.parent;
      if (member?.type !== "MemberExpression" || member.object !== current || call?.type !== "CallExpression" || call.callee !== member)
        return chain;
      const method = memberKey(member, file, frame);
      if (method !== undefined) {
        let values: readonly Value[] | undefined;
        chain.push({
          method,
          node: call,
          get arguments() {
            return (values ??= argumentsOf(call, file, frame));
          },
        });
      }
      current = call;
    }
  }

  function withAssignedProperties(
    value: Extract<Value, { kind: "object" }>,
    variable: Variable,
    file: SourceFile,
    frame: Frame | undefined,
  ): Value {
    let { complete } = value;
    const properties = new Map(value.properties);
    for (const { identifier } of variable.references) {
      const member = identifier.parent;
      if (isFilledBy(member, identifier)) {
        hideAll(properties);
        complete = false;
      }
      if (member?.type !== "MemberExpression" || member.object !== identifier) continue;
      if (member.parent.type !== "AssignmentExpression" || member.parent.left !== member) continue;
      const key = memberKey(member, file, frame);
      if (key === undefined) complete = false;
      else properties.set(key, properties.has(key) ? unknown(`${key} is assigned again`) : evaluate(member.parent.right, file, frame));
    }
    return { ...value, properties, complete };
  }

  function staticKey(property: TSESTree.Property, file: SourceFile, frame: Frame | undefined): string | undefined {
    if (!property.computed) return keyName(property.key);
    const value = evaluate(property.key, file, frame);
    return value.kind === "primitive" ? String(value.value) : undefined;
  }

  function memberKey(node: TSESTree.MemberExpression, file: SourceFile, frame: Frame | undefined): string | undefined {
    if (!node.computed) return keyName(node.property);
    const value = evaluate(node.property, file, frame);
    return value.kind === "primitive" ? String(value.value) : undefined;
  }

  // ── calls ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  function meaningOf(node: CallLike, file: SourceFile, frame?: Frame): CallMeaning {
    if (!frame && cannotMatter(node, file)) return { kind: "other" };
    const callee = evaluate(node.callee, file, frame);
    if (callee.kind === "function") return { kind: "project", target: callee };
    const read = { arguments: () => argumentsOf(node, file, frame), followedBy: () => callsOn(node, file, frame) };
    if (callee.kind === "client") {
      const { instance, path } = callee;
      const interpretation = instances.interpret(instance.library, {
        node,
        file,
        module: instance.module,
        path,
        instance,
        ...read,
      });
      return { kind: "library", library: instance.library, instance, path, interpretation };
    }
    if (callee.kind !== "reference") return { kind: "other" };
    const found = libraryOf(callee.module, callee.path);
    if (!found) return { kind: "other" };
    const instance = instances.root(found.library, callee.module);
    const interpretation = instances.interpret(found.library, {
      node,
      file,
      module: callee.module,
      path: found.path,
      instance,
      ...read,
    });
    return { kind: "library", library: found.library, instance, path: found.path, interpretation };
  }

  /** Most calls start from an import that leads to no library; that is told without reading another file. */
  function cannotMatter(node: CallLike, file: SourceFile): boolean {
    const root = rootOf(node.callee);
    if (root.type !== "Identifier") return root.type === "Literal" || root.type === "TemplateLiteral" || root.type === "Super";
    const definition = file.variableOf(root)?.defs[0];
    const specifier = definition && moduleDefining(definition.node as TSESTree.Node, definition.parent as TSESTree.Node | undefined);
    if (specifier === undefined) return false;
    const path = modules.resolve(specifier, file.path);
    if (path === undefined) return libraryOf(specifier, []) === undefined;
    if (makesProjectClass(node, file)) return true;
    // A function of any file may run the one it is given: `withRetry(() => fetch(url))`.
    if (node.arguments.some(({ type }) => /Function/u.test(type))) return false;
    const name = nameTaken(node.callee, definition!.node as TSESTree.Node);
    return !modules.leadsToLibrary(name === undefined ? path : modules.definition(path, name).path);
  }

  /** `new Client()` and `new clients.Client()` of another file's class: what the call itself does is not followed, so that file need not be read for it. */
  function makesProjectClass({ type, callee }: CallLike, file: SourceFile): boolean {
    if (type !== "NewExpression") return false;
    const root = callee.type === "MemberExpression" ? callee.object : callee;
    const definition = root.type === "Identifier" ? file.variableOf(root)?.defs[0] : undefined;
    if (!definition) return false;
    const node = definition.node as TSESTree.Node;
    const specifier = moduleDefining(node, definition.parent as TSESTree.Node | undefined);
    const path = specifier === undefined ? undefined : modules.resolve(specifier, file.path);
    const name = callee.type === "MemberExpression" ? keyName(callee.property) : (importedName(node) ?? (root as TSESTree.Identifier).name);
    return path !== undefined && name !== undefined && modules.exportsClass(path, name);
  }

  function readCall(node: CallLike, file: SourceFile, frame: Frame | undefined): Value {
    const known = readBuiltIn(node, file, frame);
    if (known) return known;
    const meaning = meaningOf(node, file, frame);
    switch (meaning.kind) {
      case "library":
        if (meaning.interpretation?.kind === "instance") {
          const { instance: parent, path, interpretation } = meaning;
          const made = { parent, path, arguments: () => argumentsOf(node, file, frame), node, file };
          const instance = instances.create(interpretation, made);
          return { kind: "client", instance, path: [], origin: { file, node } };
        }
        if (meaning.interpretation?.kind === "value") return meaning.interpretation.value;
        if (meaning.interpretation?.kind === "operator") return resultOf(node, file, frame);
        return meaning.interpretation ? unknown(`what ${meaning.library.name} returns`) : resultOf(node, file, frame);
      case "project":
        return returned(meaning.target, node, file, frame);
      case "other":
        return madeOfClass(node, file, frame) ?? resultOf(node, file, frame);
    }
  }

  /** `new PaymentsApi(options)` of a class of the project: its methods and fields are followed as they stand in the class. */
  function madeOfClass(node: CallLike, file: SourceFile, frame: Frame | undefined): Value | undefined {
    const made = node.type === "NewExpression" ? evaluate(node.callee, file, frame) : undefined;
    return made?.kind === "class" ? made : undefined;
  }

  function resultOf(node: CallLike, file: SourceFile, frame: Frame | undefined): Value {
    const callee = evaluate(node.callee, file, frame);
    if (callee.kind !== "reference") return resultOfMethod(node, file, frame);
    // Of what other packages do with their arguments nothing is known.
    const isKnown = callee.module === "globalThis" || libraryOf(callee.module, callee.path) !== undefined;
    return { kind: "result", callee, arguments: isKnown ? argumentsOf(node, file, frame) : [], mutations: [], origin: { file, node } };
  }

  /** `new Date().toISOString()`, `createHash("sha256").update(body).digest("hex")`: of a result only its way is known; the text of a URL is the URL. */
  function resultOfMethod(node: CallLike, file: SourceFile, frame: Frame | undefined): Value {
    const method = node.callee;
    const object = method.type === "MemberExpression" ? evaluate(method.object, file, frame) : undefined;
    const name = method.type === "MemberExpression" && !method.computed ? keyName(method.property) : undefined;
    if (object?.kind !== "result" || name === undefined) return unknown("the result of a call");
    if (isUrl(object) && name === "toString") return object;
    const callee = { ...object.callee, path: [...object.callee.path, name] };
    return { kind: "result", callee, arguments: [], mutations: [], origin: { file, node } };
  }

  /** What a function of the project returns, when it has one return only. */
  function returned(target: FunctionValue, node: CallLike, file: SourceFile, frame: Frame | undefined): Value {
    if ((callsFollowed += 1) > maximumCallsFollowed) return unknown("made by too many calls to follow");
    return resultIn(target, frameOf(target, node, file, frame));
  }

  function returnOf(target: FunctionValue): Value {
    return resultIn(target, undefined);
  }

  function resultIn({ node, origin }: FunctionValue, frame: Frame | undefined): Value {
    const { body } = node;
    if (!body) return unknown("a function without body");
    const result = body.type === "BlockStatement" ? onlyReturn(body) : body;
    return result ? evaluate(result, origin.file, frame) : unknown("a function with several returns");
  }

  function frameOf(target: FunctionValue, node: CallLike, file: SourceFile, frame?: Frame): Frame {
    const spread = node.arguments.findIndex(({ type }) => type === "SpreadElement");
    const known = new Map<number, Value>();
    const argument = (index: number) => {
      const given = node.arguments[index];
      const value = spread !== -1 && index >= spread ? unknown("a spread argument") : given ? argumentValue(given, file, frame) : ABSENT;
      known.set(index, value);
      return value;
    };
    return { node: target.node, argument: (index) => known.get(index) ?? argument(index), outer: frame };
  }

  /** Built-ins that only pass a value on: `Number(x)`, `Object.assign({}, a, b)`, `require("x")`. */
  function readBuiltIn(node: CallLike, file: SourceFile, frame: Frame | undefined): Value | undefined {
    const [first] = node.arguments;
    const callee = node.callee;
    if (callee.type === "Identifier" && !file.variableOf(callee)) {
      if (callee.name === "require" && first?.type === "Literal" && typeof first.value === "string")
        return imported(first.value, "*", file, node);
      if (/^(?:Number|parseInt|parseFloat|String|Boolean|structuredClone)$/u.test(callee.name) && first)
        return converted(callee.name, argumentValue(first, file, frame), { file, node });
    }
    if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return undefined;
    if (callee.property.name === "bind" && !callee.computed) return boundFunction(node, callee, file, frame);
    if (callee.object.type !== "Identifier") return undefined;
    const name = `${callee.object.name}.${callee.property.name}`;
    if (/^Number\.parse(?:Int|Float)$/u.test(name) && first) return converted("Number", argumentValue(first, file, frame), { file, node });
    if (name === "Object.freeze" && first) return argumentValue(first, file, frame);
    if (name === "Object.assign") return merged(...argumentsOf(node, file, frame));
    return undefined;
  }

  /** `this.load.bind(this)` */
  function boundFunction(
    { arguments: given }: CallLike,
    { object }: TSESTree.MemberExpression,
    file: SourceFile,
    frame: Frame | undefined,
  ): Value | undefined {
    const value = given.length === 1 ? evaluate(object, file, frame) : undefined;
    return value?.kind === "function" ? value : undefined;
  }

  /** From a spread on, every argument is unknown, the ones that seem to be missing too. */
  function argumentsOf(node: CallLike, file: SourceFile, frame?: Frame): readonly Value[] {
    const spread = node.arguments.findIndex(({ type }) => type === "SpreadElement");
    const given = spread === -1 ? node.arguments : node.arguments.slice(0, spread);
    const values = given.map((argument) => argumentValue(argument, file, frame));
    return spread === -1
      ? values
      : [...values, ...Array.from({ length: maximumArguments - values.length }, () => unknown("a spread argument"))];
  }

  function argumentValue(argument: TSESTree.CallExpressionArgument, file: SourceFile, frame: Frame | undefined): Value {
    return argument.type === "SpreadElement" ? unknown("a spread argument") : evaluate(argument, file, frame);
  }

  // ── operators ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * `process.env.X ?? 300` is 300 as far as the code says, and `options.timeout ?? 300` by itself; the fallback of anything else unknown stays unknown.
   */
  function readLogical(node: TSESTree.LogicalExpression, file: SourceFile, frame: Frame | undefined): Value {
    const left = evaluate(node.left, file, frame);
    if (node.operator === "&&") {
      if (left.kind === "absent") return left;
      // ...(options && { timeout: options.timeout }), where a call gives the options
      return frame && left.kind === "object" ? evaluate(node.right, file, frame) : unknown("a condition");
    }
    if (!frame && isOfParameter(node.left, file)) {
      const right = evaluate(node.right, file);
      return isTime(right) ? right : left;
    }
    if (left.kind === "absent" || left.kind === "environment") return evaluate(node.right, file, frame);
    if (left.kind === "primitive" && (left.value === null || (node.operator === "||" && !left.value)))
      return evaluate(node.right, file, frame);
    return left;
  }

  /** `key ? new Storage({ key }) : new Storage()` is a client, of whose settings nothing is known. */
  function eitherOf(left: Value, right: Value, origin: Origin): Value {
    if (left.kind !== "client" || right.kind !== "client") return agreed(left, right);
    const { library, module } = left.instance;
    const isOneKind = right.instance.library === library && [...left.path, ...right.path].length === 0;
    return isOneKind ? { kind: "client", instance: instances.passedIn(library, module, origin), path: [], origin } : agreed(left, right);
  }

  function readUnary(node: TSESTree.UnaryExpression, file: SourceFile, frame: Frame | undefined): Value {
    const value = evaluate(node.argument, file, frame);
    if (node.operator === "+") return converted("Number", value, { file, node });
    if (node.operator === "-" && value.kind === "primitive" && typeof value.value === "number")
      return { kind: "primitive", value: -value.value, origin: { file, node } };
    return node.operator === "void" ? ABSENT : unknown(`the operator ${node.operator}`);
  }

  function readBinary(node: TSESTree.BinaryExpression, file: SourceFile, frame: Frame | undefined): Value {
    if (node.left.type === "PrivateIdentifier") return unknown("a brand check");
    const origin = { file, node };
    const [left, right] = [evaluate(node.left, file, frame), evaluate(node.right, file, frame)];
    if (left.kind === "primitive" && right.kind === "primitive" && typeof left.value === "number" && typeof right.value === "number") {
      const value = arithmetic(node.operator, left.value, right.value);
      return value === undefined ? unknown(`the operator ${node.operator}`) : { kind: "primitive", value, origin };
    }
    // So many milliseconds from now.
    if (node.operator === "+" && isNow(left) && right.kind === "primitive") return { ...left, arguments: [right], origin };
    const [leftText, rightText] = [textParts(left), textParts(right)];
    if (node.operator !== "+" || !leftText || !rightText || !(isText(left) || isText(right)))
      return unknown("a calculation with an unknown");
    return textOf([...leftText, ...rightText], origin);
  }
}

type ImportStatement = TSESTree.ImportDeclaration | TSESTree.TSImportEqualsDeclaration;

/** `a` of `a.b().c()`, `b` of `(0, b.c)()` */
function rootOf(callee: TSESTree.Node): TSESTree.Node {
  switch (callee.type) {
    case "MemberExpression":
      return rootOf(callee.object);
    case "CallExpression":
      return rootOf(callee.callee);
    case "TSNonNullExpression":
    case "ChainExpression":
      return rootOf(callee.expression);
    case "SequenceExpression":
      return rootOf(callee.expressions.at(-1)!);
    default:
      return callee;
  }
}

/** The module that a variable is imported from or, by `require`, declared from. */
function moduleDefining(node: TSESTree.Node, parent: TSESTree.Node | undefined): string | undefined {
  if (parent?.type === "ImportDeclaration" || parent?.type === "TSImportEqualsDeclaration" || node.type === "TSImportEqualsDeclaration")
    return moduleNamedBy((node.type === "TSImportEqualsDeclaration" ? node : parent) as ImportStatement);
  return node.type === "VariableDeclarator" && node.init ? requiredModule(node.init) : undefined;
}

/** `require("x")`, `require("x").default`, `__importStar(require("x"))` */
function requiredModule(node: TSESTree.Node): string | undefined {
  if (node.type === "MemberExpression") return requiredModule(node.object);
  if (node.type !== "CallExpression" || node.callee.type !== "Identifier") return undefined;
  const [first] = node.arguments;
  if (node.callee.name === "require") return first?.type === "Literal" && typeof first.value === "string" ? first.value : undefined;
  return first && /^__import(?:Star|Default)$/u.test(node.callee.name) ? requiredModule(first) : undefined;
}

/** `a` of `import { a }` and of `modules.a()` with `import * as modules`: what a call takes of the module that its root is imported from, where it is told. */
function nameTaken(callee: TSESTree.Node, definition: TSESTree.Node): string | undefined {
  if (definition.type !== "ImportNamespaceSpecifier")
    return definition.type === "ImportDefaultSpecifier" ? "default" : importedName(definition);
  if (callee.type === "CallExpression") return nameTaken(callee.callee, definition);
  if (callee.type !== "MemberExpression") return undefined;
  if (callee.object.type !== "Identifier") return nameTaken(callee.object, definition);
  return callee.computed ? undefined : keyName(callee.property);
}

/** `a` of `import { a as b }`; undefined for what is not imported by a name. */
function importedName(node: TSESTree.Node): string | undefined {
  if (node.type !== "ImportSpecifier") return undefined;
  return node.imported.type === "Identifier" ? node.imported.name : node.imported.value;
}

/** Undefined for `import A = B.C`, which names no module. */
function moduleNamedBy(statement: ImportStatement): string | undefined {
  if (statement.type === "ImportDeclaration") return statement.source.value;
  const { moduleReference } = statement;
  return moduleReference.type === "TSExternalModuleReference" ? String(moduleReference.expression.value) : undefined;
}

function arithmetic(operator: string, left: number, right: number): number | undefined {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "**":
      return left ** right;
    default:
      return undefined;
  }
}

/** `Date.now()` */
function isNow(value: Value): value is ResultValue {
  return (
    value.kind === "result" &&
    value.callee.module === "globalThis" &&
    value.callee.path.join(".") === "Date.now" &&
    value.arguments.length === 0
  );
}

function isText(value: Value): boolean {
  return value.kind === "text" || (value.kind === "primitive" && typeof value.value === "string");
}

/** Joins neighbouring literal parts; a text without unknown parts is a primitive. */
function textOf(parts: readonly (string | undefined)[], origin: Extract<Value, { kind: "text" }>["origin"]): Value {
  if (parts.length > maximumParts || parts.reduce((length, part) => length + (part?.length ?? 0), 0) > maximumText)
    return unknown("a text too long to follow");
  const joined: (string | undefined)[] = [];
  for (const part of parts) {
    if (part !== undefined && joined.length > 0 && joined.at(-1) !== undefined) joined[joined.length - 1] = `${joined.at(-1)}${part}`;
    else if (part !== "") joined.push(part);
  }
  if (joined.length === 0) return { kind: "primitive", value: "", origin };
  const [only, ...others] = joined;
  return others.length === 0 && only !== undefined ? { kind: "primitive", value: only, origin } : { kind: "text", parts: joined, origin };
}

function converted(how: string, value: Value, origin: Extract<Value, { kind: "text" }>["origin"]): Value {
  if (value.kind !== "primitive" || how === "structuredClone") return value;
  if (how === "String") return { kind: "primitive", value: String(value.value), origin };
  if (how === "Boolean") return { kind: "primitive", value: Boolean(value.value), origin };
  const number = how === "parseInt" ? Number.parseInt(String(value.value), 10) : Number(value.value);
  return Number.isNaN(number) ? unknown("not a number") : { kind: "primitive", value: number, origin: value.origin };
}

function agreed(left: Value, right: Value): Value {
  return left.kind === "primitive" && right.kind === "primitive" && left.value === right.value ? left : unknown("depends on a condition");
}

/** `Object.assign(options, more)`, `_.defaults(options, more)`: calls that fill the object they are given first. */
function isFilledBy(call: TSESTree.Node | undefined, object: TSESTree.Node): boolean {
  if (call?.type !== "CallExpression" || call.arguments[0] !== object || call.callee.type !== "MemberExpression") return false;
  return /^(?:assign|extend|defaults|merge|set)(?:In|Deep|With)?$/u.test(keyName(call.callee.property) ?? "");
}

/** `url.host = host`: it leads elsewhere than where it was made to. */
function isMovedBy({ parent }: Pick<TSESTree.Node, "parent">): boolean {
  if (parent?.type !== "MemberExpression" || parent.computed) return false;
  const { parent: assignment } = parent;
  if (assignment.type !== "AssignmentExpression" || assignment.left !== parent) return false;
  return /^(?:protocol|host|hostname|port|href)$/u.test(keyName(parent.property) ?? "");
}

function isProcess({ module, path }: ReferenceValue): boolean {
  return (
    (module === "globalThis" && path.length === 2 && path[0] === "process") || (/^(?:node:)?process$/u.test(module) && path.length === 1)
  );
}

function onlyReturn(body: TSESTree.BlockStatement): TSESTree.Node | undefined {
  const returns = body.body.filter(mayReturn);
  const [only] = returns;
  return returns.length === 1 && only?.type === "ReturnStatement" ? (only.argument ?? undefined) : undefined;
}

/** `if (!client) client = new Stripe(key);` does not. */
function mayReturn(statement: TSESTree.Statement): boolean {
  switch (statement.type) {
    case "IfStatement":
      return mayReturn(statement.consequent) || (statement.alternate !== null && mayReturn(statement.alternate));
    case "BlockStatement":
      return statement.body.some(mayReturn);
    default:
      return /^(?:Return|Switch|Try|For|While|DoWhile|Labeled|With)/u.test(statement.type);
  }
}

/** `constructor(private readonly http: HttpService)` */
function constructorParameter(owner: TSESTree.ClassDeclaration | TSESTree.ClassExpression, name: string): TSESTree.Identifier | undefined {
  const construct = owner.body.body.find((member) => member.type === "MethodDefinition" && member.kind === "constructor");
  if (construct?.type !== "MethodDefinition") return undefined;
  return construct.value.params
    .flatMap((parameter) => (parameter.type === "TSParameterProperty" ? [parameter.parameter] : []))
    .find((parameter): parameter is TSESTree.Identifier => parameter.type === "Identifier" && parameter.name === name);
}

/** `axios` and ["AxiosInstance"] of the type `axios.AxiosInstance` */
function namesIn(type: TSESTree.EntityName): { root: TSESTree.Identifier; members: readonly string[] } | undefined {
  if (type.type === "Identifier") return { root: type, members: [] };
  const left = type.type === "TSQualifiedName" ? namesIn(type.left) : undefined;
  return left && type.type === "TSQualifiedName" ? { root: left.root, members: [...left.members, type.right.name] } : undefined;
}

/** Passes its operand on. */
function isTransparent({ type }: TSESTree.Node): boolean {
  return /^(?:Await|Chain|TSNonNull|TSAs|TSSatisfies)Expression$/u.test(type);
}

function parameterPattern(parameter: TSESTree.Parameter): TSESTree.Node {
  return parameter.type === "TSParameterProperty" ? parameter.parameter : parameter;
}

function keyName(key: TSESTree.Node): string | undefined {
  if (key.type === "Identifier") return key.name;
  if (key.type === "PrivateIdentifier") return `#${key.name}`;
  return key.type === "Literal" ? String(key.value) : undefined;
}

/** A number, or a signal that fires after one. */
function isTime(value: Value): boolean {
  if (value.kind === "result") return value.callee.path.join(".") === "AbortSignal.timeout" && value.arguments[0]?.kind === "primitive";
  return value.kind === "primitive" && typeof value.value === "number";
}

/** `options?.timeout` of a parameter `options` */
function isOfParameter(node: TSESTree.Node, file: SourceFile): boolean {
  if (node.type === "ChainExpression" || node.type === "TSNonNullExpression") return isOfParameter(node.expression, file);
  if (node.type === "MemberExpression") return isOfParameter(node.object, file);
  return node.type === "Identifier" && String(file.variableOf(node)?.defs[0]?.type) === "Parameter";
}
