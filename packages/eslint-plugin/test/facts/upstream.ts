import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { onTestFinished } from "vitest";

/** How the server treats a request: answer with a status (after a while), cut the connection, never answer, or send headers and then nothing, or a byte now and then. */
export type Behaviour = number | "reset" | "hang" | "stall" | "drip" | Answer;

export interface Answer {
  readonly status: number;
  readonly retryAfter?: string;
  readonly afterMs?: number;
  /** A body, for SDKs that read from it why a request failed. */
  readonly json?: unknown;
}

export interface Upstream {
  readonly url: string;
  /** The requests seen so far. */
  readonly requests: readonly { readonly method: string; readonly headers: IncomingMessage["headers"] }[];
}

/** A server on the loopback that counts requests and behaves as told, the last behaviour for all that follow. Closed when the test ends. */
export async function startUpstream(...behaviours: readonly Behaviour[]): Promise<Upstream> {
  const requests: { method: string; headers: IncomingMessage["headers"] }[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const server = createServer((request, response) => {
    const behaviour = behaviours[Math.min(requests.length, behaviours.length - 1)] ?? 200;
    requests.push({ method: request.method ?? "", headers: request.headers });
    request.resume();
    request.on("end", () => behave(behaviour, request, response, timers));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    timers.forEach(clearInterval);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests };
}

function behave(behaviour: Behaviour, request: IncomingMessage, response: ServerResponse, timers: Set<NodeJS.Timeout>): void {
  if (behaviour === "reset") return void request.socket.resetAndDestroy();
  if (behaviour === "hang") return;
  if (behaviour === "stall" || behaviour === "drip") {
    response.writeHead(200, { "content-length": "10" });
    response.write("1");
    if (behaviour === "drip") drip(response, timers);
    return;
  }
  const { status, retryAfter, afterMs = 0, json }: Answer = typeof behaviour === "number" ? { status: behaviour } : behaviour;
  const headers = {
    ...(retryAfter !== undefined && { "retry-after": retryAfter }),
    ...(json !== undefined && { "content-type": "application/json" }),
  };
  const answer = () => response.writeHead(status, headers).end(json === undefined ? undefined : JSON.stringify(json));
  if (afterMs === 0) answer();
  else timers.add(setTimeout(answer, afterMs));
}

/** The other nine bytes, one every 60 ms: each pause is shorter than the timeouts of the tests, the whole is longer. */
function drip(response: ServerResponse, timers: Set<NodeJS.Timeout>): void {
  let left = 9;
  const timer = setInterval(() => {
    left -= 1;
    if (left > 0) return void response.write("1");
    clearInterval(timer);
    response.end("1");
  }, 60);
  timers.add(timer);
}

/** "answered" or "failed", never a hanging test: `patience` milliseconds without an outcome are "still waiting". */
export async function outcomeOf(call: Promise<unknown>, patience = 1_500): Promise<"answered" | "failed" | "still waiting"> {
  let timer: NodeJS.Timeout | undefined;
  const waiting = new Promise<"still waiting">((resolve) => {
    timer = setTimeout(() => resolve("still waiting"), patience);
  });
  try {
    return await Promise.race([call.then(() => "answered" as const).catch(() => "failed" as const), waiting]);
  } finally {
    clearTimeout(timer);
  }
}
