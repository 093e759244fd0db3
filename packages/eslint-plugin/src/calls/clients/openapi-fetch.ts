import type { ClientInstance } from "../client-instance.ts";
import { type Fact, known, unknownFact } from "../fact.ts";
import type { LibraryCall, LibraryDefinition } from "../library.ts";
import type { RequestReading, Timeout } from "../outbound-call.ts";
import { headerMention, headersFact, noTimeout, settingOf, signalBound, urlFact } from "../request-reading.ts";
import { firstPresent, propertyAt, propertyOf, type Value } from "../value.ts";

const methods = /^(?:GET|PUT|POST|DELETE|OPTIONS|HEAD|PATCH|TRACE)$/u;

/**
 * openapi-fetch 0.9 to 0.17: `createClient({ baseUrl, headers })`, then `client.POST(path, { body, params: { header }, headers })`. Sends with fetch, so it has neither
 * a timeout nor retries of its own; `signal` is passed on. Middleware that `client.use` adds sees every request first (openapi-fetch@0.17.0 dist/index.mjs,
 * measured).
 */
export const openapiFetch: LibraryDefinition = {
  name: "openapi-fetch",
  packages: ["openapi-fetch"],
  types: ["Client"],
  defaultTimeout: "300 s",
  timeoutPerCall: true,
  interpret(call) {
    const [member, ...rest] = call.path;
    const { made, passedIn } = call.instance;
    if (call.form === "new" || rest.length > 0) return undefined;
    const isMaker = member === undefined || member === "default" || member === "createClient";
    if (!made && !passedIn) return isMaker ? { kind: "instance", options: call.argument(0), argument: 0 } : undefined;
    if (member === undefined) return undefined;
    if (methods.test(member)) return { kind: "request", request: reading(call, member, call.argument(0), 1) };
    // client.request("post", "/payments", { … })
    const method = member === "request" ? call.argument(0) : undefined;
    return method?.kind === "primitive"
      ? { kind: "request", request: reading(call, String(method.value).toUpperCase(), call.argument(1), 2) }
      : undefined;
  },
  write: {
    timeout: (ms) => ({ path: ["signal"], code: `AbortSignal.timeout(${ms})` }),
    header: (name, value) => ({ path: ["headers", name], code: value }),
  },
};

function reading(call: LibraryCall, method: string, path: Value, argument: number): RequestReading {
  const { instance, node } = call;
  const init = call.argument(argument);
  const setting = (name: string) => settingOf((options) => propertyOf(options, name), init, instance);
  const headers = [propertyOf(instance.options, "headers"), propertyOf(init, "headers"), propertyAt(init, ["params", "header"])];
  return {
    method: known(method),
    url: urlFact(path, propertyOf(instance.options, "baseUrl")),
    headers: middlewareMentions(instance, init, headerMention) ? unknownFact("middleware may set headers") : headersFact(...headers),
    body: propertyOf(init, "body"),
    timeout: timeoutOf(setting("signal"), firstPresent(setting("fetch"), setting("Request")), instance, init),
    retries: [],
    options: { node, argument },
  };
}

function timeoutOf(signal: Value, ownFetch: Value, instance: ClientInstance, init: Value): Fact<Timeout> {
  const bound = signalBound(signal);
  if (bound.kind === "unknown") return unknownFact(bound.why);
  if (bound.kind === "known" && bound.value) return known(bound.value, bound.origin);
  if (ownFetch.kind !== "absent" && !isFetch(ownFetch)) return unknownFact("a fetch of its own");
  return middlewareMentions(instance, init, /signal|timeout/iu) ? unknownFact("middleware may set a signal") : noTimeout;
}

function isFetch(value: Value): boolean {
  return value.kind === "reference" && value.module === "globalThis" && value.path.join(".") === "fetch";
}

/** Whether `client.use({ onRequest })`, or middleware of the call, may touch something; of code that is not seen it may. */
function middlewareMentions({ effects, passedIn }: ClientInstance, init: Value, what: RegExp): boolean {
  if (passedIn || propertyOf(init, "middleware").kind !== "absent") return true;
  const used = effects.flatMap((effect) => (effect.kind === "called" && effect.method === "use" ? effect.arguments : []));
  return used.some((middleware) => {
    const onRequest = propertyOf(middleware, "onRequest");
    if (onRequest.kind === "absent") return false;
    return onRequest.kind !== "function" || what.test(onRequest.origin.file.text.slice(...onRequest.node.range));
  });
}
