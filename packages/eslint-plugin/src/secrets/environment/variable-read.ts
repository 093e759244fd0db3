import type { TSESLint, TSESTree } from "@typescript-eslint/utils";

import { keyOf, textOf } from "../code/named-literals.ts";

/** An expression whose value is an environment variable. */
export interface VariableRead {
  /** `STRIPE_SECRET_KEY`; of a configuration service the key as written: `psp.secret`. */
  readonly variable: string;
  readonly node: TSESTree.Node;
}

type SourceCode = Readonly<TSESLint.SourceCode>;

/** A text without any of these reads no environment variable that this file knows. */
export const readsEnvironment = /\benv\b|[eE]nv(?:ironment)?\w{0,12}\(|config/i;

/** `process.env.NAME`, `process.env["NAME"]`, `Bun.env.NAME`, `import.meta.env.NAME`, `Deno.env.get("NAME")`, `config.get("NAME")`, `env("NAME")`. */
export function variableRead(expression: TSESTree.Node, sourceCode: SourceCode): VariableRead | undefined {
  const node = unwrapped(expression);
  switch (node.type) {
    case "MemberExpression": {
      const variable = memberName(node);
      if (variable === undefined || !isEnvironment(node.object, variable, sourceCode)) return undefined;
      return { variable, node };
    }
    case "CallExpression": {
      const [first] = node.arguments;
      const variable = first && textOf(first);
      return variable !== undefined && isGetter(node, variable, sourceCode) ? { variable, node } : undefined;
    }
    default:
      return undefined;
  }
}

/** `{ NAME, OTHER: other }` taken out of `process.env`, in a declaration or as a parameter with that default. */
export function destructuredReads(pattern: TSESTree.ObjectPattern, sourceCode: SourceCode): VariableRead[] {
  const { parent } = pattern;
  const source = parent.type === "VariableDeclarator" ? parent.init : parent.type === "AssignmentPattern" ? parent.right : null;
  if (!source || !isEnvironmentObject(source, sourceCode)) return [];
  return pattern.properties.flatMap((property) => {
    const variable = property.type === "Property" ? keyOf(property) : undefined;
    return variable === undefined ? [] : [{ variable, node: property }];
  });
}

/** Whether an expression is the object of all environment variables: `process.env`, an alias of it, the bindings of a worker. */
export function isEnvironmentObject(expression: TSESTree.Node, sourceCode: SourceCode): boolean {
  const node = unwrapped(expression);
  if (node.type === "MemberExpression") return memberName(node) === "env" && isHost(node.object, sourceCode);
  return node.type === "Identifier" && isAlias(node, sourceCode);
}

/** A `ConfigService` of @nestjs/config, or another object that is named for the configuration. */
export function isConfigurationService(receiver: TSESTree.Node): boolean {
  const node = unwrapped(receiver);
  const name = node.type === "MemberExpression" ? memberName(node) : node.type === "Identifier" ? node.name : undefined;
  return name !== undefined && /^_?(?:config(?:uration)?(?:Service)?|env(?:ironment)?(?:Service)?|configs)$/i.test(name);
}

export function memberName(node: TSESTree.MemberExpression): string | undefined {
  if (!node.computed) return node.property.type === "Identifier" ? node.property.name : undefined;
  return textOf(node.property);
}

/** Without what only types, parentheses and optional chaining put around an expression. */
export function unwrapped(node: TSESTree.Node): TSESTree.Node {
  switch (node.type) {
    case "ChainExpression":
    case "TSAsExpression":
    case "TSNonNullExpression":
    case "TSSatisfiesExpression":
    case "TSTypeAssertion":
      return unwrapped(node.expression);
    default:
      return node;
  }
}

function isEnvironment(object: TSESTree.Node, variable: string, sourceCode: SourceCode): boolean {
  if (isEnvironmentObject(object, sourceCode)) return true;
  // Workers hand their variables in as `env` or `c.env`; only the usual spelling tells them from other objects of that name.
  const node = unwrapped(object);
  const name = node.type === "MemberExpression" ? memberName(node) : node.type === "Identifier" ? node.name : undefined;
  return name === "env" && isVariableName(variable);
}

export function isVariableName(name: string): boolean {
  return /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$|^(?:PASSWORD|SECRET|TOKEN)$/.test(name);
}

/** What has an `env` of environment variables: `process`, `globalThis.process`, `Bun`, `import.meta`. */
function isHost(expression: TSESTree.Node, sourceCode: SourceCode): boolean {
  const node = unwrapped(expression);
  if (node.type === "MetaProperty") return true;
  if (node.type === "MemberExpression") return /^(?:process|Bun)$/.test(memberName(node) ?? "");
  if (node.type !== "Identifier") return false;
  return /^(?:process|Bun)$/.test(node.name) || importOf(node, sourceCode)?.module === "process";
}

const environmentModules = /^(?:process|bun|\$env\/dynamic\/private)$/;

/** A name for `process.env`: imported, taken out of `process`, or assigned. */
function isAlias(node: TSESTree.Identifier, sourceCode: SourceCode): boolean {
  const imported = importOf(node, sourceCode);
  if (imported) return imported.name === "env" && environmentModules.test(imported.module);
  const declarator = definitionOf(node, sourceCode);
  if (declarator?.type !== "VariableDeclarator" || !declarator.init) return false;
  if (declarator.id.type === "Identifier") {
    const init = unwrapped(declarator.init);
    return init.type === "MemberExpression" && isEnvironmentObject(init, sourceCode);
  }
  return (
    declarator.id.type === "ObjectPattern" &&
    isHost(declarator.init, sourceCode) &&
    declarator.id.properties.some(
      (property) =>
        property.type === "Property" &&
        keyOf(property) === "env" &&
        property.value.type === "Identifier" &&
        property.value.name === node.name,
    )
  );
}

function importOf(node: TSESTree.Identifier, sourceCode: SourceCode): { readonly module: string; readonly name: string } | undefined {
  const specifier = definitionOf(node, sourceCode);
  if (!specifier?.type.startsWith("Import")) return undefined;
  const { parent } = specifier;
  if (parent?.type !== "ImportDeclaration") return undefined;
  const name = specifier.type === "ImportSpecifier" && specifier.imported.type === "Identifier" ? specifier.imported.name : "default";
  return { module: parent.source.value.replace(/^node:/, ""), name };
}

/** The only definition of a name; undefined for a name with none or several. */
export function definitionOf(node: TSESTree.Identifier, sourceCode: SourceCode): TSESTree.Node | undefined {
  for (let scope: TSESLint.Scope.Scope | null = sourceCode.getScope(node); scope; scope = scope.upper) {
    const found = scope.set.get(node.name);
    if (found) return found.defs.length === 1 ? found.defs[0]!.node : undefined;
  }
  return undefined;
}

const getters = /^(?:get|getOrThrow|require|getString)$/;
/** Helpers that programs write around `process.env`. */
const helpers = /^(?:get|require|read)?_?env(?:ironment)?(?:var(?:iable)?)?(?:or(?:default|else|throw)?)?(?:str(?:ing)?)?$/i;

function isGetter(call: TSESTree.CallExpression, variable: string, sourceCode: SourceCode): boolean {
  const callee = unwrapped(call.callee);
  if (callee.type === "Identifier") return helpers.test(callee.name) && isVariableName(variable);
  if (callee.type !== "MemberExpression" || !getters.test(memberName(callee) ?? "")) return false;
  const receiver = unwrapped(callee.object);
  const isDeno =
    receiver.type === "MemberExpression" &&
    memberName(receiver) === "env" &&
    receiver.object.type === "Identifier" &&
    receiver.object.name === "Deno";
  if (isDeno) return true;
  return isConfigurationService(receiver) && (isVariableName(variable) || /@nestjs\/config/.test(sourceCode.text));
}
