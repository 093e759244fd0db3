import type { Interpretation, LibraryCall, LibraryDefinition } from "../library.ts";
import { settingOf, timeoutFact } from "../request-reading.ts";
import { fetchTimeout, isOnClient, operation, takesNoKey } from "../sdk-operation.ts";
import { ABSENT, propertyOf } from "../value.ts";

const requests = /^(?:generateContent|generateContentStream|countTokens|embedContent|batchEmbedContents|sendMessage|sendMessageStream)$/u;

/**
 * \@google/generative-ai. No retries, and no time limit but those of fetch, unless `timeout` of the model or the call says how long all of it may take
 * (@google/generative-ai@0.24.1 dist/index.mjs:439, measured). A model is where options stand, so it counts as the client. The API takes no idempotency key.
 */
export const googleGenerativeAi: LibraryDefinition = {
  name: "google-generative-ai",
  packages: ["@google/generative-ai"],
  types: ["GoogleGenerativeAI", "GenerativeModel", "ChatSession"],
  vendor: "Google",
  defaultTimeout: "300 s",
  interpret(call) {
    const [first = "", second] = call.path;
    if (!isOnClient(call))
      return first === "GoogleGenerativeAI" && call.form === "new" ? { kind: "instance", options: ABSENT, argument: 0 } : undefined;
    const name = second ?? first;
    if (name === "getGenerativeModel") return { kind: "instance", options: call.argument(1), argument: 1 };
    if (name === "getGenerativeModelFromCachedContent") return { kind: "instance", options: call.argument(2), argument: 2 };
    if (name === "startChat")
      return { kind: "value", value: { kind: "client", instance: call.instance, path: call.path, origin: call.origin } };
    return requests.test(name) ? request(call) : undefined;
  },
  write: { timeout: (ms) => ({ path: ["timeout"], code: String(ms) }) },
};

function request(call: LibraryCall): Interpretation {
  const setting = (name: string) => settingOf((from) => propertyOf(from, name), call.argument(1), call.instance);
  return operation({
    call,
    label: `google.${call.path.at(-1)!}`,
    host: "https://generativelanguage.googleapis.com",
    timeout: timeoutFact(setting("timeout"), "total", fetchTimeout("google-generative-ai", propertyOf(call.argument(1), "signal"))),
    idempotencyKey: takesNoKey,
    options: { node: call.node, argument: 1 },
  });
}
