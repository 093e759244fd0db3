import type { TSESTree } from "@typescript-eslint/utils";

import type { Modules } from "../../calls/modules.ts";
import type { CallLike, SourceFile } from "../../calls/source-file.ts";
import { filesSaying } from "../importers.ts";
import { keyOf, namesOf, wordsIn } from "../names.ts";
import type { Before } from "../route.ts";

interface ControllerRoute {
  readonly file: SourceFile;
  /** Of the controller's class. */
  readonly name: string | undefined;
  readonly path: string;
  /** `@Public()`: guards for all routes let it pass. */
  readonly isOptedOut: boolean;
}

/** What modules and the entry of a NestJS program put before a controller: guards for all routes, and middleware for this one. */
export function beforeControllers(route: ControllerRoute, modules: Modules): readonly Before[] {
  const says = (text: string) => /\bAPP_GUARD\b|\buseGlobalGuards\b|\bforRoutes\b/u.test(text);
  return filesSaying(says, route.file.path, modules).map((file) => ({
    receivers: [],
    isGuarded: [...(route.isOptedOut ? [] : globalGuards(file)), ...middlewareFor(route, file)].some(mayCheck),
  }));
}

/** `app.useGlobalGuards(new KeyGuard())`, `{ provide: APP_GUARD, useClass: KeyGuard }` */
function globalGuards({ calls }: SourceFile): TSESTree.Node[] {
  return calls.flatMap((call) => {
    const name = namesOf(call.callee).at(-1);
    if (name === "useGlobalGuards") return call.arguments;
    const [options] = call.arguments;
    if (name !== "Module" || options?.type !== "ObjectExpression") return [];
    const providers = propertyNamed(options, "providers");
    return providers?.type === "ArrayExpression" ? providers.elements.flatMap(providedGuard) : [];
  });
}

function providedGuard(provider: TSESTree.Node | null): TSESTree.Node[] {
  if (provider?.type !== "ObjectExpression") return [];
  const token = propertyNamed(provider, "provide");
  if (!token || namesOf(token).at(-1) !== "APP_GUARD") return [];
  const guard = ["useClass", "useExisting", "useValue", "useFactory"].map((key) => propertyNamed(provider, key)).find(Boolean);
  return [guard ?? provider];
}

/** `consumer.apply(KeyMiddleware).exclude("health").forRoutes(HooksController)` */
function middlewareFor(route: ControllerRoute, file: SourceFile): readonly TSESTree.Node[] {
  return file.calls.flatMap((call) => {
    if (namesOf(call.callee).at(-1) !== "forRoutes") return [];
    const chain = chainBelow(call);
    const excluded = chain.filter(({ callee }) => namesOf(callee).at(-1) === "exclude").flatMap((exclude) => exclude.arguments);
    if (excluded.some((argument) => argument.type !== "Identifier" && coversRoute(argument, route))) return [];
    if (!call.arguments.some((argument) => coversRoute(argument, route))) return [];
    return chain.filter(({ callee }) => namesOf(callee).at(-1) === "apply").flatMap((apply) => apply.arguments);
  });
}

function chainBelow({ callee }: CallLike): CallLike[] {
  const object = callee.type === "MemberExpression" ? callee.object : undefined;
  return object?.type === "CallExpression" ? [object, ...chainBelow(object)] : [];
}

/** A route that is not written out may be this one. */
function coversRoute(node: TSESTree.Node, route: ControllerRoute): boolean {
  if (node.type === "Identifier") return node.name === route.name || !/Controller$/u.test(node.name);
  if (node.type === "ObjectExpression") {
    const path = propertyNamed(node, "path");
    return !path || coversRoute(path, route);
  }
  if (node.type !== "Literal") return true;
  const prefix = `/${String(node.value)}`.replace(/^\/+/u, "/").replace(/\/?[({*:].*$/u, "");
  return route.path.startsWith(prefix);
}

/** Guards that count requests or switch features say nothing of the sender, nor does middleware that logs and parses. */
function mayCheck(guard: TSESTree.Node): boolean {
  return !wordsIn(namesOf(guard).join("."))
    .filter((word) => !/^(?:guard|middleware|app|new|global)$/u.test(word))
    .some((word) =>
      /^(?:throttler|throttle|rate|limit|limiter|feature|features|maintenance|health|logger|log|logging|raw|body|json|cors|helmet|trace|tracing|context|correlation|id|locale|language|metrics|compression|cookie|session|timeout|version)$/u.test(
        word,
      ),
    );
}

function propertyNamed(object: TSESTree.ObjectExpression, name: string): TSESTree.Node | undefined {
  for (const property of object.properties)
    if (property.type === "Property" && keyOf(property.key, property.computed) === name) return property.value;
  return undefined;
}
