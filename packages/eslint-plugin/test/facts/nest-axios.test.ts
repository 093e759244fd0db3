import "reflect-metadata";

import { HttpModule, HttpService } from "@nestjs/axios";
import { NestFactory } from "@nestjs/core";
import { firstValueFrom, retry, timeout } from "rxjs";
import { describe, expect, it, onTestFinished } from "vitest";

import { outcomeOf, startUpstream } from "./upstream.ts";

/** The HttpService of an application with this module. */
async function serviceOf(module: unknown): Promise<HttpService> {
  const app = await NestFactory.createApplicationContext(module as never, { logger: false });
  onTestFinished(() => app.close());
  return app.get(HttpService, { strict: false });
}

describe("@nestjs/axios (a changed fact belongs into src/calls/clients/nest-axios.ts)", () => {
  it("has no timeout and no retries by itself", async () => {
    const { url, requests } = await startUpstream(503, "hang");
    const http = await serviceOf(HttpModule);
    expect(http.axiosRef.defaults.timeout).toBe(0);
    expect(await outcomeOf(firstValueFrom(http.get(url)))).toBe("failed");
    expect(requests).toHaveLength(1);
    expect(await outcomeOf(firstValueFrom(http.get(url)), 300)).toBe("still waiting");
  });

  it("takes its options from register and from the factory of registerAsync", async () => {
    const { url } = await startUpstream("hang");
    const registered = await serviceOf(HttpModule.register({ timeout: 50 }));
    expect(await outcomeOf(firstValueFrom(registered.get(url)))).toBe("failed");
    const made = await serviceOf(HttpModule.registerAsync({ useFactory: () => ({ timeout: 50 }) }));
    expect(await outcomeOf(firstValueFrom(made.get(url)))).toBe("failed");
    expect(await outcomeOf(made.axiosRef.get(url))).toBe("failed");
  });

  it("sends again, POST too, with the operator retry, and ends with timeout", async () => {
    const { url, requests } = await startUpstream(503, 503, 503, "hang");
    const http = await serviceOf(HttpModule);
    expect(await outcomeOf(firstValueFrom(http.post(url, {}).pipe(retry(2))))).toBe("failed");
    expect(requests.map(({ method }) => method)).toEqual(["POST", "POST", "POST"]);
    expect(await outcomeOf(firstValueFrom(http.get(url).pipe(timeout(50))))).toBe("failed");
  });
});
