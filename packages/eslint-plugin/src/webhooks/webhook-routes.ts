import { nameOfFunction } from "../calls/function-name.ts";
import type { HostContext, ReadProgram } from "../calls/read-program.ts";
import { readProgram } from "../calls/read-program.ts";
import { rememberLast } from "../calls/remember-last.ts";
import { nodesWithin } from "../calls/source-file.ts";
import type { FunctionValue } from "../calls/value.ts";
import { isFetchedBack } from "./fetched-back.ts";
import { bareHandlers } from "./frameworks/bare-handlers.ts";
import { fileRoutes } from "./frameworks/file-routes.ts";
import { nestRoutes } from "./frameworks/nest.ts";
import { routerCalls } from "./frameworks/router-calls.ts";
import { codeOf, namesOf, wordsIn } from "./names.ts";
import type { Provider } from "./provider.ts";
import { providerNamed, providerOfHeaderIn } from "./providers/index.ts";
import { followRequest, type RequestFlow } from "./request-flow.ts";
import type { Route } from "./route.ts";
import { type SkippedCheck, skippedCheck } from "./skipped-checks.ts";
import { type PathReading, readHandlerName, readWebhookPath } from "./webhook-path.ts";

/** A route that receives webhooks. */
export interface WebhookRoute extends Route {
  readonly provider: Provider | undefined;
  readonly flow: RequestFlow;
}

/** The routes of the linted file that receive webhooks; read once for all rules. */
export function webhookRoutes(context: HostContext): readonly WebhookRoute[] {
  const program = readProgram(context);
  return program ? routesOf(program) : [];
}

const routesOf = rememberLast((program: ReadProgram): readonly WebhookRoute[] => (mayHaveRoutes(program) ? readRoutes(program) : []));

/** Told from the text and the path before anything is read. */
function mayHaveRoutes({ text, path }: ReadProgram): boolean {
  return /hook|\bipn\b|notif/iu.test(path) || /hooks?\b|\bipn\b|\bnotif(?:y|ications?)\b/iu.test(text);
}

function readRoutes({ file, evaluator }: ReadProgram): WebhookRoute[] {
  const routes = [fileRoutes, nestRoutes, routerCalls, bareHandlers].flatMap((read) => read(file, evaluator));
  return routes.flatMap((route) => {
    const { receives, provider } = readPlace(route, file.path);
    if (receives === "no") return [];
    const flow = followRequest(route.receivers, evaluator);
    const code = flow.reached.map((reached) => codeOf(reached.node, reached.file)).join("\n");
    if (managesWebhooks.test(code) || (receives === "maybe" && !looksLikeDelivery(route, code))) return [];
    return [{ ...route, provider: provider ?? providerIn(file.path, code), flow }];
  });
}

/**
 * By the route's path, else by its handler's name; in a file named after webhooks neither need say it again, but then a route may manage them as well.
 */
function readPlace({ path, handler }: Route, filePath: string): PathReading {
  const reading = readWebhookPath(path);
  if (reading.receives !== "no" || /hook/iu.test(path)) return reading;
  const name = nameOfFunction(handler.node) ?? nameOfInner(handler) ?? "";
  if (/web_?hook/iu.test(name)) return readHandlerName(name, path);
  if (!/(?:^|[\\/])[^\\/]*web-?hooks?[^\\/]*$/iu.test(filePath)) return reading;
  const inFile = readWebhookPath(`/webhook${path}`);
  return { receives: inFile.receives === "no" ? "no" : inFile.provider ? "yes" : "maybe", provider: inFile.provider };
}

/** `facebookWebhook` of `async (req, res) => { await facebookWebhook(req, res); }`: the one function that is given all of the request. */
function nameOfInner({ node, origin: { file } }: FunctionValue): string | undefined {
  const [request] = node.params;
  if (request?.type !== "Identifier") return undefined;
  const given = nodesWithin(file.calls, node).filter(
    ({ arguments: [first] }) => first?.type === "Identifier" && first.name === request.name,
  );
  return given.length === 1 ? namesOf(given[0]!.callee).at(-1) : undefined;
}

/** The handler keeps webhooks that this program sends. */
const managesWebhooks =
  /\bwebhooks?(?:Subscriptions?|Endpoints?|Configs?|s?Table|Repository|Repo|Model|Service)?\.(?:create|insert\w*|save|update\w*|upsert|delete\w*|remove\w*|add)\(|\b(?:create|register|add|save|insert|update|delete|remove|upsert|set)_?Web_?hooks?(?:Endpoint|Subscription)?\(|new Webhook(?:Model|Subscription|Endpoint)?\(\{/iu;

/** A collection named webhooks may be made of them; a delivery has an event with a type. */
function looksLikeDelivery({ handler }: Route, code: string): boolean {
  if (wordsIn(nameOfFunction(handler.node) ?? "").some((word) => /^(?:create|add|register|save|list|update|delete)$/u.test(word)))
    return false;
  return /\b(?:event|body|payload|data|notification)\??\.(?:type|event|event_type|eventType|action|topic|entry|object)\b|\bswitch\s*\(/u.test(
    code,
  );
}

/** By the names of the file and its folder, else by a header of the provider's that the code reads. */
function providerIn(path: string, code: string): Provider | undefined {
  const words = wordsIn(path.split(/[\\/]/u).slice(-2).join("/"));
  return words.map(providerNamed).find((found) => found !== undefined) ?? providerOfHeaderIn(code);
}

/** Whether nothing in the route's reach can tell who sent the request, and all of its reach is seen. */
export function isUnverified(route: WebhookRoute, program: ReadProgram): boolean {
  const { flow, isGuarded, provider } = route;
  const isUnchecked = !isGuarded && flow.bodyUse !== undefined && flow.checks.length === 0 && !isFetchedBack(flow, provider);
  return isUnchecked && !isCheckedElsewhere(route, program);
}

/** Where the route's signature is looked at under a condition only, and nothing else tells who sent the request. */
export function uncheckedWithout(route: WebhookRoute, program: ReadProgram): SkippedCheck | undefined {
  const { flow, isGuarded, provider } = route;
  if (isGuarded || flow.bodyUse === undefined || flow.checks.length === 0 || isFetchedBack(flow, provider)) return undefined;
  const skipped = skippedCheck(flow, program.evaluator);
  return skipped && !isCheckedElsewhere(route, program) ? skipped : undefined;
}

function isCheckedElsewhere({ beforeElsewhere }: WebhookRoute, { evaluator, modules }: ReadProgram): boolean {
  const before = beforeElsewhere?.(modules) ?? [];
  return before.some(({ receivers, isGuarded }) => isGuarded || followRequest(receivers, evaluator).checks.length > 0);
}
