import { describe, expect, it } from "vitest";

import { callsOf } from "./analyse-project.ts";

const url = `"https://x.example/"`;

function service(body: string, imports = ""): string {
  return `import { Injectable } from "@nestjs/common";
import { HttpService } from "@nestjs/axios";
import { firstValueFrom, map, retry, timeout } from "rxjs";
${imports}
@Injectable()
export class PspService {
  constructor(private readonly http: HttpService) {}
  run() { ${body} }
}`;
}

const get = service(`return firstValueFrom(this.http.get(${url}));`);

function moduleWith(imports: string): string {
  return `import { Module } from "@nestjs/common";
import { HttpModule } from "@nestjs/axios";
import { PspService } from "./psp.service";
@Module({ imports: [${imports}], providers: [PspService] })
export class PspModule {}`;
}

const unknownOptions = "GET https://x.example/ ? key:?";

describe("HttpService", () => {
  it("reads the options that its module registers", () => {
    const module = moduleWith(`HttpModule.register({ timeout: 300, maxRedirects: 5 })`);
    expect(callsOf({ "src/psp.service.ts": get, "src/psp.module.ts": module })).toEqual(["GET https://x.example/ 300 ms (idle)"]);
  });

  it("reads what a factory returns", () => {
    const module = moduleWith(
      `HttpModule.registerAsync({ useFactory: async (config) => ({ baseURL: config.get("URL"), timeout: 300 }), inject: [ConfigService] })`,
    );
    expect(callsOf({ "src/psp.service.ts": get, "src/psp.module.ts": module })).toEqual(["GET https://x.example/ 300 ms (idle)"]);
    const fromConfig = moduleWith(`HttpModule.registerAsync({ useFactory: (config) => ({ timeout: config.get("TIMEOUT") }) })`);
    expect(callsOf({ "src/psp.service.ts": get, "src/psp.module.ts": fromConfig })).toEqual(["GET https://x.example/ ?"]);
    const byClass = moduleWith(`HttpModule.registerAsync({ useClass: HttpConfig })`);
    expect(callsOf({ "src/psp.service.ts": get, "src/psp.module.ts": byClass })).toEqual([unknownOptions]);
  });

  it("knows that the module without options sets no timeout", () => {
    expect(callsOf({ "src/psp.service.ts": get, "src/psp.module.ts": moduleWith("HttpModule") })).toEqual([
      "GET https://x.example/ unbounded",
    ]);
  });

  it("finds the module above, and in the same file", () => {
    const above = moduleWith("HttpModule").replace("./psp.service", "./services/psp.service");
    expect(callsOf({ "src/services/psp.service.ts": get, "src/psp.module.ts": above, "package.json": "{}" })).toEqual([
      "GET https://x.example/ unbounded",
    ]);
    const together =
      `${get}\n@Module({ imports: [HttpModule.register({ timeout: 300 })], providers: [PspService] }) export class PspModule {}`.replace(
        "{ HttpService }",
        "{ HttpModule, HttpService }",
      );
    expect(callsOf({ "src/app.ts": together })).toEqual(["GET https://x.example/ 300 ms (idle)"]);
  });

  it.each([
    ["no module", {}],
    [
      "a module that has the client from another one",
      { "src/psp.module.ts": moduleWith("SharedModule").replace(/import \{ HttpModule \}.*\n/u, "") },
    ],
    ["a module of another service", { "src/psp.module.ts": moduleWith("HttpModule").replaceAll("PspService", "OtherService") }],
    [
      "two modules",
      { "src/psp.module.ts": moduleWith("HttpModule"), "src/other.module.ts": moduleWith("HttpModule.register({ timeout: 300 })") },
    ],
    [
      "two registrations",
      { "src/psp.module.ts": moduleWith("HttpModule.register({ timeout: 300 }), HttpModule.register({ timeout: 500 })") },
    ],
  ])("knows nothing of its options with %s", (_, files: Record<string, string>) => {
    expect(callsOf({ "src/psp.service.ts": get, "package.json": "{}", ...files })).toEqual([unknownOptions]);
  });

  it("joins baseURL and path", () => {
    const code = service(`return this.http.post("/payments", {}, { timeout: 300 });`);
    const module = moduleWith(`HttpModule.register({ baseURL: "https://x.example/v1" })`);
    expect(callsOf({ "src/psp.service.ts": code, "src/psp.module.ts": module })).toEqual([
      "POST https://x.example/v1/payments 300 ms (idle)",
    ]);
  });

  it("reads operators, and the axios instance itself", () => {
    const piped = service(`return firstValueFrom(this.http.post(${url}, {}).pipe(timeout(300), retry(5), map((answer) => answer.data)));`);
    const files = { "src/psp.module.ts": moduleWith("HttpModule") };
    expect(callsOf({ "src/psp.service.ts": piped, ...files })).toEqual(["POST https://x.example/ unbounded rxjs×5"]);
    const held = service(`const answer = this.http.get(${url}); return answer.pipe(retry(1));`);
    expect(callsOf({ "src/psp.service.ts": held, ...files })).toEqual(["GET https://x.example/ unbounded rxjs×1"]);
    const axios = service(`return this.http.axiosRef.patch(${url}, {}, { timeout: 200 });`);
    expect(callsOf({ "src/psp.service.ts": axios, ...files })).toEqual(["PATCH https://x.example/ 200 ms (idle)"]);
    const assigned = service(`this.http.axiosRef.defaults.timeout = 250; return this.http.get(${url});`);
    expect(callsOf({ "src/psp.service.ts": assigned, ...files })).toEqual(["GET https://x.example/ 250 ms (idle)"]);
  });

  it("knows no bound behind an operator of the project's own", () => {
    const code = service(`return this.http.get(${url}).pipe(bounded());`, `import { bounded } from "./bounded";`);
    expect(callsOf({ "src/psp.service.ts": code, "src/psp.module.ts": moduleWith("HttpModule") })).toEqual(["GET https://x.example/ ?"]);
  });

  it("adds the retries plugged into its axios instance", () => {
    const code = service(
      `axiosRetry(this.http.axiosRef, { retries: 4 }); return this.http.get(${url});`,
      `import axiosRetry from "axios-retry";`,
    );
    expect(callsOf({ "src/psp.service.ts": code, "src/psp.module.ts": moduleWith("HttpModule") })).toEqual([
      "GET https://x.example/ unbounded axios-retry×4",
    ]);
  });
});
