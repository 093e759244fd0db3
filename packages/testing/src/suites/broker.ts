import { randomUUID } from "node:crypto";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { serverKinds } from "../servers/start-servers.ts";
import type { ServerKind, Servers } from "../servers/start-servers.ts";

/** What travels to the test workers: a server without the functions that only its owner has. */
export type Shared<Kind extends ServerKind> = Omit<Servers[Kind], "stop">;

export interface Broker {
  /** Where workers ask; holds the capability to do so. */
  url: string;
  stop: () => Promise<void>;
}

/** Starts each kind of server when a worker first asks for it and answers the same server to all who ask later. */
export async function startBroker(): Promise<Broker> {
  const running = new Map<ServerKind, Promise<Servers[ServerKind]>>();
  const secret = randomUUID();

  const http = createServer((incoming, answer) => {
    const [, givenSecret, kind] = (incoming.url ?? "").split("/");
    if (givenSecret !== secret || !isServerKind(kind)) {
      answer.writeHead(404).end();
      return;
    }
    const server = running.get(kind) ?? serverKinds[kind]();
    running.set(kind, server);
    server.then(
      (shared) => answer.writeHead(200).end(JSON.stringify(shared)),
      (error: unknown) => answer.writeHead(500).end(error instanceof Error ? error.message : String(error)),
    );
  });
  await new Promise<void>((settle) => void http.listen(0, "127.0.0.1", settle));

  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/${secret}`,
    stop: async () => {
      http.close();
      http.closeAllConnections();
      const servers = await Promise.allSettled(running.values());
      await Promise.all(servers.filter((server) => server.status === "fulfilled").map((server) => server.value.stop()));
    },
  };
}

/** Asks the broker for a server. Takes as long as getting and starting it takes: minutes when Vault is built the first time. */
export async function askBroker<Kind extends ServerKind>(url: string, kind: Kind): Promise<Shared<Kind>> {
  // node:http because fetch gives up on an answer after five minutes.
  return new Promise((settle, reject) => {
    const outgoing = request(`${url}/${kind}`, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      answer.once("error", reject);
      answer.once("end", () => (answer.statusCode === 200 ? settle(JSON.parse(text) as Shared<Kind>) : reject(new Error(text))));
    });
    outgoing.once("error", reject).end();
  });
}

function isServerKind(kind: string | undefined): kind is ServerKind {
  return kind !== undefined && Object.hasOwn(serverKinds, kind);
}
