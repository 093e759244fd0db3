import { wordsIn } from "./names.ts";
import type { Provider } from "./provider.ts";
import { providerNamed } from "./providers/index.ts";

/** What a path says of a route: that it receives webhooks, that it may (a collection named webhooks), or nothing. */
export interface PathReading {
  readonly receives: "yes" | "maybe" | "no";
  readonly provider: Provider | undefined;
}

/** Reads `/api/stripe/webhook`, `/webhooks/:provider`, `/ipn`; `/webhooks/:id` and `/webhooks/test` manage webhooks. */
export function readWebhookPath(path: string): PathReading {
  const segments = path.split("/").filter(Boolean);
  const provider = segments
    .flatMap(wordsIn)
    .map(providerNamed)
    .find((found) => found !== undefined);
  const at = segments.findLastIndex(isWebhookSegment);
  if (at === -1) {
    const announces =
      /^(?:ipn|notify|notifications?|notification-?url)$/iu.test(segments.at(-1) ?? "") &&
      (provider !== undefined || /^ipn$/iu.test(segments.at(-1)!));
    return { receives: announces ? "yes" : "no", provider };
  }
  const words = wordsIn(segments[at]!);
  const rest = segments.slice(at + 1);
  const told = rest.filter((segment) => !isScope(segment));
  if (words.some((word) => managing.has(word)) || told.some(isManaging)) return { receives: "no", provider };
  const isCollection = words.length === 1 && /^(?:webhooks|hooks|hook)$/u.test(words[0]!) && told.length === 0;
  const namesSender = provider !== undefined || told.some((segment) => parameterOf(segment) !== undefined);
  return { receives: !namesSender && (isCollection || told.length < rest.length) ? "maybe" : "yes", provider };
}

/** Reads `receiveSnsWebhook` at `/sns`, whose path does not say webhook; an id in that path is the payment's or the channel's. */
export function readHandlerName(name: string, path: string): PathReading {
  const segments = path.split("/").filter((segment) => segment !== "" && parameterOf(segment) === undefined);
  const words = wordsIn(name);
  const provider = [...segments.flatMap(wordsIn), ...words].map(providerNamed).find((found) => found !== undefined);
  if (words.some((word) => managing.has(word)) || segments.some(isManaging)) return { receives: "no", provider };
  const isReceiver =
    provider !== undefined || words.some((word) => /^(?:handle|handler|receive|receiver|process|on|incoming|inbound)$/u.test(word));
  return { receives: isReceiver ? "yes" : "maybe", provider };
}

function isWebhookSegment(segment: string): boolean {
  if (/^[:[{*]/u.test(segment)) return false;
  return wordsIn(segment).some((word) => /^(?:webhooks?|hooks?)$/u.test(word));
}

/** After the webhook: a verb of managing, or the id of one; a provider or an event may be there. What is not known (`*`) may be a secret. */
function isManaging(segment: string): boolean {
  if (segment.includes("*")) return true;
  const parameter = parameterOf(segment);
  if (parameter !== undefined)
    return !/^(?:provider|service|source|integration|platform|type|event|topic|app|slug|vendor|gateway|channel|path|kind|name)/iu.test(
      parameter,
    );
  return wordsIn(segment).some((word) => managing.has(word));
}

/** Whose webhooks they are, which is asked of deliveries and of managing alike: `/webhooks/organizations/:organizationId/email/:provider`. */
function isScope(segment: string): boolean {
  return /^(?:org|organi[sz]ation|workspace|tenant|team|account|environment|env|project|company)(?:_?id)?$/iu.test(
    parameterOf(segment) ?? "",
  );
}

/** `provider` of `:provider`, `[provider]`, `{provider}`. */
function parameterOf(segment: string): string | undefined {
  return /^(?::|\[+(?:\.\.\.)?|\{)(\w+)/u.exec(segment)?.[1];
}

const managing = new Set(
  [
    "create add new register subscribe subscriptions subscription unsubscribe test tests testing list update edit delete remove enable disable toggle send",
    "trigger dispatch retry resend replay validate verify regenerate rotate settings setting config configs configuration logs log deliveries delivery",
    "status health setup manage management admin preview simulate simulator mock sample secret secrets url urls endpoints endpoint attempts bulk export",
    "import search count schema docs ping reset rerun redeliver deregister sender outgoing outbound proxy relay client sdk",
  ].flatMap((line) => line.split(" ")),
);
