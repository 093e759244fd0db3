import type { TSESTree } from "@typescript-eslint/utils";

/**
 * Whether a literal stands in data that shows what others send: a constant that says so by its name, or an object with, beside it, an address at one of the
 * domains that exist for examples only (RFC 2606). Only tokens are sent about so: the account of a sample database is one that works.
 */
export function isInSampleData(node: TSESTree.Node, text: string): boolean {
  let object: TSESTree.ObjectExpression | undefined;
  for (let at: TSESTree.Node | undefined = node; at; at = at.parent) {
    if (at.type === "ObjectExpression") object ??= at;
    if (at.type === "VariableDeclarator") return saysSample(at, object) || hasReservedDomain(object, text);
    if (/Statement$|Function/.test(at.type)) break;
  }
  return hasReservedDomain(object, text);
}

/** Whether a literal stands in a constant of placeholders, which a program refuses: `PLACEHOLDER_SECRETS`. */
export function isPlaceholderData(node: TSESTree.Node): boolean {
  for (let at: TSESTree.Node | undefined = node; at && !/Statement$|Function/.test(at.type); at = at.parent)
    if (at.type === "VariableDeclarator") return at.id.type === "Identifier" && /placeholder/i.test(at.id.name);
  return false;
}

/** Whether a literal is shown in an empty field of a form: `<Input placeholder="123:AA…" />`. */
export function isShownInField({ parent }: TSESTree.Node): boolean {
  const attribute = parent?.type === "JSXExpressionContainer" ? parent.parent : parent;
  return attribute?.type === "JSXAttribute" && attribute.name.name === "placeholder";
}

function saysSample({ id }: TSESTree.VariableDeclarator, object: TSESTree.ObjectExpression | undefined): boolean {
  return object !== undefined && id.type === "Identifier" && sampleName.test(id.name);
}
const sampleName =
  /^(?:samples?|examples?|mocks?|fixtures?|dummy)(?=$|[A-Z_])|(?:Sample|Example|Mock|Fixture)s?$|(?:^|_)(?:SAMPLE|EXAMPLE|MOCK|FIXTURE)S?(?:_|$)/;

function hasReservedDomain(object: TSESTree.ObjectExpression | undefined, text: string): boolean {
  return (
    object !== undefined && reservedDomain.test(text.slice(object.range[0], Math.min(object.range[1], object.range[0] + longestObject)))
  );
}
const reservedDomain = /[@/.]example\.(?:com|org|net)\b/;
/** In characters, so that a file of one large object stays linear. */
const longestObject = 20_000;
