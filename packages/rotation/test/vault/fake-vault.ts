import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A request as it reached the fake. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export type Reply = (request: Received, response: ServerResponse) => void;

export interface FakeVault {
  readonly address: string;
  readonly received: Received[];
  /** What is answered from now on to everything but the questions of which engine is mounted, and how long the token lives. */
  reply: Reply;
  /** Then questions about the token go to `reply` as well. */
  tokensEnd: boolean;
  close(): Promise<void>;
}

/**
 * A KV version 2 mount on loopback, for what a real Vault cannot be made to do: losing an answer, redirecting as a standby does
 * (Vault 1.21, http/handler.go), answering slowly or without end.
 */
export async function startFakeVault(): Promise<FakeVault> {
  const fake: { reply: Reply; received: Received[]; tokensEnd: boolean } = {
    reply: answer(404, { errors: [] }),
    received: [],
    tokensEnd: false,
  };
  const server = createServer((incoming, response) => {
    void text(incoming).then((body) => {
      const request = { method: incoming.method ?? "", path: incoming.url ?? "", headers: incoming.headers, body };
      if (request.path === "/v1/sys/internal/ui/mounts/secret")
        return answer(200, { data: { type: "kv", path: "secret/", options: { version: "2" } } })(request, response);
      if (request.path === "/v1/auth/token/lookup-self" && !fake.tokensEnd) return answer(200, { data: { ttl: 0 } })(request, response);
      fake.received.push(request);
      return fake.reply(request, response);
    });
  });
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  return Object.assign(fake, {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((settle) => server.close(settle));
    },
  });
}

export function answer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return (_request, response) =>
    response
      .writeHead(status, { "Content-Type": "application/json", ...headers })
      .end(typeof body === "string" ? body : JSON.stringify(body));
}

/** The connection breaks instead of an answer. */
export const hangUp: Reply = (_request, response) => void response.socket?.resetAndDestroy();
