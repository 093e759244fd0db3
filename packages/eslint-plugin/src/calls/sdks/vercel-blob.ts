import { unknownFact } from "../fact.ts";
import type { LibraryDefinition } from "../library.ts";
import { fetchTimeout, operation, sdkRetries, takesNoKey } from "../sdk-operation.ts";
import { verbOf } from "../operation-verb.ts";
import { ABSENT, propertyOf } from "../value.ts";

/** The functions that send something, and where their options stand. */
const optionsAt: Readonly<Record<string, number>> = {
  put: 2,
  del: 1,
  head: 1,
  list: 0,
  copy: 2,
  createFolder: 1,
  createMultipartUpload: 1,
  uploadPart: 2,
  completeMultipartUpload: 2,
};

/**
 * \@vercel/blob. Retries of network errors and of 5xx, of every method: ten, or as many as VERCEL_BLOB_RETRIES says where the program runs, so that the number is not
 * known (@vercel/blob@2.8.0 dist/chunk-YYMLUMXS.js:628, measured). No time limit but those of fetch; an `abortSignal` of the call ends it. The API takes no
 * idempotency key.
 */
export const vercelBlob: LibraryDefinition = {
  name: "vercel-blob",
  packages: ["@vercel/blob"],
  vendor: "Vercel",
  defaultTimeout: "300 s",
  interpret(call) {
    const [name = "", second] = call.path;
    const argument = second === undefined ? optionsAt[name] : undefined;
    if (argument === undefined) return undefined;
    const place = { node: call.node, argument };
    return operation({
      call,
      label: `vercel.${name}`,
      verb: name === "uploadPart" ? { effect: "writes", method: "PUT" } : verbOf(name),
      host: "https://vercel.com/api/blob",
      timeout: fetchTimeout("vercel-blob", propertyOf(call.argument(argument), "abortSignal")),
      retries: [
        sdkRetries({
          by: vercelBlob,
          call,
          count: ABSENT,
          whenAbsent: unknownFact("VERCEL_BLOB_RETRIES says how many"),
          repeats: "any",
          condition: "on network errors and 5xx, any method",
          backoff: unknownFact("as async-retry does"),
          retryAfter: "ignored",
          options: place,
        }),
      ],
      idempotencyKey: takesNoKey,
      options: place,
    });
  },
};
