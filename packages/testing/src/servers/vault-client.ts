import { request as plainRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import { request as tlsRequest } from "node:https";
import { text } from "node:stream/consumers";
import { until } from "./until.ts";

export interface VaultAnswer {
  status: number;
  /** The parsed body, or undefined when there was none. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read many shapes, and a wrong one fails the test
  body: any;
}

export interface VaultClient {
  /** One request to `/v1/<path>`. Every HTTP status is an answer; only a broken connection throws. */
  request: (method: string, path: string, body?: object, headers?: Record<string, string>) => Promise<VaultAnswer>;
  /** The same for arranging a test: anything but a success throws what Vault said. */
  must: (method: string, path: string, body?: object, headers?: Record<string, string>) => Promise<VaultAnswer>;
}

const timeoutMs = 30_000;

/** Plain HTTP to Vault, to arrange and check tests with. `ca` is a PEM certificate to trust besides the built-in ones. */
export function vaultClient(server: { address: string; token: string; ca?: string }): VaultClient {
  const request: VaultClient["request"] = async (method, path, body, headers) => {
    const url = new URL(`${server.address}/v1/${path}`);
    const answer = await new Promise<IncomingMessage>((settle, reject) => {
      const send = url.protocol === "https:" ? tlsRequest : plainRequest;
      const outgoing = send(url, {
        method,
        signal: AbortSignal.timeout(timeoutMs),
        headers: { "X-Vault-Token": server.token, "Content-Type": "application/json", ...headers },
        ...(server.ca === undefined ? {} : { ca: server.ca }),
      });
      outgoing.once("response", settle).once("error", reject);
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
    const content = await text(answer);
    return { status: answer.statusCode ?? 0, body: content === "" ? undefined : JSON.parse(content) };
  };
  const must: VaultClient["must"] = async (method, path, body, headers) => {
    const answer = await request(method, path, body, headers);
    if (answer.status < 300) return answer;
    throw new Error(`Vault answered ${answer.status} to ${method} ${path}: ${JSON.stringify(answer.body)}`);
  };
  return { request, must };
}

/** A new KV v2 mount answers 400 for a moment while it upgrades itself. */
export async function kvIsReady(client: VaultClient, mount: string): Promise<void> {
  await until(`the KV mount ${mount} is ready`, async () => (await client.request("GET", `${mount}/config`)).status === 200);
}
