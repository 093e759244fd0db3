import type { Scope } from "@typescript-eslint/scope-manager";
import type { TSESTree } from "@typescript-eslint/utils";

type ScopeManager = { readonly scopes: readonly Scope[] };
type Variable = NonNullable<Scope["references"][number]["resolved"]>;
export type Counter = TSESTree.UpdateExpression | TSESTree.AssignmentExpression;
export type Loop = TSESTree.ForStatement | TSESTree.WhileStatement | TSESTree.DoWhileStatement;
export type CallLike = TSESTree.CallExpression | TSESTree.NewExpression;

/** A parsed file with what the call model asks of it, whether ESLint is linting it or an import led there. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly ast: TSESTree.Program;
  /** Every call and construction, in source order. */
  readonly calls: readonly CallLike[];
  /** Every assignment to a member: `client.defaults.timeout = 300`. */
  readonly memberAssignments: readonly TSESTree.AssignmentExpression[];
  readonly ifs: readonly TSESTree.IfStatement[];
  /** Those that a condition ends, which retries are written with. */
  readonly loops: readonly Loop[];
  /** `a === b`, `age > 300` */
  readonly comparisons: readonly TSESTree.BinaryExpression[];
  /** Where a variable counts: `attempt++`, `attempt += 1`, `attempt = attempt + 1`. */
  readonly counters: readonly Counter[];
  /** The variable an identifier refers to; undefined for a global. */
  variableOf(identifier: TSESTree.Identifier | TSESTree.JSXIdentifier): Variable | undefined;
}

export type { Variable };

/** Indexes a parsed program; sets `parent` where the host has not done so. */
export function createSourceFile(
  path: string,
  text: string,
  ast: TSESTree.Program,
  scopeManager: ScopeManager,
  visitorKeys: Readonly<Record<string, readonly string[] | undefined>>,
): SourceFile {
  const calls: CallLike[] = [];
  const memberAssignments: TSESTree.AssignmentExpression[] = [];
  const ifs: TSESTree.IfStatement[] = [];
  const loops: Loop[] = [];
  const comparisons: TSESTree.BinaryExpression[] = [];
  const counters: Counter[] = [];
  walk(ast, visitorKeys, (node) => {
    switch (node.type) {
      case "CallExpression":
      case "NewExpression":
        calls.push(node);
        break;
      case "IfStatement":
        ifs.push(node);
        break;
      case "ForStatement":
      case "WhileStatement":
      case "DoWhileStatement":
        loops.push(node);
        break;
      case "BinaryExpression":
        if (/^(?:[!=]==?|[<>]=?)$/u.test(node.operator)) comparisons.push(node);
        break;
      case "UpdateExpression":
        counters.push(node);
        break;
      case "AssignmentExpression":
        if (node.left.type === "MemberExpression") memberAssignments.push(node);
        else if (node.left.type === "Identifier") counters.push(node);
        break;
      default: // nobody asks for the others
    }
  });
  let variables: Map<TSESTree.Node, Variable> | undefined;
  return {
    path,
    text,
    ast,
    calls,
    memberAssignments,
    ifs,
    loops,
    comparisons,
    counters,
    variableOf(identifier) {
      variables ??= variablesByIdentifier(scopeManager);
      const variable = variables.get(identifier);
      return variable && variable.defs.length > 0 ? variable : undefined;
    },
  };
}

function variablesByIdentifier({ scopes }: ScopeManager): Map<TSESTree.Node, Variable> {
  const variables = new Map<TSESTree.Node, Variable>();
  for (const scope of scopes) {
    for (const reference of scope.references) if (reference.resolved) variables.set(reference.identifier, reference.resolved);
    for (const variable of scope.variables) for (const identifier of variable.identifiers) variables.set(identifier, variable);
  }
  return variables;
}

export type FunctionNode = TSESTree.ArrowFunctionExpression | TSESTree.FunctionDeclaration | TSESTree.FunctionExpression;

export function isFunction(node: TSESTree.Node): node is FunctionNode {
  return node.type === "ArrowFunctionExpression" || node.type === "FunctionExpression" || node.type === "FunctionDeclaration";
}

export function isLoop(node: TSESTree.Node): node is Loop {
  return node.type === "ForStatement" || node.type === "WhileStatement" || node.type === "DoWhileStatement";
}

/** The nearest node around `node`, inside `limit`, that matches. */
export function enclosing(node: TSESTree.Node, limit: TSESTree.Node, matches: (node: TSESTree.Node) => boolean): TSESTree.Node | undefined {
  for (let current = node.parent; current && current !== limit; current = current.parent) if (matches(current)) return current;
  return undefined;
}

export function isWithin(inner: TSESTree.Node, outer: TSESTree.Node): boolean {
  return outer.range[0] <= inner.range[0] && inner.range[1] <= outer.range[1];
}

/** The nodes of a list in source order that lie inside `outer`, without looking at the others. */
export function nodesWithin<Node extends TSESTree.Node>(nodes: readonly Node[], outer: TSESTree.Node): readonly Node[] {
  let [low, high] = [0, nodes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (nodes[middle]!.range[0] < outer.range[0]) low = middle + 1;
    else high = middle;
  }
  const result: Node[] = [];
  for (let index = low; index < nodes.length && nodes[index]!.range[0] < outer.range[1]; index += 1) result.push(nodes[index]!);
  return result;
}

export function enclosingClass(node: TSESTree.Node): TSESTree.ClassDeclaration | TSESTree.ClassExpression | undefined {
  let current: TSESTree.Node | undefined = node;
  while (current && current.type !== "ClassDeclaration" && current.type !== "ClassExpression") current = current.parent;
  return current;
}

/**
 * Visits every node once, parents before children, without recursion so that deep nesting cannot overflow the stack. Types are left out: nothing is called
 * in them, and in TypeScript they are a good part of the tree.
 */
function walk(
  root: TSESTree.Node,
  visitorKeys: Readonly<Record<string, readonly string[] | undefined>>,
  visit: (node: TSESTree.Node) => void,
): void {
  const stack: TSESTree.Node[] = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    visit(node);
    const keys = visitorKeys[node.type] ?? [];
    // The last child goes on the stack first, so that the first one is visited next.
    for (let index = keys.length - 1; index >= 0; index -= 1) {
      const child = (node as unknown as Record<string, unknown>)[keys[index]!];
      if (Array.isArray(child)) {
        for (let item = child.length - 1; item >= 0; item -= 1) put(child[item], node);
      } else put(child, node);
    }
  }

  function put(child: unknown, parent: TSESTree.Node): void {
    if (!isNode(child) || withoutCalls.has(child.type)) return;
    if ((child as { parent?: unknown }).parent === undefined) (child as { parent: TSESTree.Node }).parent = parent;
    stack.push(child);
  }
}

const withoutCalls: ReadonlySet<string> = new Set([
  "TSTypeAnnotation",
  "TSTypeParameterInstantiation",
  "TSTypeParameterDeclaration",
  "TSInterfaceDeclaration",
  "TSTypeAliasDeclaration",
]);

function isNode(value: unknown): value is TSESTree.Node {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}
