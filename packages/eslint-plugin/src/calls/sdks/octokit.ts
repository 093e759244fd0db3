import type { ClientInstance } from "../client-instance.ts";
import type { LibraryCall, LibraryDefinition } from "../library.ts";
import type { RetryLayer } from "../outbound-call.ts";
import { verbOf, type Verb } from "../operation-verb.ts";
import { settingOf } from "../request-reading.ts";
import { byDefault, fetchTimeout, isOnClient, operation, sdkRetries, takesNoKey } from "../sdk-operation.ts";
import { ABSENT, firstPresent, propertyAt, propertyOf, textParts, type Value } from "../value.ts";

/**
 * octokit and \@octokit/core, rest. The 300 s of fetch bound the headers and each pause of a body (undici@7.29.1 lib/dispatcher/client.js:316), and no option of
 * the client does. No retries, unless plugin-retry is put on, which the package `octokit` does: then three, of every method
 * (@octokit/plugin-retry@8.1.1 dist-bundle/index.js:56, measured). No idempotency key in the API.
 */
export const octokit: LibraryDefinition = {
  name: "octokit",
  packages: ["octokit", "@octokit/core", "@octokit/rest", "@actions/github"],
  types: ["Octokit"],
  vendor: "GitHub",
  defaultTimeout: "300 s",
  interpret(call) {
    const [first, second] = call.path;
    // `Octokit.plugin(retry)` and `Octokit.defaults({ … })` are classes, whose `new` is a client.
    const isClass = call.instance.made === undefined ? first === "Octokit" : isClassOf(call.instance);
    const member = call.instance.made === undefined ? second : first;
    if (member === "plugin") return { kind: "instance", options: ABSENT, argument: 0 };
    if (member === "defaults") return { kind: "instance", options: call.argument(0), argument: 0 };
    if (isClass && call.form === "new" && member === undefined) return { kind: "instance", options: call.argument(0), argument: 0 };
    if (first === "getOctokit" && second === undefined && !isOnClient(call))
      return { kind: "instance", options: call.argument(1), argument: 1 };
    return isOnClient(call) && !isClassOf(call.instance) ? request(call) : undefined;
  },
  plainRequest: ["rest", "meta", "get"],
  write: { retries: (count) => ({ path: ["request", "retries"], code: String(count) }) },
};

function isClassOf({ made }: ClientInstance): boolean {
  return made?.path.at(-1) === "plugin" || made?.path.at(-1) === "defaults";
}

function request(call: LibraryCall) {
  const [first, second] = call.path;
  if (first === "hook" || first === "log" || first === "auth" || first === "webhooks" || first === "paginate") return undefined;
  const isRaw = first === "request" || first === "graphql";
  if (first === undefined || (second === undefined && !isRaw)) return undefined;
  const options = call.argument(isRaw ? 1 : 0);
  const setting = (name: string) => settingOf((from) => propertyAt(from, ["request", name]), options, call.instance);
  return operation({
    call,
    label: `octokit.${call.path.join(".")}`,
    verb: isRaw ? rawVerb(call) : verbOf(call.path.at(-1)!),
    host: "https://api.github.com",
    timeout: fetchTimeout("octokit", setting("signal"), setting("fetch")),
    retries: retryLayers(call, setting("retries")),
    idempotencyKey: takesNoKey,
    options: { node: call.node, argument: isRaw ? 1 : 0 },
  });
}

/** `octokit.request("POST /repos/{owner}/{repo}/issues")`, `octokit.graphql(query)` */
function rawVerb({ path, argument }: LibraryCall): Verb {
  const text = textParts(argument(0))?.[0] ?? "";
  if (path[0] === "graphql")
    return text === ""
      ? { effect: "unknown", method: "POST" }
      : { effect: /^\s*mutation\b/u.test(text) ? "writes" : "reads", method: "POST" };
  const method = /^(?<method>[A-Z]+) /u.exec(text)?.groups?.["method"];
  return { effect: method === "GET" || method === "HEAD" ? "reads" : method === undefined ? "unknown" : "writes", method };
}

function retryLayers(call: LibraryCall, retries: Value): RetryLayer[] {
  const { instance } = call;
  const plugin = settingOf((from) => propertyOf(from, "retry"), ABSENT, instance);
  const enabled = propertyOf(plugin, "enabled");
  if (!hasRetries(instance) || (enabled.kind === "primitive" && enabled.value === false)) return [];
  return [
    sdkRetries({
      by: octokit,
      call,
      count: instance.passedIn ? instance.options : firstPresent(retries, propertyOf(plugin, "retries")),
      whenAbsent: byDefault("octokit", 3, "3 retries", "@octokit/plugin-retry@8.1.1 dist-bundle/index.js:56"),
      repeats: "any",
      backoff: { delayMs: (retry) => retry ** 2 * 1_000, jitter: false },
      options: { node: call.node, argument: 0 },
    }),
  ];
}

/** The package `octokit` brings the plugin; others are given it by `Octokit.plugin(retry)`. */
function hasRetries(instance: ClientInstance): boolean {
  if (instance.module === "octokit") return true;
  const plugins: Value[] = [];
  for (let current: ClientInstance | undefined = instance; current; current = current.parent)
    if (current.made?.path.at(-1) === "plugin") plugins.push(...current.made.arguments);
  return plugins.some((plugin) => plugin.kind === "reference" && plugin.module === "@octokit/plugin-retry");
}
