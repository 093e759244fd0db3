import { once } from "node:events";
import { createServer, request as forward } from "node:http";
import type { AddressInfo } from "node:net";

import { onTestFinished } from "vitest";

/** `lost`: carried out, and the connection breaks before the answer. `failed`: carried out, and answered with a 500. `dropped`: never arrives. */
export type HttpFault = "lost" | "failed" | "dropped";

export const httpFaults: readonly HttpFault[] = ["lost", "failed", "dropped"];

export interface FaultyWay {
  readonly address: string;
  readonly struck: () => boolean;
  /** Method and path of each request, in order. */
  readonly seen: readonly string[];
}

/** A way to the server at `address` that does `fault` to the first request whose `METHOD /path` matches. */
export async function faultyHttp(address: string, isStruck: RegExp, fault: HttpFault): Promise<FaultyWay> {
  let hasStruck = false;
  const seen: string[] = [];
  const proxy = createServer((request, response) => {
    const asked = `${request.method} ${request.url}`;
    seen.push(asked);
    const isHit = !hasStruck && isStruck.test(asked);
    if (isHit) hasStruck = true;
    if (isHit && fault === "dropped") return void request.socket.destroy();
    const onward = forward(new URL(request.url ?? "/", address), { method: request.method, headers: request.headers }, (answer) => {
      if (!isHit) {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
        return;
      }
      answer.resume().once("end", () => {
        if (fault === "failed") response.writeHead(500, { "Content-Type": "application/json" }).end('{"errors":["internal error"]}');
        else request.socket.destroy();
      });
    });
    onward.once("error", () => request.socket.destroy());
    request.pipe(onward);
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return { address: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, struck: () => hasStruck, seen };
}
