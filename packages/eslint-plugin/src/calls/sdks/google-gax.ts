import { unknownFact } from "../fact.ts";
import type { LibraryCall, LibraryDefinition } from "../library.ts";
import { timeoutFact } from "../request-reading.ts";
import { isOnClient, operation, sdkRetries, takesNoKey } from "../sdk-operation.ts";
import { ABSENT, propertyOf } from "../value.ts";

/** What generated clients have besides the methods of their API. */
const helpers = /(?:Path|Async)$|^(?:match\w+|close|initialize|getProjectId|checkCreate\w+|checkDelete\w+)$/u;

/**
 * Clients of Google Cloud that are generated over google-gax. Timeouts and retries are each method's own, in a file of the API: reads are repeated for a total
 * time, not a number of times, what creates is not (@google-cloud/tasks@7.1.0 build/cjs/src/v2/cloud_tasks_client_config.json, google-gax@6.17.0
 * build/src/createApiCall.js:185, measured); so only `timeout` of a call, in milliseconds, is known. No idempotency key that all APIs take.
 */
export const googleGax: LibraryDefinition = {
  name: "google-gax",
  packages: [
    "@google-cloud/tasks",
    "@google-cloud/kms",
    "@google-cloud/secret-manager",
    "@google-cloud/scheduler",
    "@google-cloud/recaptcha-enterprise",
  ],
  types: ["*Client"],
  vendor: "Google Cloud",
  defaultTimeout: "its API's own",
  interpret(call) {
    const name = call.path.at(-1) ?? "";
    if (isOnClient(call)) return call.path.length > 1 || helpers.test(name) ? undefined : request(call, name);
    return call.form === "new" && name.endsWith("Client") ? { kind: "instance", options: ABSENT, argument: 0 } : undefined;
  },
  write: { timeout: (ms) => ({ path: ["timeout"], code: String(ms) }) },
};

function request(call: LibraryCall, name: string) {
  const place = { node: call.node, argument: 1 };
  return operation({
    call,
    label: `google.${name}`,
    timeout: timeoutFact(propertyOf(call.argument(1), "timeout"), "attempt", unknownFact("its API's own")),
    retries: [
      sdkRetries({
        by: googleGax,
        call,
        count: ABSENT,
        whenAbsent: unknownFact("its API's own, for a total time"),
        repeats: "unknown",
        backoff: unknownFact("its API's own"),
        options: place,
      }),
    ],
    idempotencyKey: takesNoKey,
    options: place,
  });
}
