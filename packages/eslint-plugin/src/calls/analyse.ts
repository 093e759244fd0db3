import type { TSESTree } from "@typescript-eslint/utils";

import type { ClientInstance } from "./client-instance.ts";
import type { Frame } from "./evaluate.ts";
import { unknownFact } from "./fact.ts";
import { importedSpecifiers, mentionsLibrary } from "./glances.ts";
import { keyOf } from "./idempotency-key.ts";
import { createInertCalls } from "./inert-calls.ts";
import { withoutUnreachable } from "./inner-functions.ts";
import { identity } from "./instances.ts";
import type { Interpretation, Run } from "./library.ts";
import type { OutboundCall, RequestReading, RetryLayer, Wrapping } from "./outbound-call.ts";
import { type HostContext, readProgram, type ReadProgram } from "./read-program.ts";
import { callThrough, maySayRequests, operationRun, repeatedOperations, retriesSeen } from "./repeated-operations.ts";
import { rememberLast } from "./remember-last.ts";
import { readHandWritten } from "./retries/hand-written.ts";
import { loopLayer } from "./retries/loop.ts";
import { recursionLayer, selfCalls } from "./retries/recursion.ts";
import { isRuledOut } from "./ruled-out.ts";
import { type CallLike, isFunction, isLoop, isWithin, nodesWithin, type SourceFile } from "./source-file.ts";
import { createUnderway } from "./underway.ts";
import { type FunctionValue, type Origin, unknown } from "./value.ts";

/** What one file sends out. Made once a file, shared by all rules. */
export interface CallAnalysis {
  readonly file: SourceFile | undefined;
  /**
   * Every request, and each once more for every call of a project function that leads to it (`through`), with that call's arguments put in.
   */
  readonly calls: readonly OutboundCall[];
  /** For each client that this file creates, keeps and does not call, what its plainest request would be. */
  readonly idleClients: readonly OutboundCall[];
  /** What hand-written retries of this file repeat, where their code says that it is a request and the request itself is not seen. */
  readonly repeated: readonly OutboundCall[];
  /** Every place where a client is given a retry plugin in this file. */
  readonly plugged: readonly RetryLayer[];
}

/** Following functions of the project deeper than this finds little and costs much. */
const maximumDepth = 4;
const maximumFollowed = 2_000;

const nothing: CallAnalysis = { file: undefined, calls: [], idleClients: [], repeated: [], plugged: [] };

/** The analysis of the file that a rule's context lints. */
export function analyseCalls(context: HostContext): CallAnalysis {
  const program = readProgram(context);
  return program ? analysisOf(program) : nothing;
}

const analysisOf = rememberLast((program: ReadProgram) => {
  if (canSendRequests(program)) return analyseFile(program);
  if (!maySayRequests(program.text)) return nothing;
  const { file, evaluator } = program;
  return { ...nothing, file, repeated: repeatedOperations(readHandWritten(file, undefined, evaluator), new Set()) };
});

/** Told from the text and the texts of the imported files; most files of a project end here. */
function canSendRequests({ text, path, modules }: ReadProgram): boolean {
  if (mentionsLibrary(text)) return true;
  return importedSpecifiers(text).some((specifier) => {
    const target = modules.resolve(specifier, path);
    return target !== undefined && modules.leadsToLibrary(target);
  });
}

/** The surroundings of a call that is being read. */
interface Surroundings {
  readonly file: SourceFile;
  readonly frame: Frame | undefined;
  /** What stands around the calls of project functions that led here, inner to outer. */
  readonly around: readonly Wrapping[];
  readonly through: readonly Origin[];
  /** The function whose body is read; lexical layers end there. */
  readonly within: TSESTree.FunctionLike | undefined;
}

/** A call that runs a function of the project. */
interface Entrance {
  readonly node: CallLike;
  readonly target: FunctionValue;
  /** The arguments of the call are the function's; a library that runs a function gives it others. */
  readonly gives: "its arguments" | "others";
  readonly around: readonly Wrapping[];
}

function topOf(file: SourceFile): Surroundings {
  return { file, frame: undefined, around: [], through: [], within: undefined };
}

function analyseFile({ file, evaluator, instances, modules }: ReadProgram): CallAnalysis {
  const calls: OutboundCall[] = [];
  const used = new Set<unknown>();
  const plugged: RetryLayer[] = [];
  /** Operations of this file that a retry library runs. */
  const runs: { readonly node: CallLike; readonly operation: FunctionValue; readonly layer: RetryLayer }[] = [];
  const reachingHere = new Map<string, number | "reaches">();
  const asked = createUnderway<TSESTree.FunctionLike>();
  const inert = createInertCalls(modules);
  let followed = 0;

  const entered = new Set<CallLike>();

  for (const node of file.calls) read(node, topOf(file));
  const idle = idleClients();
  return { file, calls: withoutUnreachable(calls, file, entered), idleClients: idle, repeated: repeated(idle), plugged };

  /** What is repeated without a request in sight: by code of this file, by a retry library, by a plugin. */
  function repeated(idle: readonly OutboundCall[]): OutboundCall[] {
    const code = readHandWritten(file, undefined, evaluator);
    const seen = retriesSeen(calls);
    const onKnown = new Set([...calls, ...idle].flatMap(({ retries }) => retries.flatMap(({ options }) => options?.node ?? [])));
    return [
      ...repeatedOperations(code, seen),
      ...runs.flatMap(({ node, operation, layer }) => (seen.has(node) ? [] : operationRun(operation, layer, code))),
      ...plugged.flatMap((layer) =>
        layer.options && !onKnown.has(layer.options.node) ? [callThrough(layer, layer.options.node, code)] : [],
      ),
    ];
  }

  function idleClients(): OutboundCall[] {
    return instances.created().flatMap((instance) => {
      const { module, place } = instance;
      const path = instance.library.plainRequest;
      if (!path || !place || used.has(identity(instance)) || isHandedOn(place.node)) return [];
      const { node } = place;
      const reading = instances.interpret(instance.library, {
        node,
        file,
        module,
        path,
        instance,
        arguments: () => [],
        followedBy: () => [],
      });
      return reading?.kind === "request" ? [outboundCall(reading.request, node, instance, topOf(file))] : [];
    });
  }

  function read(node: CallLike, around: Surroundings): void {
    if (inert.isInert(node, around.file)) return;
    const entrance = entranceOf(node, around);
    if (entrance) {
      follow(entrance, around);
      return;
    }
    const meaning = evaluator.meaningOf(node, around.file, around.frame);
    if (meaning.kind === "other" && !around.frame) inert.keep(node, around.file, undefined);
    const interpretation = meaning.kind === "library" ? meaning.interpretation : undefined;
    if (meaning.kind !== "library" || !interpretation) return;
    switch (interpretation.kind) {
      case "request":
        calls.push(outboundCall(interpretation.request, node, meaning.instance, around));
        return;
      case "plug":
        if (around.file === file && around.through.length === 0 && meaning.library.layerOf)
          plugged.push(meaning.library.layerOf(interpretation.options, { file, node }, { node, argument: interpretation.argument }));
        return;
      case "instance":
        evaluator.evaluate(node, around.file, around.frame);
        return;
      case "run":
        keepRun(interpretation, node, around);
        return;
      case "wait":
      case "operator":
      case "value":
        return;
    }
  }

  function keepRun({ operation, under }: Run, node: CallLike, { through }: Surroundings): void {
    if (operation.kind !== "function" || operation.origin.file !== file || through.length > 0) return;
    for (const wrapping of placedAll(under, { file, node })) if (wrapping.retries) runs.push({ node, operation, layer: wrapping.retries });
  }

  function outboundCall(request: RequestReading, node: CallLike, instance: ClientInstance, around: Surroundings): OutboundCall {
    const wrappings = [...operatorsOn(node, around), ...lexicalWrappings(node, around), ...around.around];
    used.add(identity(instance));
    const call: OutboundCall = {
      ...request,
      origin: { file: around.file, node },
      library: instance.library,
      instance: keptClient(instance, node),
      retries: [...request.retries, ...wrappings.flatMap(({ retries }) => retries ?? [])],
      around: wrappings,
      effect: request.effect,
      label: request.label,
      idempotencyKey: request.idempotencyKey ?? keyOf(request),
      through: around.through,
      narrowed: (count) =>
        count === around.through.length ? call : readAlong(around.through.slice(around.through.length - count), call.origin),
    };
    return call;
  }

  /** The request as it is read when only these calls of project functions lead to it, whatever leads to the first of them. */
  function readAlong(path: readonly Origin[], { file: inFile, node }: Origin & { readonly node: CallLike }): OutboundCall | undefined {
    let around = topOf(path[0]?.file ?? inFile);
    for (const step of path) {
      const entrance = entranceOf(step.node as CallLike, around);
      if (!entrance) return undefined;
      around = inside(entrance, around);
    }
    const meaning = evaluator.meaningOf(node, inFile, around.frame);
    if (meaning.kind !== "library" || meaning.interpretation?.kind !== "request") return undefined;
    return outboundCall(meaning.interpretation.request, node, meaning.instance, around);
  }

  /** The project's function that a call runs, by itself or through a retry library, and what repeats it there. */
  function entranceOf(node: CallLike, around: Surroundings): Entrance | undefined {
    const meaning = evaluator.meaningOf(node, around.file, around.frame);
    if (meaning.kind === "project") {
      // A recursion is a retry layer, or no business of ours.
      if (meaning.target.origin.file === around.file && isWithin(node, meaning.target.node)) return undefined;
      return {
        node,
        target: meaning.target,
        gives: "its arguments",
        around: [...operatorsOn(node, around), ...lexicalWrappings(node, around)],
      };
    }
    const each = meaning.kind === "other" ? functionOfEach(node, around) : undefined;
    if (each) return { node, target: each, gives: "others", around: lexicalWrappings(node, around) };
    const run = meaning.kind === "library" ? runOf(meaning.interpretation) : undefined;
    // A function that stands in the call is read where it stands.
    if (run?.operation.kind !== "function" || (run.operation.origin.file === around.file && isWithin(run.operation.node, node)))
      return undefined;
    return {
      node,
      target: run.operation,
      gives: "others",
      around: [...placedAll(run.under, { file: around.file, node }), ...operatorsOn(node, around), ...lexicalWrappings(node, around)],
    };
  }

  /** `items.map(load)`, `items.forEach(this.load)`: the function of the project that runs for each item, when it is given by its name. */
  function functionOfEach({ callee, arguments: [given] }: CallLike, { file: inFile, frame }: Surroundings): FunctionValue | undefined {
    if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier" || callee.computed) return undefined;
    if (!/^(?:map|flatMap|forEach)$/u.test(callee.property.name)) return undefined;
    if (given?.type !== "Identifier" && given?.type !== "MemberExpression") return undefined;
    const value = evaluator.evaluate(given, inFile, frame);
    return value.kind === "function" ? value : undefined;
  }

  function inside({ node, target, gives, around: wrappings }: Entrance, around: Surroundings): Surroundings {
    return {
      file: target.origin.file,
      frame:
        gives === "its arguments"
          ? evaluator.frameOf(target, node, around.file, around.frame)
          : { node: target.node, argument: () => unknown("given by the library that runs the function"), outer: around.frame },
      around: [...wrappings, ...around.around],
      through: [...around.through, { file: around.file, node }],
      within: target.node,
    };
  }

  /** Reads the body of a project function for one call of it. */
  function follow(entrance: Entrance, around: Surroundings): void {
    const { target } = entrance;
    if (around.through.length >= maximumDepth || followed >= maximumFollowed || isRunning(target, around.frame)) return;
    // A wrapper reaches a request by the function it is given: `withRetry(() => fetch(url))`.
    if (
      !reachesRequest(target, maximumDepth) &&
      !functionsGiven(entrance.node, around).some((given) => reachesRequest(given, maximumDepth))
    ) {
      if (!around.frame) inert.keep(entrance.node, around.file, target);
      return;
    }
    const within = inside(entrance, around);
    followed += 1;
    entered.add(entrance.node);
    const valueOf = (test: TSESTree.Identifier) => evaluator.evaluate(test, within.file, within.frame);
    for (const inner of nodesWithin(target.origin.file.calls, target.node))
      if (!isRuledOut(inner, target.node, valueOf)) read(inner, within);
  }

  /** Functions of this file among the arguments. */
  function functionsGiven({ arguments: given }: CallLike, { file: inFile, frame }: Surroundings): FunctionValue[] {
    return given.flatMap((argument) => {
      if (!/Function|^Identifier/u.test(argument.type) || (argument.type === "Identifier" && isImported(argument, inFile))) return [];
      const value = evaluator.evaluate(argument, inFile, frame);
      return value.kind === "function" ? [value] : [];
    });
  }

  /** Whether a request is made in the function or in one that it calls, so many calls away; told without its arguments. */
  function reachesRequest(target: FunctionValue, depth: number): boolean {
    const { node, origin } = target;
    // The text of the linted file may not be the one on the disk.
    const reaching = origin.file === file ? reachingHere : modules.learned.reaching;
    const key = `${origin.file.path}:${node.range[0]}`;
    const known = reaching.get(key) ?? reachingHere.get(key);
    if (known === "reaches") return true;
    if (depth <= (known ?? 0) || asked.leadsBackTo(node)) return false;
    return asked.answer(
      node,
      () => nodesWithin(origin.file.calls, node).some((call) => isRequestOrReaches(call, origin.file, depth - 1)),
      (reaches) => (reaches || modules.readsAll() ? reaching : reachingHere).set(key, reaches ? "reaches" : depth),
    );
  }

  function isRequestOrReaches(call: CallLike, inFile: SourceFile, depth: number): boolean {
    if (inert.isInert(call, inFile)) return false;
    const meaning = evaluator.meaningOf(call, inFile);
    if (meaning.kind === "project") return reachesRequest(meaning.target, depth);
    return meaning.kind === "library" && (meaning.interpretation?.kind === "request" || runOf(meaning.interpretation) !== undefined);
  }

  /** What a request is given by `.pipe(…)`: rxjs operators, in their order. */
  function operatorsOn(node: CallLike, { file: inFile, frame }: Surroundings): Wrapping[] {
    const { parent } = node;
    const isUsed = (parent.type === "MemberExpression" && parent.object === node) || parent.type === "VariableDeclarator";
    if (!isUsed) return [];
    const pipes = evaluator.callsOn(node, inFile, frame).filter(({ method }) => method === "pipe");
    return pipes.flatMap(({ node: pipe }) =>
      pipe.arguments.flatMap((operator) => {
        if (operator.type !== "CallExpression") return [];
        const meaning = evaluator.meaningOf(operator, inFile, frame);
        if (meaning.kind !== "library" || meaning.interpretation?.kind !== "operator") return [];
        return [placed(meaning.interpretation.under, { file: inFile, node: pipe })];
      }),
    );
  }

  /** What the call runs under where it stands, inner to outer: retry wrappers, limiters, loops, a function that calls itself. */
  function lexicalWrappings(node: TSESTree.Node, { file: inFile, frame, within }: Surroundings): Wrapping[] {
    const code = readHandWritten(inFile, frame, evaluator);
    const wrappings: Wrapping[] = [];
    const add = (retries: RetryLayer | undefined, around: TSESTree.Node) =>
      retries && wrappings.push(placed({ retries }, { file: inFile, node: around }));
    let attempted = node;
    wrappings.push(...waitsFor(node, inFile, frame));
    for (let current = node.parent; current; current = current.parent) {
      if (isLoop(current)) add(loopLayer(current, attempted, code), current);
      if (isFunction(current)) {
        const wrapper = current === within ? undefined : runAround(current, inFile, frame);
        if (wrapper)
          wrappings.push(
            ...placedAll(wrapper.under, { file: inFile, node: wrapper.node }),
            ...operatorsOn(wrapper.node, { file: inFile, frame, around: [], through: [], within }),
            ...waitsFor(wrapper.node, inFile, frame),
          );
        else add(recursionLayer(current, attempted, selfCalls(current, inFile), code), current);
        // What stands around any other function says nothing about when the function runs.
        if (!wrapper) break;
        attempted = wrapper.node;
      }
    }
    return wrappings;
  }

  /** Time limits on the wait for a promise; what a race of promises is won by is not told. */
  function waitsFor(promise: TSESTree.Node, inFile: SourceFile, frame: Frame | undefined): Wrapping[] {
    return callsTaking(promise, inFile).flatMap(({ call, argument }) => {
      if (isPromiseMethod(call, /^race$/u)) return [{ timeout: unknownFact("a race of promises") }];
      const meaning = evaluator.meaningOf(call, inFile, frame);
      const wait = meaning.kind === "library" && meaning.interpretation?.kind === "wait" ? meaning.interpretation : undefined;
      if (wait?.argument !== argument) return [];
      return [wait.under, ...operatorsOn(call, { file: inFile, frame, around: [], through: [], within: undefined }).map(withoutRetries)];
    });
  }

  /** `pRetry(() => fetch(url))` and `useQuery({ queryFn: () => fetch(url) })`, seen from the function. */
  function runAround(
    operation: TSESTree.FunctionLike,
    inFile: SourceFile,
    frame: Frame | undefined,
  ): { under: readonly Wrapping[]; node: CallLike } | undefined {
    const call = callTaking(operation);
    if (!call) return undefined;
    const meaning = evaluator.meaningOf(call, inFile, frame);
    const run = meaning.kind === "library" ? runOf(meaning.interpretation) : undefined;
    return run?.operation.kind === "function" && run.operation.node === operation ? { under: run.under, node: call } : undefined;
  }
}

/** The function that a call runs, now or whenever what it makes is called. */
function runOf(interpretation: Interpretation | undefined): Run | undefined {
  if (interpretation?.kind === "instance") return interpretation.runs;
  return interpretation?.kind === "run" ? interpretation : undefined;
}

/** The call whose argument a function is, directly or as a property of an options object. */
function callTaking(operation: TSESTree.FunctionLike): CallLike | undefined {
  let given: TSESTree.Node = operation;
  while (given.parent?.type === "Property" && given.parent.parent.type === "ObjectExpression") given = given.parent.parent;
  const call = given.parent;
  return (call?.type === "CallExpression" || call?.type === "NewExpression") && call.callee !== given ? call : undefined;
}

/** A wrapping with the place of the code that runs the call again. */
function placed(under: Wrapping, wraps: Origin): Wrapping {
  return under.retries ? { ...under, retries: { ...under.retries, wraps } } : under;
}

function placedAll(under: readonly Wrapping[], wraps: Origin): Wrapping[] {
  return under.map((wrapping) => placed(wrapping, wraps));
}

/** The calls that a promise is an argument of: `pTimeout(fetch(url), …)`, also after `.then(…)` and through the variable that holds it. */
function callsTaking(promise: TSESTree.Node, file: SourceFile): { call: CallLike; argument: number }[] {
  const { parent } = promise;
  switch (parent?.type) {
    case "CallExpression":
    case "NewExpression": {
      const argument = parent.arguments.findIndex((given) => given === promise);
      if (argument === -1) return [];
      return [
        { call: parent, argument },
        ...(isPromiseMethod(parent, /^(?:all|allSettled|any|resolve)$/u) ? callsTaking(parent, file) : []),
      ];
    }
    case "MemberExpression": {
      const call = parent.object === promise ? parent.parent : undefined;
      return call?.type === "CallExpression" && call.callee === parent ? callsTaking(call, file) : [];
    }
    case "VariableDeclarator":
      return parent.id.type === "Identifier"
        ? (file.variableOf(parent.id)?.references ?? []).flatMap(({ identifier, init }) =>
            init === true ? [] : callsTaking(identifier as TSESTree.Node, file),
          )
        : [];
    case "TSAsExpression":
    case "TSNonNullExpression":
    case "ArrayExpression":
      return callsTaking(parent, file);
    default:
      return [];
  }
}

/** A client that is made in the call itself is part of it: `axios.create().get(url)`, `wretch(url).headers({ … }).post(body)`. */
function keptClient(instance: ClientInstance, node: CallLike): ClientInstance {
  const { created, parent } = instance;
  return parent && created && created.node !== node && isWithin(created.node, node) ? keptClient(parent, node) : instance;
}

function isPromiseMethod({ callee }: CallLike, method: RegExp): boolean {
  return (
    callee.type === "MemberExpression" &&
    callee.object.type === "Identifier" &&
    callee.object.name === "Promise" &&
    callee.property.type === "Identifier" &&
    method.test(callee.property.name)
  );
}

/** A promise that is under way is never repeated. */
function withoutRetries({ timeout, breaker, concurrency }: Wrapping): Wrapping {
  return { ...(timeout && { timeout }), ...(breaker && { breaker }), ...(concurrency && { concurrency }) };
}

function isRunning(target: FunctionValue, frame: Frame | undefined): boolean {
  for (let current = frame; current; current = current.outer) if (current.node === target.node) return true;
  return false;
}

function isImported(identifier: TSESTree.Identifier, file: SourceFile): boolean {
  return String(file.variableOf(identifier)?.defs[0]?.type) === "ImportBinding";
}

/** `limited(axios.create(), 5)`: how the other function uses it is not known. */
function isHandedOn(node: CallLike): boolean {
  const { parent } = node;
  return (parent.type === "CallExpression" || parent.type === "NewExpression") && parent.arguments.some((argument) => argument === node);
}
