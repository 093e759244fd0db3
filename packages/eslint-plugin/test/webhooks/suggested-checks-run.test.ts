import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import * as parser from "@typescript-eslint/parser";
import { Linter } from "eslint";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

import { requireWebhookSignature } from "../../src/rules/require-webhook-signature.ts";
import { handlers } from "./suggested-checks.ts";

const secret = "not-a-secret-of-anybody";
const body = JSON.stringify({ id: "evt_1", amount: 1.0, name: "é" }).replace("1,", "1.0,");
const forged = { "content-type": "application/json", "x-hub-signature-256": `sha256=${"0".repeat(64)}` };
const signed = { ...forged, "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}` };

/** Beside the tests' libraries, and outside of what Git sees. */
const folder = mkdtempSync(fileURLToPath(new URL("../../node_modules/.suggested-", import.meta.url)));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => {
  process.env["GITHUB_WEBHOOK_SECRET"] = secret;
  return () => delete process.env["GITHUB_WEBHOOK_SECRET"];
});

type Send = (text: string, headers: Record<string, string>) => Promise<number>;
type Module = Readonly<Record<string, unknown>> & { readonly paid: unknown[] };

async function listening(server: Server): Promise<Send> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return async (text, headers) => (await fetch(`http://127.0.0.1:${port}/github/webhook`, { method: "POST", body: text, headers })).status;
}

const starts: Readonly<Record<string, (module: Module) => Promise<Send>>> = {
  Express: ({ app }) => listening(createServer(app as RequestListener)),
  "Express, with a parser of the route": ({ app }) => listening(createServer(app as RequestListener)),
  async Fastify({ app }) {
    const server = app as import("fastify").FastifyInstance;
    return async (payload, headers) => (await server.inject({ method: "POST", url: "/github/webhook", payload, headers })).statusCode;
  },
  async NestJS({ start }) {
    const app = await (start as () => Promise<import("@nestjs/common").INestApplication>)();
    app.useLogger(false);
    await app.init();
    return listening(app.getHttpServer() as Server);
  },
  async "Next.js"({ POST }) {
    const handle = POST as (request: Request) => Promise<Response>;
    return async (text, headers) => (await handle(new Request("https://own.example/", { method: "POST", body: text, headers }))).status;
  },
  async "Next.js pages"(module) {
    const { apiResolver } = await import("next/dist/server/api-utils/node/api-resolver.js");
    const context = { previewModeId: "", previewModeEncryptionKey: "", previewModeSigningKey: "" };
    return listening(
      createServer((req, res) => void apiResolver(req, res, {}, module, context as never, false, false, "/api/github/webhook")),
    );
  },
  async Hono({ app }) {
    const { request } = app as import("hono").Hono;
    return async (text, headers) => (await request("/github/webhook", { method: "POST", body: text, headers })).status;
  },
  koa: ({ app }) => listening(createServer((app as import("koa")).callback() as RequestListener)),
  "node:http": ({ server }) => listening(server as Server),
  async "AWS Lambda"({ handler }) {
    const handle = handler as (event: object) => Promise<{ statusCode: number }>;
    return async (text, { "x-hub-signature-256": signature }) => {
      const headers = signature === undefined ? {} : { "X-Hub-Signature-256": signature };
      return (await handle({ body: text, isBase64Encoded: false, headers })).statusCode;
    };
  },
};

/** The code with the suggestion put in, as a module that runs. */
async function withCheck(framework: string, libraries: "installed" | "not installed"): Promise<Module> {
  const { path, code } = handlers[framework]!("github");
  const config: Linter.Config = {
    files: ["**/*.ts"],
    languageOptions: { parser: parser as unknown as Linter.Parser },
    plugins: { holdfast: { rules: { rule: requireWebhookSignature as never } } },
    rules: { "holdfast/rule": ["error", { alsoIn: ["test"] }] },
  };
  const where = libraries === "installed" ? fileURLToPath(new URL("./", import.meta.url)) : "/no-libraries/";
  const [message] = new Linter({ configType: "flat", cwd: "/" }).verify(code, [config], { filename: where + path });
  const { fix } = message!.suggestions![0]!;
  const output = code.slice(0, fix.range[0]) + fix.text + code.slice(fix.range[1]);
  const options = {
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ES2023,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
  };
  const file = join(folder, `${framework.replace(/\W/gu, "-")}-${libraries === "installed"}.mjs`);
  writeFileSync(file, ts.transpileModule(output, { compilerOptions: options }).outputText);
  return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Module;
}

const cases = Object.keys(handlers).flatMap((framework) =>
  (["installed", "not installed"] as const).map((libraries) => ({ framework, libraries })),
);

describe("the check that require-webhook-signature suggests", () => {
  it.each(cases)(
    "lets what GitHub signed pass and refuses the rest: $framework, libraries $libraries",
    async ({ framework, libraries }) => {
      if (framework === "NestJS") await import("reflect-metadata");
      const module = await withCheck(framework, libraries);
      const send = await starts[framework]!(module);
      const { "x-hub-signature-256": _, ...unsigned } = forged;
      expect(await send(body, signed)).toBeLessThan(300);
      expect(module.paid).toEqual([JSON.parse(body)]);
      for (const [text, headers] of [
        [body, forged],
        [body, unsigned],
        [body.replace("evt_1", "evt_2"), signed],
        [JSON.stringify(JSON.parse(body)), signed],
      ] as const)
        expect(await send(text, headers)).toBe(401);
      expect(module.paid).toHaveLength(1);
    },
  );
});
