import type { TSESTree } from "@typescript-eslint/utils";

import type { Edit } from "../../edits/edit.ts";
import { memberName, unwrapped } from "./variable-read.ts";
import type { Fallback } from "./fallback.ts";

/** The edit that makes the program fail where the variable is missing; undefined where the library has no way to say so. */
export function requireVariable({ variable, place }: Fallback, value: TSESTree.Node, text: string): Edit | undefined {
  switch (place.kind) {
    case "expression":
      return { range: value.range, text: `(() => { throw new Error("${variable} is not set"); })()` };
    case "argument":
      return requiredArgument(place.call, text);
    case "method":
      return place.library === "env-var" ? methodInstead(place.call, "required()") : requiredInSchema(place.call, text);
    case "property":
      return withoutDefault(place.property);
  }
}

/** `getOrThrow` of Nest's ConfigService (@nestjs/config@4 dist/config.service.d.ts) takes no default. */
function requiredArgument({ callee, arguments: given, typeArguments }: TSESTree.CallExpression, text: string): Edit | undefined {
  const [name, value] = given;
  if (callee.type !== "MemberExpression" || memberName(callee) !== "get" || callee.computed || !name || !value) return undefined;
  if (given.length !== 2 || (typeArguments && typeArguments.params.length > 1) || !/@nestjs\/config/.test(text)) return undefined;
  return { range: [callee.property.range[0], value.range[1]], text: `getOrThrow${text.slice(callee.property.range[1], name.range[1])}` };
}

function methodInstead({ callee, range }: TSESTree.CallExpression, method: string): Edit | undefined {
  const member = unwrapped(callee);
  return member.type === "MemberExpression" ? { range: [member.property.range[0], range[1]], text: method } : undefined;
}

/** A string of a schema is required unless it says otherwise; a non-empty one is what a secret has to be. */
function requiredInSchema(call: TSESTree.CallExpression, text: string): Edit | undefined {
  const schema = text.slice(...call.callee.range);
  if (!/\bstring\(/.test(schema) || /optional|nullable|nullish|allow\(|transform|pipe/.test(schema)) return undefined;
  return /^\s*joi/i.test(schema) ? methodInstead(call, "required()") : methodInstead(call, "min(1)");
}

/** envalid fails where a variable without a default is missing; convict and JSON schemas do not, so that their default stays. */
function withoutDefault(property: TSESTree.Property): Edit | undefined {
  const options = property.parent;
  if (options.type !== "ObjectExpression" || options.parent.type !== "CallExpression") return undefined;
  const at = options.properties.indexOf(property);
  const next = options.properties[at + 1];
  const before = options.properties[at - 1];
  if (!next && !before) return { range: options.range, text: "" };
  return next ? { range: [property.range[0], next.range[0]], text: "" } : { range: [before!.range[1], property.range[1]], text: "" };
}
