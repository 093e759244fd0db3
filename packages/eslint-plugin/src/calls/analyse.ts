import type { TSESTree } from "@typescript-eslint/utils";

import type { ClientInstance } from "./client-instance.ts";
import type { Frame } from "./evaluate.ts";
import { keyOf } from "./idempotency-key.ts";
import { identity } from "./instances.ts";
import { importedSpecifiers, mentionsLibrary } from "./modules.ts";
import type { OutboundCall, RequestReading, RetryLayer } from "./outbound-call.ts";
import { type HostContext, readProgram, type ReadProgram } from "./read-program.ts";
import { readHandWritten } from "./retries/hand-written.ts";
import { isLoop, loopLayer } from "./retries/loop.ts";
import { recursionLayer, selfCalls } from "./retries/recursion.ts";
import { type CallLike, isWithin, nodesWithin, type SourceFile } from "./source-file.ts";
import type { FunctionValue, Origin } from "./value.ts";

/** What one file sends out. Made once a file, shared by all rules. */
export interface CallAnalysis {
  readonly file: SourceFile | undefined;
  /**
   * Every request, and each once more for every call of a project function that leads to it (`through`), with that call's arguments put in.
   */
  readonly calls: readonly OutboundCall[];
  /** For each client that this file creates, keeps and does not call, what its plainest request would be. */
  readonly idleClients: readonly OutboundCall[];
  /** Every place where a client is given a retry plugin in this file. */
  readonly plugged: readonly RetryLayer[];
}

/** Following functions of the project deeper than this finds little and costs much. */
const maximumDepth = 4;
const maximumFollowed = 2_000;

const nothing: CallAnalysis = { file: undefined, calls: [], idleClients: [], plugged: [] };
const analyses = new WeakMap<object, CallAnalysis>();

/** The analysis of the file that a rule's context lints. */
export function analyseCalls(context: HostContext): CallAnalysis {
  const program = readProgram(context);
  if (!program) return nothing;
  const analysis = analyses.get(program) ?? (canSendRequests(program) ? analyseFile(program) : nothing);
  analyses.set(program, analysis);
  return analysis;
}

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
  /** Retry layers around the calls of project functions that led here, inner to outer. */
  readonly layers: readonly RetryLayer[];
  readonly through: readonly Origin[];
  /** The function whose body is read; lexical layers end there. */
  readonly within: TSESTree.FunctionLike | undefined;
}

/** A call that runs a function of the project. */
interface Entrance {
  readonly node: CallLike;
  readonly target: FunctionValue;
  readonly layers: readonly RetryLayer[];
}

function topOf(file: SourceFile): Surroundings {
  return { file, frame: undefined, layers: [], through: [], within: undefined };
}

function analyseFile({ file, evaluator, instances }: ReadProgram): CallAnalysis {
  const calls: OutboundCall[] = [];
  const plugged: RetryLayer[] = [];
  const reaching = new Map<TSESTree.FunctionLike, boolean>();
  let followed = 0;

  for (const node of file.calls) read(node, topOf(file));
  return { file, calls, idleClients: idleClients(), plugged };

  function idleClients(): OutboundCall[] {
    const used = new Set(calls.map(({ instance }) => instance && identity(instance)));
    return instances.created().flatMap((instance) => {
      const { module, place } = instance;
      const path = instance.library.plainRequest;
      if (!path || !place || used.has(identity(instance)) || isHandedOn(place.node)) return [];
      const { node } = place;
      const reading = instances.interpret(instance.library, { node, file, module, path, instance, arguments: () => [] });
      return reading?.kind === "request" ? [outboundCall(reading.request, node, instance, topOf(file))] : [];
    });
  }

  function read(node: CallLike, around: Surroundings): void {
    const entrance = entranceOf(node, around);
    if (entrance) {
      follow(entrance, around);
      return;
    }
    const meaning = evaluator.meaningOf(node, around.file, around.frame);
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
      case "retry":
      case "value":
        return;
    }
  }

  function outboundCall(request: RequestReading, node: CallLike, instance: ClientInstance, around: Surroundings): OutboundCall {
    const call: OutboundCall = {
      ...request,
      origin: { file: around.file, node },
      library: instance.library,
      instance,
      retries: [...request.retries, ...lexicalLayers(node, around), ...around.layers],
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
      return { node, target: meaning.target, layers: lexicalLayers(node, around) };
    }
    const retry = meaning.kind === "library" && meaning.interpretation?.kind === "retry" ? meaning.interpretation : undefined;
    // A function that stands in the call is read where it stands.
    if (retry?.operation.kind !== "function" || (retry.operation.origin.file === around.file && isWithin(retry.operation.node, node)))
      return undefined;
    const layer = { ...retry.layer, wraps: { file: around.file, node } };
    return { node, target: retry.operation, layers: [layer, ...lexicalLayers(node, around)] };
  }

  function inside({ node, target, layers }: Entrance, around: Surroundings): Surroundings {
    return {
      file: target.origin.file,
      frame: evaluator.frameOf(target, node, around.file, around.frame),
      layers: [...layers, ...around.layers],
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
    )
      return;
    const within = inside(entrance, around);
    followed += 1;
    for (const inner of nodesWithin(target.origin.file.calls, target.node)) read(inner, within);
  }

  /** Functions of this file among the arguments. */
  function functionsGiven({ arguments: given }: CallLike, { file: inFile, frame }: Surroundings): FunctionValue[] {
    return given.flatMap((argument) => {
      if (!/Function|^Identifier/u.test(argument.type) || (argument.type === "Identifier" && isImported(argument, inFile))) return [];
      const value = evaluator.evaluate(argument, inFile, frame);
      return value.kind === "function" ? [value] : [];
    });
  }

  /** Whether a request is made in the function or in one that it calls, so many calls away; told once without arguments. */
  function reachesRequest(target: FunctionValue, depth: number): boolean {
    const known = reaching.get(target.node);
    if (known !== undefined) return known;
    if (depth === 0) return false;
    reaching.set(target.node, false);
    const result = nodesWithin(target.origin.file.calls, target.node).some((node) => {
      const meaning = evaluator.meaningOf(node, target.origin.file);
      if (meaning.kind === "project") return reachesRequest(meaning.target, depth - 1);
      return meaning.kind === "library" && (meaning.interpretation?.kind === "request" || meaning.interpretation?.kind === "retry");
    });
    reaching.set(target.node, result);
    return result;
  }

  /** What repeats the call where it stands, inner to outer: retry wrappers, loops, a function that calls itself. */
  function lexicalLayers(node: TSESTree.Node, { file: inFile, frame, within }: Surroundings): RetryLayer[] {
    const code = readHandWritten(inFile, frame, evaluator);
    const layers: RetryLayer[] = [];
    const add = (layer: RetryLayer | undefined, around: TSESTree.Node) =>
      layer && layers.push({ ...layer, wraps: { file: inFile, node: around } });
    let attempted = node;
    for (let current = node.parent; current; current = current.parent) {
      if (isLoop(current)) add(loopLayer(current, attempted, code), current);
      if (isFunction(current)) {
        const wrapper = current === within ? undefined : retryAround(current, inFile, frame);
        if (wrapper) add(wrapper.layer, wrapper.node);
        else add(recursionLayer(current, attempted, selfCalls(current, inFile), code), current);
        // What stands around any other function says nothing about when the function runs.
        if (!wrapper) break;
        attempted = wrapper.node;
      }
    }
    return layers;
  }

  /** `pRetry(() => fetch(url))`, seen from the function. */
  function retryAround(
    operation: TSESTree.FunctionLike,
    inFile: SourceFile,
    frame: Frame | undefined,
  ): { layer: RetryLayer; node: CallLike } | undefined {
    const call = operation.parent;
    if (call?.type !== "CallExpression" || call.callee === operation) return undefined;
    const meaning = evaluator.meaningOf(call, inFile, frame);
    const retry = meaning.kind === "library" && meaning.interpretation?.kind === "retry" ? meaning.interpretation : undefined;
    return retry?.operation.kind === "function" && retry.operation.node === operation ? { layer: retry.layer, node: call } : undefined;
  }
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

function isFunction(node: TSESTree.Node): node is TSESTree.FunctionLike {
  return node.type === "ArrowFunctionExpression" || node.type === "FunctionExpression" || node.type === "FunctionDeclaration";
}
