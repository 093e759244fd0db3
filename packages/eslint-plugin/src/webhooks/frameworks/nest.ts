import type { TSESTree } from "@typescript-eslint/utils";

import type { Evaluator } from "../../calls/evaluate.ts";
import type { SourceFile } from "../../calls/source-file.ts";
import { codeOf, keyOf, namesOf, wordsIn } from "../names.ts";
import type { Holding, Receiver } from "../request-flow.ts";
import type { Route } from "../route.ts";
import { beforeControllers } from "./nest-modules.ts";

/**
 * Methods of controllers, as NestJS has them and OvernightJS for Express. A guard, an interceptor or a decorator of the project's own before one may tell
 * who sent the request.
 */
export function nestRoutes(file: SourceFile, evaluator: Evaluator): readonly Route[] {
  return classesOf(file).flatMap((owner) => {
    const controller = decoratorsOf(owner).find((decorator) => nameOf(decorator) === "Controller");
    if (!controller) return [];
    const prefix = pathOf(controller);
    return owner.body.body.flatMap((member) => {
      if (member.type !== "MethodDefinition" || !member.value.body) return [];
      const verb = decoratorsOf(member).find((decorator) => /^(?:Post|All)$/u.test(nameOf(decorator)));
      if (!verb) return [];
      const path = pathOf(verb);
      if (prefix === undefined || path === undefined) return [];
      const handler = { kind: "function", node: member.value, origin: { file, node: member } } as const;
      const receivers: Receiver[] = [{ function: handler, parameters: parametersOf(member.value) }];
      const decorators = [...decoratorsOf(owner), ...decoratorsOf(member)];
      const isGuarded =
        decorators.some((one) => !(isHarmless(one) || opensRoute(one, file, evaluator)) || appliesGuards(one, file, evaluator)) ||
        extendsGuarded(owner, file, evaluator) ||
        hasUnseenParameter(member.value);
      const method = nameOf(verb) === "All" ? "any" : nameOf(verb).toUpperCase();
      const whole = `/${[prefix, path].filter(Boolean).join("/")}`.replaceAll("//", "/");
      const isOptedOut = decorators.some((one) => optingOut.test(nameOf(one)) || opensRoute(one, file, evaluator));
      return [
        {
          framework: /["']@overnightjs\/core["']/u.test(file.text) ? "OvernightJS" : "NestJS",
          method,
          path: whole,
          at: member.key,
          handler,
          receivers,
          isGuarded,
          beforeElsewhere: (modules) => beforeControllers({ file, name: owner.id?.name, path: whole, isOptedOut }, modules),
        },
      ];
    });
  });
}

/** Of interceptors, those that by their names shape, time or log the answer. */
function isHarmless(decorator: TSESTree.Decorator): boolean {
  const { expression } = decorator;
  if (nameOf(decorator) !== "UseInterceptors" || expression.type !== "CallExpression") return harmlessDecorators.test(nameOf(decorator));
  return expression.arguments.every((argument) =>
    namesOf(argument)
      .flatMap(wordsIn)
      .some((word) =>
        /^(?:serializer|serialize|transform|logging|logger|timeout|cache|file|files|trace|tracing|sentry|metrics)$/u.test(word),
      ),
  );
}

const harmlessDecorators =
  /^(?:Controller|Post|All|HttpCode|Header|Public|Api\w*|Injectable|Skip\w*|No\w*|Version|Throttle|UsePipes|UseFilters|Redirect|Exclude|Hidden|Is?Public|AllowAnonymous|Unprotected|Deprecated)$/u;

/** Of the harmless ones, those that tell a guard for all routes to let this one pass. */
const optingOut = /^(?:Public|Skip(?!Throttle)\w*|No[A-Z]\w*|Is?Public|AllowAnonymous|Unprotected)$/u;

/** `const PublicRoute = () => SetMetadata("isPublic", true)`, under any name that says so. */
function opensRoute({ expression }: TSESTree.Decorator, file: SourceFile, evaluator: Evaluator): boolean {
  if (expression.type !== "CallExpression" || !namesOf(expression.callee).flatMap(wordsIn).some(isOpening)) return false;
  const value = evaluator.evaluate(expression.callee, file);
  if (value.kind !== "function" || !value.node.body) return false;
  const { body } = value.node;
  const [only, ...others] = body.type === "BlockStatement" ? body.body : [];
  const returned = body.type !== "BlockStatement" ? body : only?.type === "ReturnStatement" && others.length === 0 ? only.argument : null;
  return returned?.type === "CallExpression" && namesOf(returned.callee).at(-1) === "SetMetadata";
}

function isOpening(word: string): boolean {
  return /^(?:public|anonymous|unauthenticated|unprotected|unguarded)$/u.test(word);
}

/** `const ApiHook = () => applyDecorators(ApiTags("hooks"), UseGuards(HookGuard))` */
function appliesGuards({ expression }: TSESTree.Decorator, file: SourceFile, evaluator: Evaluator): boolean {
  const value = evaluator.evaluate(expression.type === "CallExpression" ? expression.callee : expression, file);
  return value.kind === "function" && /\bUse(?:Guards|Interceptors)\b/u.test(codeOf(value.node, value.origin.file));
}

/** A guard of the class that it extends is its own, too. */
function extendsGuarded({ superClass }: TSESTree.ClassDeclaration, file: SourceFile, evaluator: Evaluator): boolean {
  if (!superClass) return false;
  const parent = evaluator.evaluate(superClass, file);
  return parent.kind !== "class" || decoratorsOf(parent.node).some((decorator) => !isHarmless(decorator));
}

function classesOf(file: SourceFile): TSESTree.ClassDeclaration[] {
  return file.ast.body.flatMap((statement) => {
    const declaration =
      statement.type === "ExportNamedDeclaration" || statement.type === "ExportDefaultDeclaration" ? statement.declaration : statement;
    return declaration?.type === "ClassDeclaration" ? [declaration] : [];
  });
}

/** Parsers of plain JavaScript leave the list out. */
function decoratorsOf({ decorators }: { readonly decorators?: readonly TSESTree.Decorator[] | undefined }): readonly TSESTree.Decorator[] {
  return decorators ?? [];
}

function nameOf({ expression }: TSESTree.Decorator): string {
  return namesOf(expression).at(-1) ?? "";
}

/** "" for none; undefined when it is not written in the decorator. */
function pathOf({ expression }: TSESTree.Decorator): string | undefined {
  const [argument] = expression.type === "CallExpression" ? expression.arguments : [];
  if (!argument) return "";
  if (argument.type === "Literal") return String(argument.value);
  if (argument.type !== "ObjectExpression") return undefined;
  for (const property of argument.properties)
    if (property.type === "Property" && keyOf(property.key, property.computed) === "path")
      return property.value.type === "Literal" ? String(property.value.value) : undefined;
  return "";
}

/** Where no parameter has a decorator, the method is given Express's request and response. */
function parametersOf(handler: TSESTree.FunctionLike): ReadonlyMap<number, Holding> {
  const isExpress = handler.params.length > 1 && handler.params.every((parameter) => decoratorsOf(parameter).length === 0);
  return isExpress ? new Map([[0, "request"]]) : parametersByDecorator(handler);
}

/** What each parameter holds, by its decorator. */
export function parametersByDecorator({ params }: TSESTree.FunctionLike): ReadonlyMap<number, Holding> {
  const holdings = params.map((parameter, index): [number, Holding] | undefined => {
    const [decorator] = decoratorsOf(parameter);
    const name = decorator && nameOf(decorator);
    if (name === "Body") return [index, "body"];
    if (name === "Req" || name === "Request") return [index, "request"];
    return name === "Headers" ? [index, "headers"] : undefined;
  });
  return new Map(holdings.filter((holding) => holding !== undefined));
}

/** `@Headers("stripe-signature")`, or a decorator of the project's own: `@CurrentUser()`. */
function hasUnseenParameter({ params }: TSESTree.FunctionLike): boolean {
  return params.some((parameter) => {
    const [decorator] = decoratorsOf(parameter);
    if (!decorator) return false;
    const takesName = decorator.expression.type === "CallExpression" && decorator.expression.arguments[0]?.type === "Literal";
    return nameOf(decorator) === "Headers"
      ? takesName
      : !/^(?:Body|Req|Request|Res|Response|Param|Query|Next|HostParam)$/u.test(nameOf(decorator));
  });
}
