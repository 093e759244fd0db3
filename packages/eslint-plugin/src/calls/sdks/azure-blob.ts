import { unknownFact } from "../fact.ts";
import type { LibraryCall, LibraryDefinition } from "../library.ts";
import type { RetryLayer } from "../outbound-call.ts";
import { noTimeout, signalBound } from "../request-reading.ts";
import { byDefault, isOnClient, operation, sdkRetries, takesNoKey } from "../sdk-operation.ts";
import { propertyAt, propertyOf } from "../value.ts";

/** `new BlobServiceClient(url, credential, options)`, and clients of one container or blob, which take a connection string and names as well. */
const clients = /^(?:BlobService|Container|Blob|BlockBlob|AppendBlob|PageBlob)Client$/u;
/** Members that lead to a thing and send nothing. */
const ways = /^(?:getContainerClient|get(?:Block|Append|Page|)BlobClient|withSnapshot|withVersion)$/u;
const requests =
  /^(?:upload\w*|download\w*|create\w*|delete\w*|undelete\w*|exists|(?:get|set)(?:Properties|Statistics|AccountInfo|Metadata|Tags|HTTPHeaders|AccessPolicy|AccessTier|BlockList|PageRanges\w*)|list\w+|findBlobsByTags|getUserDelegationKey|\w+CopyFromURL|syncUploadFromURL|stageBlock\w*|commitBlockList|appendBlock\w*|clearPages|query|seal|resize)$/u;
/** How many arguments stand before the options; none where a name is missing. */
const before: Readonly<Record<string, number>> = {
  upload: 2,
  uploadData: 1,
  uploadFile: 1,
  uploadStream: 3,
  uploadBlockBlob: 3,
  deleteBlob: 1,
  deleteContainer: 1,
  createContainer: 1,
  download: 2,
  downloadToFile: 3,
  listBlobsByHierarchy: 1,
  setMetadata: 1,
  setHTTPHeaders: 1,
  setTags: 1,
  setAccessTier: 1,
  setAccessPolicy: 2,
  beginCopyFromURL: 1,
  syncCopyFromURL: 1,
  syncUploadFromURL: 1,
  stageBlock: 3,
  commitBlockList: 1,
  appendBlock: 2,
};

/**
 * \@azure/storage-blob 12. Four attempts on network errors, 500 and 503, of every method, at once and then 4 s and 12 s apart, without randomness
 * (@azure/storage-common@12.5.0 dist/esm/policies/StorageRetryPolicyV2.js:16, measured). No timeout: `tryTimeoutInMs` is only told to the server; a signal of the
 * call ends it (measured). No idempotency key in the API.
 */
export const azureBlob: LibraryDefinition = {
  name: "azure-blob",
  packages: ["@azure/storage-blob"],
  types: ["BlobServiceClient", "ContainerClient", "BlobClient", "BlockBlobClient", "AppendBlobClient", "PageBlobClient"],
  vendor: "Azure",
  defaultTimeout: "none",
  interpret(call) {
    const [first = "", second] = call.path;
    if (!isOnClient(call)) return clients.test(first) ? client(call, second) : undefined;
    const name = call.path.at(-1)!;
    if (ways.test(name)) return { kind: "value", value: { kind: "client", instance: call.instance, path: call.path, origin: call.origin } };
    return requests.test(name) ? request(call, name) : undefined;
  },
  plainRequest: ["getProperties"],
  write: { retries: (count) => ({ path: ["retryOptions", "maxTries"], code: String(count + 1) }) },
};

function client(call: LibraryCall, maker: string | undefined) {
  const makesOne = maker === undefined ? call.form === "new" : maker === "fromConnectionString";
  if (!makesOne) return undefined;
  // Clients of one thing take its names too, so that only the last argument can be the options.
  const argument = call.path[0] === "BlobServiceClient" ? (maker === undefined ? 2 : 1) : Math.max(2, call.arguments.length - 1);
  return { kind: "instance", options: call.argument(argument), argument } as const;
}

function request(call: LibraryCall, name: string) {
  const place = { node: call.node, argument: before[name] ?? 0 };
  const signal = signalBound(propertyOf(call.argument(place.argument), "abortSignal"));
  return operation({
    call,
    label: `azure.${name}`,
    timeout:
      signal.kind === "unknown"
        ? unknownFact("bounded by the call itself")
        : signal.value === undefined
          ? noTimeout
          : { ...signal, value: signal.value },
    retries: [retryLayer(call)],
    idempotencyKey: takesNoKey,
    options: place,
  });
}

function retryLayer(call: LibraryCall): RetryLayer {
  const option = (name: string) => propertyAt(call.instance.options, ["retryOptions", name]);
  const hasOwnDelays = [option("retryDelayInMs"), option("maxRetryDelayInMs"), option("retryPolicyType")].some(
    ({ kind }) => kind !== "absent",
  );
  return sdkRetries({
    by: azureBlob,
    call,
    count: option("maxTries"),
    whenAbsent: byDefault("azure-blob", 3, "4 attempts", "@azure/storage-common@12.5.0 dist/esm/policies/StorageRetryPolicyV2.js:16"),
    toRetries: (attempts) => Math.max(0, attempts - 1),
    literalFor: (retries) => String(retries + 1),
    repeats: "any",
    condition: "on network errors, 500 and 503, any method",
    backoff: hasOwnDelays
      ? unknownFact("delays of its own")
      : { delayMs: (retryNumber) => Math.min((2 ** (retryNumber - 1) - 1) * 4_000, 120_000), jitter: false },
    retryAfter: "ignored",
    options: { node: call.node, argument: 0 },
  });
}
