import type { Scope } from "@typescript-eslint/scope-manager";
import type { TSESTree } from "@typescript-eslint/utils";

type ScopeManager = { readonly scopes: readonly Scope[] };
type Variable = NonNullable<Scope["references"][number]["resolved"]>;
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
  walk(ast, visitorKeys, (node) => {
    if (node.type === "CallExpression" || node.type === "NewExpression") calls.push(node);
    else if (node.type === "AssignmentExpression" && node.left.type === "MemberExpression") memberAssignments.push(node);
  });
  let variables: Map<TSESTree.Node, Variable> | undefined;
  return {
    path,
    text,
    ast,
    calls,
    memberAssignments,
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

/** Visits every node once, parents before children, without recursion so that deep nesting cannot overflow the stack. */
function walk(
  root: TSESTree.Node,
  visitorKeys: Readonly<Record<string, readonly string[] | undefined>>,
  visit: (node: TSESTree.Node) => void,
): void {
  const stack: TSESTree.Node[] = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    visit(node);
    const children: TSESTree.Node[] = [];
    for (const key of visitorKeys[node.type] ?? []) {
      const child = (node as unknown as Record<string, unknown>)[key];
      for (const item of Array.isArray(child) ? (child as unknown[]) : [child]) if (isNode(item)) children.push(adopted(item, node));
    }
    for (let index = children.length - 1; index >= 0; index -= 1) stack.push(children[index]!);
  }
}

function adopted(child: TSESTree.Node, parent: TSESTree.Node): TSESTree.Node {
  if ((child as { parent?: unknown }).parent === undefined) (child as { parent: TSESTree.Node }).parent = parent;
  return child;
}

function isNode(value: unknown): value is TSESTree.Node {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}
