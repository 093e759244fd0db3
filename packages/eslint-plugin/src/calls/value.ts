import type { TSESTree } from "@typescript-eslint/utils";

import type { ClientInstance } from "./client-instance.ts";
import type { SourceFile } from "./source-file.ts";

/** A place in this file or another one. It becomes the evidence in a message and the related location in an editor. */
export interface Origin {
  readonly file: SourceFile;
  readonly node: TSESTree.Node;
}

/** A function of the project. Values of its parameters come from the frame of the call that is being followed. */
export interface FunctionValue {
  readonly kind: "function";
  readonly node: TSESTree.FunctionLike;
  readonly origin: Origin;
}

/** A package, a global, or something reached from one by members only: `axios`, `AbortSignal.timeout`. */
export interface ReferenceValue {
  readonly kind: "reference";
  /** The npm name, or "globalThis". */
  readonly module: string;
  /** Members after the module, a leading `default` left out: `import { create } from "x"` and `x.create` are both `["create"]`. */
  readonly path: readonly string[];
  readonly origin: Origin;
}

/** What calling or constructing a reference gave, where no library says more: `AbortSignal.timeout(300)`, `new Headers({ … })`. */
export interface ResultValue {
  readonly kind: "result";
  readonly callee: ReferenceValue;
  readonly arguments: readonly Value[];
  /** Calls on the variable that holds the result: `headers.set("a", "b")`. */
  readonly mutations: readonly Mutation[];
  readonly origin: Origin;
}

export interface Mutation {
  readonly method: string;
  readonly arguments: readonly Value[];
  readonly node: TSESTree.CallExpression;
}

/**
 * What static reading knows of an expression. `unknown` says why; `absent` is an option or argument that is certainly not there.
 */
export type Value =
  | { readonly kind: "primitive"; readonly value: string | number | boolean | bigint | null; readonly origin: Origin }
  /** A string of which some parts are unknown (undefined): `${base}/payments` is [undefined, "/payments"]. */
  | { readonly kind: "text"; readonly parts: readonly (string | undefined)[]; readonly origin: Origin }
  /** `complete` is false when a spread or a computed key hides properties. */
  | { readonly kind: "object"; readonly properties: ReadonlyMap<string, Value>; readonly complete: boolean; readonly origin: Origin }
  | { readonly kind: "array"; readonly elements: readonly Value[]; readonly complete: boolean; readonly origin: Origin }
  | FunctionValue
  | ReferenceValue
  | ResultValue
  /** A client instance or a member of one: `client`, `client.defaults.headers`. */
  | { readonly kind: "client"; readonly instance: ClientInstance; readonly path: readonly string[]; readonly origin: Origin }
  /** All exports of a file of the project. */
  | { readonly kind: "module"; readonly file: SourceFile; readonly origin: Origin }
  | { readonly kind: "class"; readonly node: TSESTree.ClassDeclaration | TSESTree.ClassExpression; readonly origin: Origin }
  | { readonly kind: "environment"; readonly name: string; readonly origin: Origin }
  | { readonly kind: "parameter"; readonly node: TSESTree.FunctionLike; readonly index: number; readonly origin: Origin }
  | { readonly kind: "absent" }
  | { readonly kind: "unknown"; readonly why: string };

export const ABSENT: Value = { kind: "absent" };

export function unknown(why: string): Value {
  return { kind: "unknown", why };
}

/** The value of `object.key`; absent when the object is fully seen and lacks it. */
export function propertyOf(object: Value, key: string): Value {
  switch (object.kind) {
    case "object":
      return (
        object.properties.get(key) ?? (object.complete ? ABSENT : unknown(`${key} may come from a part of the object that is not visible`))
      );
    case "absent":
      return ABSENT;
    case "primitive":
      return object.value === null ? ABSENT : unknown(`${key} of a ${typeof object.value}`);
    case "unknown":
      return object;
    default:
      return unknown(`${key} of something that is not an object literal`);
  }
}

/** `propertyOf` along a path. */
export function propertyAt(object: Value, path: readonly string[]): Value {
  return path.reduce(propertyOf, object);
}

/** Undefined where the value is no number, or is not known. */
export function numberOf(value: Value | undefined): number | undefined {
  return value?.kind === "primitive" && typeof value.value === "number" ? value.value : undefined;
}

/** The first that is there: what a call says goes before its instance, the instance before its parent. An unknown one hides the rest. */
export function firstPresent(...values: readonly Value[]): Value {
  return values.find((value) => value.kind !== "absent") ?? ABSENT;
}

/** Later objects win, as with `{ ...a, ...b }`. */
export function merged(...values: readonly Value[]): Value {
  const present = values.filter((value) => value.kind !== "absent");
  if (present.length <= 1) return present[0] ?? ABSENT;
  const properties = new Map<string, Value>();
  let complete = true;
  for (const value of present) {
    if (value.kind !== "object") {
      hideAll(properties);
      complete = false;
      continue;
    }
    if (!value.complete) hideAll(properties);
    complete &&= value.complete;
    for (const [key, property] of value.properties) properties.set(key, property);
  }
  const last = present.findLast((value) => value.kind === "object");
  return last?.kind === "object"
    ? { kind: "object", properties, complete, origin: last.origin }
    : unknown("none of the merged values is an object literal");
}

/** After something unseen was spread over them, known properties may have other values. */
export function hideAll(properties: Map<string, Value>): void {
  for (const key of properties.keys()) properties.set(key, unknown(`${key} may be overwritten by a spread`));
}

const ownAddress =
  /^(?:NEXTAUTH_URL|AUTH_URL|VERCEL_URL|(?:NEXT_PUBLIC_|NEXT_PRIVATE_)?(?:APP|BASE|SITE|WEB|WEBAPP|WEBSITE|PUBLIC|SERVER|HOST|INTERNAL_WEBAPP)_?(?:BASE_?)?URL|(?:NEXT_PUBLIC_)?VERCEL_URL)$/u;

/** The text of a value as literal parts, `undefined` for each part that is not known; undefined when it is no string at all. */
export function textParts(value: Value): readonly (string | undefined)[] | undefined {
  switch (value.kind) {
    case "primitive":
      return value.value === null ? undefined : [String(value.value)];
    case "text":
      return value.parts;
    case "environment":
      // The program's own address: what follows is a path of its own.
      return ownAddress.test(value.name) ? [""] : [undefined];
    case "parameter":
    case "unknown":
      return [undefined];
    case "result":
      // new URL(path, base): the parts in the order they end up in.
      return isUrl(value) && value.arguments.length > 0
        ? [
            ...(value.arguments[1] ? (textParts(value.arguments[1]) ?? [undefined]) : []),
            ...(textParts(value.arguments[0]!) ?? [undefined]),
          ]
        : [undefined];
    default:
      return undefined;
  }
}

/** What `new URL(…)` makes. */
export function isUrl({ callee }: ResultValue): boolean {
  return callee.path.join(".") === "URL";
}

export function originOf(value: Value): Origin | undefined {
  return "origin" in value ? value.origin : undefined;
}
