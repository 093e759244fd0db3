import {
  request as plainRequest,
  Agent as PlainAgent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
} from "node:http";
import { request as tlsRequest, Agent as TlsAgent } from "node:https";

/** What one request came to. `sent: false`: it certainly never reached the server. `why` is a clause without anything that was sent. */
export type Outcome =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly text: string;
      readonly sentAtMs: number;
      readonly receivedAtMs: number;
    }
  | { readonly kind: "failed"; readonly sent: boolean; readonly why: string; readonly advice: string };

export interface Limits {
  /** Until the connection stands, TLS included. */
  readonly connectMs: number;
  /** Until the whole answer is there. */
  readonly totalMs: number;
  readonly answerBytes: number;
  /** The longest that a server may ask to wait (Retry-After) before a request is sent again. */
  readonly waitMs: number;
}

export const defaultLimits: Limits = { connectMs: 5_000, totalMs: 10_000, answerBytes: 8 * 1024 * 1024, waitMs: 10_000 };

/** A certificate of this client and its private key, in PEM. */
export interface ClientIdentity {
  readonly cert: string;
  readonly key: string;
}

export interface WireRequest {
  readonly method: string;
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: object;
}

export interface Transport {
  send(request: WireRequest): Promise<Outcome>;
  /** New connections show this certificate; those that show another one are given up. */
  present(identity: ClientIdentity): void;
  close(): void;
}

/**
 * HTTP to one server: TLS always verified, against `ca` (PEM) where given; no redirects, no proxies, no variable of the environment changes any of it.
 * Never throws: a failure is an outcome.
 */
export function openTransport(options: { readonly ca: string | undefined; readonly limits: Limits }): Transport {
  const { ca, limits } = options;
  const tlsAgent = (identity?: ClientIdentity): TlsAgent =>
    new TlsAgent({ keepAlive: true, rejectUnauthorized: true, minVersion: "TLSv1.2", ...(ca !== undefined && { ca }), ...identity });
  const plain = new PlainAgent({ keepAlive: true });
  let tls = tlsAgent();
  let shown: ClientIdentity | undefined;
  return {
    send: (request) => send(request, { tls, plain, limits }),
    present: (identity) => {
      if (shown?.cert === identity.cert && shown.key === identity.key) return;
      shown = identity;
      // Requests under way keep their connections; idle ones end by themselves.
      tls = tlsAgent(identity);
    },
    close: () => {
      tls.destroy();
      plain.destroy();
    },
  };
}

function send(
  { method, uri, headers, json }: WireRequest,
  { tls, plain, limits }: { tls: TlsAgent; plain: PlainAgent; limits: Limits },
): Promise<Outcome> {
  const url = new URL(uri);
  const secure = url.protocol === "https:";
  const body = json === undefined ? undefined : JSON.stringify(json);
  const contentType = body === undefined ? {} : { "Content-Type": "application/json", "Content-Length": String(Buffer.byteLength(body)) };
  const options: RequestOptions = {
    method,
    agent: secure ? tls : plain,
    headers: { Accept: "application/json", ...contentType, ...headers },
  };
  const sentAtMs = Date.now();
  return new Promise((settle) => {
    let sent = false;
    const outgoing = secure ? tlsRequest(url, options) : plainRequest(url, options);
    const fail = (why: string, advice: string): void => {
      clearTimeout(connecting);
      clearTimeout(total);
      settle({ kind: "failed", sent, why, advice });
      outgoing.destroy();
    };
    const connecting = setTimeout(() => fail(`no connection within ${limits.connectMs} ms`, checkNetwork), limits.connectMs);
    const total = setTimeout(() => fail(`no answer within ${limits.totalMs} ms`, "Try again later."), limits.totalMs);
    const connected = (): void => {
      sent = true;
      clearTimeout(connecting);
    };
    outgoing.once("socket", (socket) => {
      if (!socket.connecting) connected();
      else socket.once(secure ? "secureConnect" : "connect", connected);
    });
    outgoing.once("error", (error: NodeJS.ErrnoException) => fail(...explainFailure(error)));
    outgoing.once("response", (answer) => {
      collect(answer, limits.answerBytes, {
        done: (text) => {
          clearTimeout(total);
          settle({ kind: "answer", status: answer.statusCode ?? 0, headers: answer.headers, text, sentAtMs, receivedAtMs: Date.now() });
        },
        fail,
      });
    });
    outgoing.end(body);
  });
}

function collect(
  answer: IncomingMessage,
  limit: number,
  { done, fail }: { done: (text: string) => void; fail: (why: string, advice: string) => void },
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  answer.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) fail(`the answer is longer than ${limit} bytes`, "Check that the address is that of Vault.");
    else chunks.push(chunk);
  });
  answer.once("end", () => done(Buffer.concat(chunks).toString("utf8")));
  answer.once("error", (error: NodeJS.ErrnoException) => fail(...explainFailure(error)));
  answer.once("aborted", () => fail("the connection was closed in the middle of the answer", "Try again later."));
}

const checkNetwork = "Check the address, the network and that Vault runs.";
const checkCertificate = "Name the certificate authority of this Vault in the policy (ca), or have its certificate renewed.";

/** Only the code of a failure is told: its message may quote what was sent. */
function explainFailure({ code = "unknown" }: NodeJS.ErrnoException): [why: string, advice: string] {
  if (/^(?:ENOTFOUND|EAI_AGAIN)$/u.test(code)) return [`the name of the host is not known (${code})`, checkNetwork];
  if (code === "ECONNREFUSED") return [`the connection was refused (${code})`, checkNetwork];
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
    return [`the certificate is for another host (${code})`, "Use the name that the certificate is for."];
  if (/CERT|SIGNATURE|ISSUER|CRL/u.test(code)) return [`the certificate is not trusted (${code})`, checkCertificate];
  if (code === "EPROTO" || code.startsWith("ERR_SSL"))
    return [`it does not speak TLS here (${code})`, "Check the port, and whether the address should start with http://."];
  return [`the connection broke (${code})`, "Try again later."];
}
