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
  if (words.some((word) => managing.has(word)) || rest.some(isManaging)) return { receives: "no", provider };
  const isCollection = words.length === 1 && /^(?:webhooks|hooks|hook)$/u.test(words[0]!) && rest.length === 0 && provider === undefined;
  return { receives: isCollection ? "maybe" : "yes", provider };
}

function isWebhookSegment(segment: string): boolean {
  if (/^[:[{*]/u.test(segment)) return false;
  return wordsIn(segment).some((word) => /^(?:webhooks?|hooks?)$/u.test(word));
}

/** After the webhook: a verb of managing, or the id of one; a provider or an event may be there. What is not known (`*`) may be a secret. */
function isManaging(segment: string): boolean {
  if (segment.includes("*")) return true;
  const parameter = /^(?::|\[+(?:\.\.\.)?|\{)(\w+)/u.exec(segment)?.[1];
  if (parameter !== undefined)
    return !/^(?:provider|service|source|integration|platform|type|event|topic|app|slug|vendor|gateway|channel|path|kind|name)/iu.test(
      parameter,
    );
  return wordsIn(segment).some((word) => managing.has(word));
}

const managing = new Set(
  [
    "create add new register subscribe subscriptions subscription unsubscribe test tests testing list update edit delete remove enable disable toggle send",
    "trigger dispatch retry resend replay validate verify regenerate rotate settings setting config configs configuration logs log deliveries delivery",
    "status health setup manage management admin preview simulate simulator mock sample secret secrets url urls endpoints endpoint attempts bulk export",
    "import search count schema docs ping reset rerun redeliver deregister sender outgoing outbound proxy relay client sdk",
  ].flatMap((line) => line.split(" ")),
);
