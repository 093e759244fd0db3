import type { TSESTree } from "@typescript-eslint/utils";

import type { Origin, ReferenceValue, Value } from "./value.ts";

/** Of what a value is made: fresh ones differ each time the expression runs. */
export type Making = "random" | "clock" | "constant" | "other";

/** What an idempotency key is made of, and where; "other" for everything that may follow from what is done: a parameter, a record's id, a hash. */
export function makingOf(value: Value): { readonly making: Making; readonly at: Origin | undefined } {
  switch (value.kind) {
    case "primitive":
      return { making: "constant", at: value.origin };
    case "result":
      return { making: makingOfCall(value.callee), at: value.origin };
    case "text":
      return { making: makingOfText(value.origin.node), at: value.origin };
    default:
      return { making: "other", at: undefined };
  }
}

/** `randomUUID` of crypto, `v4` of uuid, `nanoid`, `Date.now` */
function makingOfCall({ module, path }: ReferenceValue): Making {
  const name = path.filter((member) => !/^(?:toString|replace(?:All)?|slice|substring|toUpperCase|toLowerCase)$/u.test(member)).join(".");
  if (module === "globalThis") {
    if (/^(?:crypto\.randomUUID|Math\.random)$/u.test(name)) return "random";
    return /^(?:Date(?:\.now|\.getTime|\.toISOString|\.valueOf|\.toJSON)?|performance\.now)$/u.test(name) ? "clock" : "other";
  }
  return isRandomMaker(module, name) ? "random" : "other";
}

function isRandomMaker(module: string, name: string): boolean {
  switch (module) {
    case "crypto":
    case "node:crypto":
      return /^(?:webcrypto\.)?random(?:UUID|Bytes|Int)$/u.test(name);
    case "uuid":
      return /^(?:v1|v4|v6|v7)$/u.test(name);
    case "nanoid":
      return name === "nanoid";
    case "ulid":
      return /^(?:ulid)?$/u.test(name);
    case "@paralleldrive/cuid2":
      return name === "createId";
    default:
      return false;
  }
}

/** `pay-${order.id}-${Date.now()}` is fresh each time; `${Date.now()}` is nothing but the clock. */
function makingOfText(node: TSESTree.Node): Making {
  const parts = partsOf(node);
  const makings = parts.map(makingOfExpression);
  if (makings.includes("random")) return "random";
  if (!makings.includes("clock")) return "other";
  return makings.every((making) => making === "clock") ? "clock" : "random";
}

function partsOf(node: TSESTree.Node): readonly TSESTree.Node[] {
  if (node.type === "TemplateLiteral") return node.expressions;
  if (node.type !== "BinaryExpression" || node.operator !== "+") return node.type === "Literal" ? [] : [node];
  return [...partsOf(node.left), ...partsOf(node.right)];
}

/** Whether an expression gives another value each time, as far as its own code says. */
export function isFreshExpression(node: TSESTree.Node): boolean {
  const making = node.type === "TemplateLiteral" || node.type === "BinaryExpression" ? makingOfText(node) : makingOfExpression(node);
  return making === "random" || making === "clock";
}

/** By its name alone: the parts of a text are not kept as values. */
function makingOfExpression(node: TSESTree.Node): Making {
  if (node.type === "NewExpression") return nameOf(node.callee) === "Date" && node.arguments.length === 0 ? "clock" : "other";
  if (node.type !== "CallExpression") return "other";
  const { callee } = node;
  const method = callee.type === "MemberExpression" ? nameOf(callee.property) : nameOf(callee);
  if (callee.type === "MemberExpression" && nameOf(callee.object) === "Date" && method === "now") return "clock";
  if (callee.type === "MemberExpression" && /^(?:toISOString|getTime|toString|valueOf|slice)$/u.test(method))
    return makingOfExpression(callee.object);
  return /^(?:randomUUID|uuidv?[1467]?|v[1467]|nanoid|ulid)$/iu.test(method) ? "random" : "other";
}

function nameOf(node: TSESTree.Node): string {
  return node.type === "Identifier" ? node.name : "";
}
