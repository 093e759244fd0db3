import { type Fact, known, unknownFact } from "../fact.ts";
import type { LibraryCall, LibraryDefinition } from "../library.ts";
import type { Timeout } from "../outbound-call.ts";
import { byDefault, isOnClient, operation, takesNoKey } from "../sdk-operation.ts";
import { originOf, propertyOf, type Value } from "../value.ts";

/**
 * postmark. 180 s for the whole attempt, set in SECONDS (postmark@5.1.0 dist/client/models/client/HttpClient.js:32, dist/client/HttpClient.js:250, measured). No
 * retries. The API takes no idempotency key.
 */
export const postmark: LibraryDefinition = {
  name: "postmark",
  packages: ["postmark"],
  types: ["ServerClient", "AccountClient"],
  vendor: "Postmark",
  defaultTimeout: "180 s",
  interpret(call) {
    const [name = "", second] = call.path;
    if (second !== undefined || name === "") return undefined;
    if (isOnClient(call)) return /^(?:set|getClientOptions)|[Hh]ttpClient|^clientOptions$/u.test(name) ? undefined : request(call, name);
    const makesOne = call.form === "new" && /^(?:Server|Account|)Client$/u.test(name);
    return makesOne ? { kind: "instance", options: call.argument(1), argument: 1 } : undefined;
  },
  plainRequest: ["getServer"],
  write: { timeout: (ms) => ({ path: ["timeout"], code: inSeconds(ms) }) },
};

function request(call: LibraryCall, name: string) {
  return operation({
    call,
    label: `postmark.${name}`,
    host: "https://api.postmarkapp.com",
    timeout: seconds(propertyOf(call.instance.options, "timeout")),
    idempotencyKey: takesNoKey,
    options: { node: call.node, argument: 0 },
  });
}

function seconds(value: Value): Fact<Timeout> {
  if (value.kind === "absent")
    return byDefault("postmark", { ms: 180_000, bounds: "attempt" }, "180 s", "postmark@5.1.0 dist/client/models/client/HttpClient.js:32");
  if (value.kind !== "primitive" || typeof value.value !== "number") return unknownFact("the timeout is not a literal");
  // 0 is taken for nothing said, and that is 60 s.
  return known({ ms: (value.value || 60) * 1000, bounds: "attempt", literalFor: inSeconds }, originOf(value));
}

function inSeconds(ms: number): string {
  return String(ms / 1000);
}
