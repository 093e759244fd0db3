import type { TSESTree } from "@typescript-eslint/utils";

import type { NamedValue, ValueContext } from "../judge.ts";
import { isPublicClient } from "../public-client.ts";

export type TextLiteral = TSESTree.StringLiteral | TSESTree.TemplateLiteral;

/** The value of a string or a template without expressions; `undefined` for other literals. */
export function textOf(node: TSESTree.Node): string | undefined {
  if (node.type === "Literal") return typeof node.value === "string" ? node.value : undefined;
  if (node.type !== "TemplateLiteral" || node.expressions.length > 0) return undefined;
  return node.quasis[0]?.value.cooked ?? undefined;
}

/**
 * The name a literal is given to: variable, property, parameter, attribute, the other side of a comparison, a setter, a crypto call; or the variable
 * of the environment that it is the fallback of.
 */
export function namedValueOf(node: TextLiteral, fallbackOf?: string): NamedValue | undefined {
  const value = textOf(node);
  if (value === undefined || value.length < 4) return undefined;
  const place: Place | undefined = fallbackOf === undefined ? nameOf(node) : { name: fallbackOf, context: "fallback" };
  if (!place) return undefined;
  return { name: place.name, value, range: secretRange(node, value), context: place.context };
}

/** The characters between the quotes; the whole literal when escapes make them differ from the value. */
function secretRange(node: TextLiteral, value: string): readonly [number, number] {
  const [start, end] = node.range;
  return end - start - 2 === value.length ? [start + 1, end - 1] : [start, end];
}

interface Place {
  readonly name: string;
  readonly context: ValueContext;
}

/** The name that an expression's value is given to. */
export function nameOf(node: TSESTree.Node): Place | undefined {
  const { parent } = node;
  switch (parent?.type) {
    case "VariableDeclarator":
      return parent.init === node ? named(parent.id) : undefined;
    case "Property":
      return parent.value === node && parent.parent.type === "ObjectExpression" ? property(parent, parent.parent) : undefined;
    case "PropertyDefinition":
    case "AccessorProperty":
      return parent.value === node ? keyed(parent) : undefined;
    case "AssignmentExpression":
    case "AssignmentPattern":
      return parent.right === node ? named(parent.left) : undefined;
    case "JSXAttribute":
      return parent.name.type === "JSXIdentifier" ? { name: parent.name.name, context: "assignment" } : undefined;
    case "BinaryExpression":
      return /^[!=]==?$/.test(parent.operator) ? named(parent.left === node ? parent.right : parent.left, "comparison") : undefined;
    case "ArrayExpression":
      return keysOf(parent);
    case "LogicalExpression":
    case "ConditionalExpression":
      return isOperand(parent, node) ? nameOf(parent) : undefined;
    case "JSXExpressionContainer":
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSNonNullExpression":
      return nameOf(parent);
    case "CallExpression":
    case "NewExpression":
      return argumentName(parent, node);
    default:
      return undefined;
  }
}

function isOperand(parent: TSESTree.LogicalExpression | TSESTree.ConditionalExpression, node: TSESTree.Node): boolean {
  return parent.type === "ConditionalExpression" ? parent.test !== node : parent.right === node;
}

function named(target: TSESTree.Node, context: ValueContext = "assignment"): Place | undefined {
  const name = lastName(target);
  return name === undefined ? undefined : { name, context };
}

/** `app.keys = ["…"]` of Koa, `keys: ["…"]` of cookie-session. */
function keysOf(array: TSESTree.ArrayExpression): Place | undefined {
  const { parent } = array;
  const seal =
    (parent.type === "AssignmentExpression" && isKoaKeys(parent.left)) ||
    (parent.type === "Property" && keyOf(parent) === "keys" && parent.parent.type === "ObjectExpression" && seals(parent.parent));
  return seal ? { name: "cookieSecret", context: "sealing" } : undefined;
}

function lastName(node: TSESTree.Node): string | undefined {
  if (node.type === "Identifier") return node.name;
  if (node.type === "ChainExpression" || node.type === "TSNonNullExpression" || node.type === "TSAsExpression")
    return lastName(node.expression);
  if (node.type !== "MemberExpression") return undefined;
  const name = node.computed ? textOf(node.property) : node.property.type === "Identifier" ? node.property.name : undefined;
  // What is wrong with a password is not one.
  return name !== undefined && /^\w{0,20}errors?$/iu.test(lastName(node.object) ?? "") ? `error_${name}` : name;
}

function isKoaKeys(target: TSESTree.Node): boolean {
  return target.type === "MemberExpression" && lastName(target) === "keys" && /^(?:app|server|koa)$/.test(lastName(target.object) ?? "");
}

type Keyed = Pick<TSESTree.Property | TSESTree.PropertyDefinition | TSESTree.AccessorProperty, "key" | "computed">;

export function keyOf({ key, computed }: Keyed): string | undefined {
  return !computed && key.type === "Identifier" ? key.name : textOf(key);
}

function keyed(node: Keyed): Place | undefined {
  const name = keyOf(node);
  return name === undefined ? undefined : { name, context: "assignment" };
}

function property(node: TSESTree.Property, object: TSESTree.ObjectExpression): Place | undefined {
  const place = keyed(node);
  if (!place) return undefined;
  if (place.name === "value") return pairedName(object) ?? place;
  if (place.name === "key" && hasProperty(object, "algorithm")) return { ...place, name: "signingKey" };
  if (/^secret(?:OrKey)?$/.test(place.name) && seals(object)) return { ...place, context: "sealing" };
  if (isPublicClient(object.properties.flatMap((one) => (one.type === "Property" ? (keyed(one)?.name ?? []) : [])))) return undefined;
  return object.properties.some((one) => one !== node && isAccountProperty(one)) ? { ...place, context: "record" } : place;
}

function hasProperty({ properties }: TSESTree.ObjectExpression, name: string): boolean {
  return properties.some((one) => one.type === "Property" && keyOf(one) === name);
}

/** Options of a function that signs tokens or cookies: `session({ secret, resave })`, `new JwtStrategy({ secretOrKey })`. */
function seals(object: TSESTree.ObjectExpression): boolean {
  const { parent } = object;
  const isArgument = parent.type === "CallExpression" || parent.type === "NewExpression";
  if (isArgument && /session|jwt|cookie/i.test(calleeText(parent))) return true;
  return object.properties.some((one) => one.type === "Property" && sealingOption.test(keyOf(one) ?? ""));
}
const sealingOption = /^(?:resave|saveUninitialized|signOptions|credentialsRequired|secretOrKey)$/;

/** `JwtModule.register` */
function calleeText({ callee }: TSESTree.CallExpression | TSESTree.NewExpression): string {
  const object = callee.type === "MemberExpression" ? lastName(callee.object) : undefined;
  return `${object ?? ""}.${lastName(callee) ?? ""}`;
}

/** `{ name: "API_KEY", value: "…" }` */
function pairedName(object: TSESTree.ObjectExpression): Place | undefined {
  for (const one of object.properties) {
    if (one.type !== "Property" || !/^(?:name|key)$/.test(keyed(one)?.name ?? "")) continue;
    const name = textOf(one.value);
    if (name !== undefined) return { name, context: "assignment" };
  }
  return undefined;
}

const accountNames = /^(?:user|username|user_name|login|email|host|hostname|database)$/i;

function isAccountProperty(node: TSESTree.ObjectLiteralElement): boolean {
  return node.type === "Property" && accountNames.test(keyed(node)?.name ?? "");
}

/** Functions whose result is the argument in another form. */
const transparent = /^(?:from|encode|createSecretKey|createPrivateKey|String|Secret|SecretKey|of|trim|toString)$/;
/** Objects and methods that make one-time passwords out of a key: `authenticator.generate(key)`. */
const otpObject = /^(?:authenticator|h?otp|totp|speakeasy)$/i;
const otpMethod = /^(?:generate|check|verify|keyuri|token)$/;
/** Functions whose second argument is a key. */
const keyed2 = /^(?:createHmac|createCipheriv|createDecipheriv|createCipher|createDecipher|HmacSHA\d+|sign|verify)$/;

/** Methods whose second argument is a key whatever it is, of jsonwebtoken and CryptoJS. */
const sealers = /^(?:(?:jwt|JWT|jsonwebtoken|jsonWebToken)\.(?:sign|verify)|(?:AES|DES|TripleDES|Rabbit|RC4)\.(?:en|de)crypt)$/;

/** What is asked for is named, not given: `getSecret("s3_access_key")`. */
const getter = /^(?:get|read|fetch|load|find|lookup|resolve|require|has|is)(?=[A-Z_])/;

function argumentName(call: TSESTree.CallExpression | TSESTree.NewExpression, node: TSESTree.Node): Place | undefined {
  const at = call.arguments.findIndex((argument) => argument === node);
  const callee = lastName(call.callee);
  if (at === -1 || callee === undefined) return undefined;
  if (at === 0 && transparent.test(callee)) return nameOf(call);
  const receiver = call.callee.type === "MemberExpression" ? (lastName(call.callee.object) ?? "") : "";
  if (at === 0 && otpMethod.test(callee) && otpObject.test(receiver)) return { name: "otpSecret", context: "assignment" };
  if (at === 0 && callee === "cookieParser") return { name: "cookieSecret", context: "sealing" };
  if (at === 1 && sealers.test(`${receiver}.${callee}`)) return { name: "signingKey", context: "sealing" };
  // Other functions `verify` take words there too.
  if (at === 1 && keyed2.test(callee)) return { name: "signingKey", context: "comparison" };
  if (getter.test(callee)) return undefined;
  const first = call.arguments[0];
  const key = at === 1 && first ? textOf(first) : undefined;
  if (key !== undefined) return { name: key, context: "assignment" };
  return at === 0 ? { name: callee.replace(/^(?:set|with|use|add)(?=[A-Z])/, ""), context: "assignment" } : undefined;
}

/** The names a node stands under, outermost first: `["config", "database", "password"]`. */
export function enclosingNames(node: TSESTree.Node): string[] {
  const names: string[] = [];
  for (let at: TSESTree.Node | undefined = node; at?.parent !== undefined; at = at.parent) {
    const own =
      at.parent.type === "Property" || at === node || at.parent.type === "VariableDeclarator" || at.parent.type === "AssignmentExpression";
    const name = own ? nameOf(at)?.name : undefined;
    if (name !== undefined) names.unshift(name);
    if (/Statement$|Declaration$|Function/.test(at.type)) break;
  }
  return names;
}
