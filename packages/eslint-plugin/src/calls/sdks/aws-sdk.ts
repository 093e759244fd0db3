import { exponential } from "../backoff.ts";
import type { ClientInstance } from "../client-instance.ts";
import { type Fact, known, unknownFact } from "../fact.ts";
import { installedVersion } from "../installed-version.ts";
import type { Interpretation, LibraryCall, LibraryDefinition } from "../library.ts";
import type { IdempotencyKey, RetryLayer, Timeout } from "../outbound-call.ts";
import { verbOf } from "../operation-verb.ts";
import { noTimeout, signalBound, timeoutFact } from "../request-reading.ts";
import { byDefault, clientGiven, isOnClient, keyNamed, operation, sdkRetries, takesNoKey } from "../sdk-operation.ts";
import { ABSENT, propertyOf, type Value } from "../value.ts";

/** Operations with a member that the SDK fills when the caller does not, and the member. */
const tokens: Readonly<Record<string, string>> = {
  CreateSecret: "ClientRequestToken",
  PutSecretValue: "ClientRequestToken",
  UpdateSecret: "ClientRequestToken",
  RotateSecret: "ClientRequestToken",
  TransactWriteItems: "ClientRequestToken",
  StartQueryExecution: "ClientRequestToken",
  RunInstances: "ClientToken",
};
/** The first minor version of the clients that only warns after `requestTimeout`: it brings @smithy/node-http-handler 4.4. */
const warnsSince = 910;

/**
 * \@aws-sdk/* 3. Three attempts, of every operation (@smithy/core@3.41.1 dist-es/submodules/retry/util-retry/config.js, measured with SendMessage). No timeout:
 * `requestTimeout` alone only logs a warning, `throwOnRequestTimeout` makes it a bound until the headers, `socketTimeout` one on silence
 * (@smithy/node-http-handler@4.14.2 dist-es/set-request-timeout.js, measured). Members that are idempotency tokens are filled once per call.
 */
export const awsSdk: LibraryDefinition = {
  name: "aws-sdk",
  packages: ["@aws-sdk/*", "@smithy/node-http-handler"],
  types: ["*Client", "S3", "SQS", "SNS", "SES", "SSM", "KMS", "Lambda", "DynamoDB", "DynamoDBDocument", "SecretsManager"],
  vendor: "AWS",
  defaultTimeout: "none",
  interpret(call) {
    return isOnClient(call) ? request(call) : client(call);
  },
  plainRequest: ["send"],
  write: {
    timeout: (ms) => ({ path: ["requestHandler", "socketTimeout"], code: String(ms) }),
    retries: (count) => ({ path: ["maxAttempts"], code: String(count + 1) }),
  },
};

function client(call: LibraryCall): Interpretation | undefined {
  const [name = "", second] = call.path;
  if (call.module === "@aws-sdk/lib-dynamodb") return second === "from" ? clientGiven(call, 0) : undefined;
  if (call.form !== "new" || second !== undefined || !call.module.startsWith("@aws-sdk/client-")) return undefined;
  // `new S3Client({ … })`, and `new S3({ … })` with a method for each operation.
  const service = call.module.slice("@aws-sdk/client-".length).replaceAll("-", "");
  const makesOne = name.endsWith("Client") || name.toLowerCase() === service;
  return makesOne ? { kind: "instance", options: call.argument(0), argument: 0 } : undefined;
}

function request(call: LibraryCall): Interpretation | undefined {
  const [member = "", further] = call.path;
  if (further !== undefined || member === "destroy") return undefined;
  const command = call.argument(0);
  const name = member === "send" ? operationOf(command) : `${member.charAt(0).toUpperCase()}${member.slice(1)}`;
  const input = member !== "send" ? command : command.kind === "result" ? (command.arguments[0] ?? ABSENT) : command;
  const place = { node: call.node, argument: 1 };
  return operation({
    call,
    label: name === undefined ? "A call of AWS" : `AWS ${name}`,
    verb: verbOf(name ?? ""),
    body: input,
    timeout: timeoutOf(call),
    retries: [retryLayer(call)],
    idempotencyKey: keyOf(tokens[name ?? ""], input),
    options: place,
  });
}

/** `new PutObjectCommand(input)` */
function operationOf(command: Value): string | undefined {
  const name = command.kind === "result" ? command.callee.path.at(-1) : undefined;
  return name?.endsWith("Command") ? name.slice(0, -"Command".length) : undefined;
}

function keyOf(token: string | undefined, input: Value): Fact<IdempotencyKey | undefined> {
  if (token === undefined) return takesNoKey;
  const own = keyNamed(token, input);
  if (own.kind === "unknown" || own.value !== undefined) return own;
  return known({ carrier: token, origin: undefined, value: ABSENT, madeByLibrary: "once per call" });
}

function retryLayer(call: LibraryCall): RetryLayer {
  const { options } = call.instance;
  const strategy = propertyOf(options, "retryStrategy");
  const source = "@smithy/core@3.41.1 dist-es/submodules/retry/util-retry/config.js:6";
  return sdkRetries({
    by: awsSdk,
    call,
    count: strategy.kind === "absent" ? propertyOf(options, "maxAttempts") : strategy,
    whenAbsent: byDefault("aws-sdk", 2, "3 attempts", source),
    toRetries: (attempts) => Math.max(0, attempts - 1),
    literalFor: (retries) => String(retries + 1),
    repeats: "any",
    backoff: exponential({ firstMs: 100, factor: 2, maximumMs: 20_000, jitter: true }),
    retryAfter: "honoured",
    options: { node: call.node, argument: 1 },
  });
}

function timeoutOf(call: LibraryCall): Fact<Timeout> {
  const given = call.path[0] === "send" || call.argument(1).kind !== "absent" ? call.argument(1) : ABSENT;
  const signal = signalBound(propertyOf(given, "abortSignal"));
  if (signal.kind === "unknown" || propertyOf(given, "requestTimeout").kind !== "absent") return unknownFact("bounded by the call itself");
  if (signal.value !== undefined) return { ...signal, value: signal.value };
  return handlerTimeout(handlerOptions(propertyOf(call.instance.options, "requestHandler")), call.instance);
}

/** `requestHandler: { … }`, `requestHandler: new NodeHttpHandler({ … })` */
function handlerOptions(handler: Value): Value {
  const isNodes = handler.kind === "result" && handler.callee.path.at(-1) === "NodeHttpHandler";
  return isNodes ? (handler.arguments[0] ?? ABSENT) : handler;
}

function handlerTimeout(options: Value, instance: ClientInstance): Fact<Timeout> {
  const idle = timeoutFact(propertyOf(options, "socketTimeout"), "idle", noTimeout);
  if (idle.kind === "unknown" || idle.value.bounds !== "nothing") return idle;
  const request = timeoutFact(propertyOf(options, "requestTimeout"), "headers", noTimeout);
  if (request.kind === "unknown" || request.value.bounds === "nothing") return request;
  const throws = propertyOf(options, "throwOnRequestTimeout");
  if (throws.kind === "primitive" && throws.value === true) return request;
  if (throws.kind === "unknown" || !onlyWarns(instance)) return unknownFact("older versions end the request");
  return known({ bounds: "nothing", misread: "`requestTimeout` only logs a warning unless `throwOnRequestTimeout` is set" });
}

function onlyWarns({ module, created }: ClientInstance): boolean {
  const version = created && installedVersion(module, created.file.path);
  const [major, minor] = (version ?? "").split(".").map(Number);
  return major === 3 && minor !== undefined && minor >= warnsSince;
}
