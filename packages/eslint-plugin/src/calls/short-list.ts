import type { TSESTree } from "@typescript-eslint/utils";

import { type FunctionNode, isFunction, isWithin, type SourceFile } from "./source-file.ts";

/**
 * Whether a list is short as far as the code tells: written out, cut, counted, a part or the parts of another, a constant or a table of the program, what one
 * thing has a handful of (media of a post), or the workers that are the limit. What a query without a limit found is long, whatever it is called.
 */
export function isPlainlyShort(items: TSESTree.Node, file: SourceFile, at: TSESTree.Node): boolean {
  switch (items.type) {
    case "ArrayExpression":
      return items.elements.every((element) => element?.type !== "SpreadElement" || isPlainlyShort(element.argument, file, at));
    case "CallExpression":
      return isBoundedCall(items, file, at);
    case "Identifier":
      return isBoundedName(items, file, at);
    case "MemberExpression":
      return (
        isConstantName(items.property) ||
        isNamedAsFew(items.property) ||
        isDelivered(items) ||
        isPartOfBoundedQuery(items.object, file) ||
        isRefusedWhenLong(items, file, at)
      );
    case "AwaitExpression":
      return isPlainlyShort(items.argument, file, at) || boundsItself(file.text.slice(...items.range));
    case "ChainExpression":
    case "TSNonNullExpression":
    case "TSAsExpression":
    case "TSSatisfiesExpression":
      return isPlainlyShort(items.expression, file, at);
    case "LogicalExpression":
      return isPlainlyShort(items.left, file, at);
    case "ConditionalExpression":
      return isPlainlyShort(items.consequent, file, at) && isPlainlyShort(items.alternate, file, at);
    default:
      return false;
  }
}

/** `.slice(0, 10)`, `chunk(…)`, `Object.values(HANDLERS)`, `Array.from({ length: 4 })`; filters and sorts keep what they are given. */
function isBoundedCall(call: TSESTree.CallExpression, file: SourceFile, at: TSESTree.Node): boolean {
  const { callee, arguments: given } = call;
  const name = methodOf(call) ?? (callee.type === "Identifier" ? callee.name : undefined);
  if (name !== undefined && (/^chunk|(?:Chunks|Batches)$/u.test(name) || isToldHowMany(name, given, file))) return true;
  if (callee.type === "Identifier") return returnsShortList(callee, file, at);
  if (callee.type !== "MemberExpression") return false;
  if (name !== undefined && /^(?:slice|splice)$/u.test(name)) return given.length > 1 || isNegative(given[0]);
  if (name === "json" || name === "result") return isPartOfBoundedQuery(callee.object, file);
  if (callee.object.type === "Identifier" && given[0]) {
    if (callee.object.name === "Object") return isTable(given[0], file) || isPlainlyShort(given[0], file, at);
    if (callee.object.name === "Array" && name === "from" && given[0].type === "ObjectExpression") return true;
    if (/^(?:Array|Promise)$/u.test(callee.object.name)) return isPlainlyShort(given[0], file, at);
  }
  const keeps = /^(?:filter|sort|toSorted|reverse|toReversed|map|concat|flat|entries|values|keys)$/u;
  return name !== undefined && keeps.test(name) && isPlainlyShort(callee.object, file, at);
}

/** `this.definitions`, `clients`, `fields`: what the program was set up with, or one thing, unless rows fill it by their keys. */
function isTable(object: TSESTree.Node, file: SourceFile): boolean {
  if (object.type === "MemberExpression") return object.object.type === "ThisExpression";
  if (object.type !== "Identifier") return false;
  const variable = file.variableOf(object);
  const init = (variable?.defs[0]?.node as TSESTree.Node | undefined)?.type === "VariableDeclarator" ? initOf(object, file) : undefined;
  if (init?.type === "CallExpression" || init?.type === "AwaitExpression") return false;
  // `Object.keys(fields).map(…)`: what is done to each field makes no more of them.
  const each = object.parent?.parent?.parent;
  return !variable?.references.some(({ identifier }) => {
    const member = identifier.parent as TSESTree.Node | undefined;
    return (
      member?.type === "MemberExpression" &&
      !(each && isWithin(member, each)) &&
      member.computed &&
      member.parent.type === "AssignmentExpression" &&
      member.parent.left === member
    );
  });
}

/** A function of the file, each of whose returns is short. */
function returnsShortList(callee: TSESTree.Identifier, file: SourceFile, at: TSESTree.Node): boolean {
  const definition = file.variableOf(callee)?.defs[0]?.node as TSESTree.Node | undefined;
  if (definition?.type !== "FunctionDeclaration") return false;
  const returned = returnedBy(definition.body);
  return returned.length > 0 && returned.every((list) => list !== null && list.type !== "CallExpression" && isPlainlyShort(list, file, at));
}

function returnedBy(statement: TSESTree.Statement): (TSESTree.Expression | null)[] {
  if (statement.type === "ReturnStatement") return [statement.argument];
  if (statement.type === "BlockStatement") return statement.body.flatMap(returnedBy);
  if (statement.type === "IfStatement")
    return [statement.consequent, ...(statement.alternate ? [statement.alternate] : [])].flatMap(returnedBy);
  if (statement.type === "SwitchStatement") return statement.cases.flatMap(({ consequent }) => consequent.flatMap(returnedBy));
  return /^(?:Variable|Function|Expression|Throw|Empty)/u.test(statement.type) ? [] : [null];
}

function isBoundedName(identifier: TSESTree.Identifier, file: SourceFile, at: TSESTree.Node): boolean {
  if (isConstantName(identifier) || isPart(identifier) || isRefusedWhenLong(identifier, file, at)) return true;
  const definition = file.variableOf(identifier)?.defs[0];
  const node = definition?.node as TSESTree.Node | undefined;
  if (node && isFunction(node)) return isBoundedParameter(identifier, node, file, at);
  if (node?.type !== "VariableDeclarator") return isNamedAsFew(identifier);
  // for (const batch of batches): a list of lists was cut before.
  const loop = node.parent.parent;
  if (loop?.type === "ForOfStatement" && isWithin(at, loop.body)) return true;
  const code = node.init ? file.text.slice(...node.init.range) : "";
  if (boundsItself(code) && !isFilled(identifier, file)) return true;
  if (isNamedAsFew(identifier) && !isFound(node.init, file)) return true;
  if (!node.init || node.id.type !== "Identifier") return false;
  const filling = fillingsOf(identifier, file);
  if (filling.length > 0) return filling.every(isInCuttingLoop);
  return isPlainlyShort(node.init, file, at);
}

/** `if (ids.length > MAX_IDS) return tooMany();` before the list is used. */
function isRefusedWhenLong(list: TSESTree.Identifier | TSESTree.MemberExpression, file: SourceFile, at: TSESTree.Node): boolean {
  const root = rootOf(list);
  const text = codeOf(list, file);
  return ((root && file.variableOf(root)?.references) ?? []).some(({ identifier }) => {
    let asked = identifier as TSESTree.Node;
    while (asked.parent?.type === "MemberExpression" && asked.parent.object === asked && codeOf(asked, file) !== text) asked = asked.parent;
    const length = asked.parent;
    if (codeOf(asked, file) !== text || length?.type !== "MemberExpression" || codeOf(length.property, file) !== "length") return false;
    const comparison = length.parent;
    if (comparison.type !== "BinaryExpression" || !/^>=?$/u.test(comparison.operator) || comparison.left !== length) return false;
    const guard = comparison.parent;
    return guard.type === "IfStatement" && guard.range[1] <= at.range[0] && leaves(guard.consequent) && isFew(comparison.right, file);
  });
}

function rootOf(node: TSESTree.Node): TSESTree.Identifier | undefined {
  if (node.type === "MemberExpression") return rootOf(node.object);
  return node.type === "Identifier" ? node : undefined;
}

function leaves(statement: TSESTree.Statement): boolean {
  const last = statement.type === "BlockStatement" ? statement.body.at(-1) : statement;
  return last?.type === "ReturnStatement" || last?.type === "ThrowStatement";
}

/** More than one, and as far as a number tells, no more than one page has. */
function isFew(count: TSESTree.Node, file: SourceFile): boolean {
  const value = count.type === "Identifier" ? (initOf(count, file) ?? count) : count;
  return value.type !== "Literal" || (typeof value.value === "number" && value.value > 1 && value.value <= 100);
}

/** `pickDeals(niches, 5)`: a number at the end that is none of attempts. */
function isToldHowMany(name: string, given: readonly TSESTree.Node[], file: SourceFile): boolean {
  const last = given.at(-1);
  return last?.type === "Literal" && isFew(last, file) && typeof last.value === "number" && !/^flat$|retr|attempt/iu.test(name);
}

/** A parameter of what handles one batch, or one whose only caller is seen to give a short list. */
function isBoundedParameter(identifier: TSESTree.Identifier, owner: FunctionNode, file: SourceFile, at: TSESTree.Node): boolean {
  const handler = owner.parent;
  const takesParts = /batch|chunk|limiter/iu;
  if (handler.type === "CallExpression" && handler.callee !== owner) return takesParts.test(file.text.slice(...handler.callee.range));
  if (/Batch|Chunk/u.test(owner.id?.name ?? "")) return true;
  const given = givenByOnlyCaller(identifier, owner, file);
  if (given === undefined || given === identifier) return isNamedAsFew(identifier);
  if (given.type !== "Identifier") return isNamedAsFew(identifier) || isPlainlyShort(given, file, at);
  const init = initOf(given, file);
  if (isQuery(codeOf(init, file))) return false;
  // One caller back, no further: two functions may call each other.
  return isNamedAsFew(identifier) || (init !== undefined && isPlainlyShort(given, file, at)) || isConstantName(given);
}

/** What the one call of a function that is not exported gives for a parameter, also for one in braces. */
function givenByOnlyCaller(identifier: TSESTree.Identifier, owner: FunctionNode, file: SourceFile): TSESTree.Node | undefined {
  const holder = owner.type === "FunctionDeclaration" ? owner : owner.parent;
  const name = holder.type === "FunctionDeclaration" || holder.type === "VariableDeclarator" ? holder.id : undefined;
  if (name?.type !== "Identifier" || /^Export/u.test((holder.type === "VariableDeclarator" ? holder.parent : holder).parent?.type ?? ""))
    return undefined;
  const uses = (file.variableOf(name)?.references ?? [])
    .map((reference) => reference.identifier as TSESTree.Node)
    .filter((use) => use !== name);
  const call = uses[0]?.parent;
  if (uses.length !== 1 || call?.type !== "CallExpression" || call.callee !== uses[0] || isWithin(call, owner)) return undefined;
  const index = owner.params.findIndex((parameter) => isWithin(identifierOf(identifier, file), parameter));
  const parameter = owner.params[index];
  const argument = call.arguments[index];
  if (parameter?.type !== "ObjectPattern" || argument?.type !== "ObjectExpression")
    return parameter?.type === "Identifier" ? argument : undefined;
  const property = argument.properties.find(
    (candidate) => candidate.type === "Property" && candidate.key.type === "Identifier" && candidate.key.name === identifier.name,
  );
  return property?.type === "Property" ? property.value : undefined;
}

/** Where a variable is declared. */
function identifierOf(use: TSESTree.Identifier, { variableOf }: SourceFile): TSESTree.Node {
  return (variableOf(use)?.identifiers[0] as TSESTree.Node | undefined) ?? use;
}

function initOf(identifier: TSESTree.Identifier, { variableOf }: SourceFile): TSESTree.Expression | undefined {
  const node = variableOf(identifier)?.defs[0]?.node as TSESTree.Node | undefined;
  return node?.type === "VariableDeclarator" ? (node.init ?? undefined) : undefined;
}

function codeOf(node: TSESTree.Node | undefined, { text }: SourceFile): string {
  return node ? text.slice(...node.range) : "";
}

/** `found.data` of `const found = await stripe.invoices.list({ limit: 10 })` */
function isPartOfBoundedQuery(whole: TSESTree.Node, file: SourceFile): boolean {
  const definition = whole.type === "Identifier" ? (file.variableOf(whole)?.defs[0]?.node as TSESTree.Node | undefined) : undefined;
  return definition?.type === "VariableDeclarator" && definition.init !== null && boundsItself(file.text.slice(...definition.init.range));
}

/** A query that says how many it wants. */
function boundsItself(whole: string): boolean {
  const text = withoutRelations(whole);
  return (
    text.length < 2_000 &&
    (/\b(?:take|limit|first|top|pageSize|page_size|perPage|per_page|maxResults|MaxKeys)\b\s*[:(]|\b(?:LIMIT\s+\d|BETWEEN\s)/u.test(text) ||
      /[?&](?:limit|first|top|pageSize|page_size|perPage|per_page|maxResults|max_results)=|\blimit\s*[,)}]/u.test(text) ||
      // One page of what there is, whose size the upstream chose.
      /\b(?:page|cursor|startingAfter|starting_after|pageToken|page_token|nextToken|next_token)\b\s*[:,}]/u.test(text) ||
      // What a model wrote in one answer.
      /\.choices\[0\]/u.test(text))
  );
}

/** `findMany({ where, include: { views: { take: 1 } } })` says how many views it wants of each, and not how many in all. */
function withoutRelations(query: string): string {
  const relations = /\b(?:include|select|with)\s*:\s*\{/u.exec(query);
  if (!relations) return query;
  const start = relations.index + relations[0].length;
  let depth = 1;
  let end = start;
  for (; end < query.length && depth > 0; end += 1) depth += query[end] === "{" ? 1 : query[end] === "}" ? -1 : 0;
  return query.slice(0, start) + withoutRelations(query.slice(end));
}

/** What a query found that says no number, or some of it. */
function isFound(list: TSESTree.Node | null, file: SourceFile, left = 3): boolean {
  if (!list || left === 0) return false;
  if (isQuery(codeOf(list, file))) return true;
  const whole = list.type === "CallExpression" && list.callee.type === "MemberExpression" ? list.callee.object : undefined;
  return whole?.type === "Identifier" && isFound(initOf(whole, file) ?? null, file, left - 1);
}

/** A query that says no number, of a database. */
function isQuery(text: string): boolean {
  return /\b(?:findAll|findMany|query|\$queryRaw|select)\s*[(<`]|\bfind\(\s*\{/u.test(text) && !boundsItself(text);
}

/** `event.Records`: what a queue delivers to one run of a function. */
function isDelivered({ object, property }: TSESTree.MemberExpression): boolean {
  return object.type === "Identifier" && object.name === "event" && property.type === "Identifier" && property.name === "Records";
}

/** `post.media`, `mail.Attachments`, `imagesList`, `batches`, `amountsByCurrency`: what one thing has a handful of. */
function isNamedAsFew(node: TSESTree.Node): boolean {
  return isPart(node) || (node.type === "Identifier" && few.test(node.name.replace(/List$/u, "")));
}

const few =
  /(?:^|[a-z\d_])(?:[Mm]edia|[Ii]mages|[Aa]ttachments|[Ll]inks|[Pp]roviders|[Rr]egions|[Cc]hannels|[Ii]ntegrations|[Ww]ebhooks|[Ll]ocales|[Ll]anguages|[Bb]atches|[Cc]hunks)$|^(?:Media|Images|Attachments|Links)$|By(?:Currency|Region|Country|Provider|Channel)$/u;

/** `REGIONS` */
function isConstantName(node: TSESTree.Node): boolean {
  return node.type === "Identifier" && /^[A-Z][A-Z\d_]+$/u.test(node.name);
}

/** `batch`, `chunk.items`, `currentPage`, `chunkResults` */
function isPart(node: TSESTree.Node): boolean {
  return (
    node.type === "Identifier" &&
    /(?:[Bb]atch|[Cc]hunk|[Pp]age|[Ss]lice|[Ww]indow|[Gg]roup)$|^(?:batch|chunk)[A-Z]/u.test(node.name.replace(/^_/u, ""))
  );
}

function isNegative(node: TSESTree.Node | undefined): boolean {
  return node?.type === "UnaryExpression" && node.operator === "-";
}

function isFilled(identifier: TSESTree.Identifier, file: SourceFile): boolean {
  return fillingsOf(identifier, file).length > 0;
}

/** `items.push(…)`: a list that was written empty and filled later. */
function fillingsOf(identifier: TSESTree.Identifier, file: SourceFile): TSESTree.Node[] {
  const uses = file.variableOf(identifier)?.references ?? [];
  return uses.map((reference) => reference.identifier as TSESTree.Node).filter(fills);
}

function fills(use: TSESTree.Node): boolean {
  const member = use.parent;
  return (
    member?.type === "MemberExpression" &&
    member.object === use &&
    member.property.type === "Identifier" &&
    /^(?:push|unshift|splice)$/u.test(member.property.name)
  );
}

/** `for (let i = 0; i < all.length; i += size)`: each turn takes a part. */
function isInCuttingLoop(use: TSESTree.Node): boolean {
  for (let current = use.parent; current && !isFunction(current); current = current.parent)
    if (current.type === "ForStatement") return current.update?.type === "AssignmentExpression" && current.update.operator === "+=";
  return false;
}

function methodOf({ callee }: TSESTree.CallExpression): string | undefined {
  return callee.type === "MemberExpression" && !callee.computed && callee.property.type === "Identifier" ? callee.property.name : undefined;
}
