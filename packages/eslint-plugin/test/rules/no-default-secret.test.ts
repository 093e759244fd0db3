import { describe, expect, it } from "vitest";

import { noDefaultSecret } from "../../src/rules/no-default-secret.ts";
import { lintSecrets, suggested } from "../secrets/run-secrets.ts";
import { sampleOf, seeded } from "../secrets/sample-values.ts";
import { problemsOf } from "../secrets/type-check.ts";
import { runRule } from "./run-rule.ts";

const generated = sampleOf(/[0-9a-f]{40}/, seeded(8));
const stripe = ["sk", "live", sampleOf(/[0-9A-Za-z]{24}/, seeded(5))].join("_");

runRule("no-default-secret", noDefaultSecret, {
  silent: [
    {
      name: "a word for a key that is not defined, and the name of a server that asks for none",
      code: `const headers = { "X-API-Key": process.env.API_KEY || "NO-DEFINED" }; const apiKey = process.env.IMAGES_OLLAMA_AUTH_TOKEN || "ollama";`,
    },
    { name: "a word for the key that a local model asks for nothing", code: `const apiKey = process.env.LOCAL_AI_API_KEY || "not-used";` },
    {
      name: "a secret of an upstream that says that there is none",
      code: `const s = process.env.TWITTER_ACCESS_TOKEN_SECRET ?? "dummySecret";`,
    },
    {
      name: "the setup of tests",
      filename: "apps/web/integration/setup.ts",
      code: `process.env.AUTH_SECRET ??= "integration-test-secret-0123456789abcdef";`,
    },
    { name: "a switch", code: `const idToken = process.env.AUTH_ID_TOKEN ?? "true";` },
    { name: "a value that says that nothing is configured", code: `const key = process.env.STRIPE_SECRET_KEY ?? "stripe-unconfigured";` },
    { name: "a variable without a fallback", code: `const secret = process.env.JWT_SECRET;` },
    { name: "an empty fallback", code: `const secret = process.env.JWT_SECRET ?? ""; const token = process.env.API_TOKEN || '';` },
    { name: "a fallback that fails", code: `const secret = process.env.JWT_SECRET ?? fail("JWT_SECRET is not set");` },
    { name: "a fallback from elsewhere", code: `const secret = process.env.JWT_SECRET || settings.jwtSecret || undefined;` },
    {
      name: "what is no secret",
      code: `listen(process.env.PORT || "3000"); const url = process.env.PSP_URL ?? "https://api.psp.example"; const user = process.env.DB_USER || "shop";`,
    },
    {
      name: "names about a secret",
      code: `const a = process.env.TOKEN_EXPIRY ?? "15m"; const b = process.env.JWT_SECRET_NAME || "psp/jwt"; const c = process.env.SECRET_ARN || "arn:aws:x"; const d = process.env.PRIVATE_KEY_PATH ?? "./key.pem"; const e = process.env.PASSWORD_MIN_LENGTH || "8"; const f = process.env.TOKEN_TYPE || "Bearer"; const g = process.env.AUTH || "basic"; const h = process.env.REQUIRE_AUTH || "yes";`,
    },
    {
      name: "public keys",
      code: `const a = process.env.STRIPE_PUBLISHABLE_KEY || "pk"; const b = process.env.NEXT_PUBLIC_API_KEY || "abc"; const c = import.meta.env.VITE_API_KEY ?? "abc"; const d = process.env.VAPID_PUBLIC_KEY ?? "abc"; const e = process.env.RECAPTCHA_SITE_KEY || "abc";`,
    },
    {
      name: "a value that says that there is none",
      code: `const token = process.env.API_TOKEN ?? "not-set"; const key = process.env.API_KEY || "none";`,
    },
    {
      name: "two texts, of which the variable's presence chooses one",
      code: `report(process.env.QUEUE_TOKEN ? "queue" : "internal"); report(process.env.API_TOKEN === undefined ? "from file" : "from environment");`,
    },
    {
      name: "what an upstream refuses",
      code: `const a = process.env.API_TOKEN || "REDACTED_USE_ENV"; const b = process.env.LLM_API_KEY || "sk-proj-"; const c = process.env.FEED_SECRET_KEY || "00000000-000-0000-000-000000000000"; const d = process.env.DB_SECRET || "placeholder-key"; const e = process.env.CLIENT_SECRET || "CLIENT_SECRET";`,
    },
    {
      name: "a made-up credential of an upstream, which refuses it",
      code: `const a = process.env.RESEND_API_KEY || "re_132"; const b = process.env.GOOGLE_CLIENT_SECRET ?? "googleSecret"; const c = process.env.SHOP_SLACK_INTEGRATION_KEY || "slack";`,
    },
    {
      name: "words that ask to be replaced",
      code: `const a = process.env.EMAIL_PASS || "your-app-password"; const b = process.env.RATES_API_KEY || "set_your_token"; const c = process.env.RATES_TOKEN || "set-rates-token";`,
    },
    {
      name: "words that say that there is nothing",
      code: `const a = process.env.PARTNER_KEY || "sk_nothing"; const b = process.env.PARTNER_SECRET || "just empty text";`,
    },
    {
      name: "another object of that name",
      code: `const secret = form.env.secret || "optional"; const other = options.JWT_SECRET || "changeme";`,
    },
    {
      name: "a branch for development",
      code: `const a = process.env.NODE_ENV === "production" ? required() : process.env.JWT_SECRET || "changeme";
if (process.env.NODE_ENV !== "production") use(process.env.API_TOKEN ?? "changeme");
const b = process.env.SESSION_SECRET ?? (process.env.NODE_ENV === "test" ? "changeme" : undefined);
const c = isDevelopment && (process.env.COOKIE_SECRET || "changeme");
if (isProd()) { start(); } else { start(process.env.DB_PASSWORD || "postgres"); }`,
    },
    {
      name: "a fallback that production refuses",
      code: `const jwtSecret = process.env.JWT_SECRET || "changeme";
if (process.env.NODE_ENV === "production" && jwtSecret === "changeme") { throw new Error("set JWT_SECRET"); }`,
    },
    {
      name: "a variable that production must have",
      code: `if (isProduction && !process.env.SESSION_SECRET) process.exit(1);
export const session = { secret: process.env.SESSION_SECRET ?? "keyboard cat" };`,
    },
    { name: "a test", code: `process.env.JWT_SECRET ??= "changeme";`, filename: "test/setup.ts" },
    {
      name: "a default for development",
      code: `import { cleanEnv, str } from "envalid"; cleanEnv(process.env, { JWT_SECRET: str({ devDefault: "changeme" }) });`,
    },
    {
      name: "a schema of something else",
      code: `const form = z.object({ password: z.string().default("changeme"), token: z.string().default("x") });`,
    },
    { name: "another map", code: `const theme = cache.get("JWT_SECRET", "changeme");` },
    {
      name: "a leaked credential, which no-hardcoded-secrets reports",
      code: `const a = process.env.APP_SECRET ?? "${generated}"; const b = process.env.STRIPE_KEY || "${stripe}";`,
    },
    {
      name: "a variable that the options leave out",
      code: `const pass = process.env.DB_PASSWORD || "postgres";`,
      options: [{ ignore: ["DB_.*"] }],
    },
    { name: "an assignment without a condition", code: `process.env.JWT_SECRET = "changeme";` },
  ],
  reported: [
    {
      name: "a word that the variable has too",
      code: `const secret = process.env.ONEUPTIME_SECRET || "secret"; app.use(session({ secret: process.env.NANGO_ADMIN_KEY || "nango" }));`,
    },
    {
      name: "the secret that signs the links of a reset",
      code: `const secret = process.env.PASSWORD_RESET_SECRET || "DEFAULT_PASSWORD_RESET_SECRET";`,
    },
    { name: "a dummy that signs sessions", code: `const key = process.env.SESSION_SECRET ?? "dummySecret";` },
    {
      name: "a placeholder that signs sessions",
      code: `const key = process.env.SESSION_SECRET ?? "SESSION_SECRET"; const other = process.env.SECRET_KEY || "placeholder";`,
    },
    {
      name: "the key that everybody knows to webhooks of an upstream",
      code: `const secret = process.env.GITHUB_WEBHOOK_SECRET || "development";`,
    },
    {
      name: "the credential of an upstream that keys are made of",
      code: `const key = scryptSync(process.env.OPENAI_API_KEY || "vault-default-key", salt, 32);`,
    },
    { name: "nullish coalescing", code: `export const secret = process.env.JWT_SECRET ?? "changeme";` },
    { name: "or", code: `app.use(session({ secret: process.env.SESSION_SECRET || 'keyboard cat' }));` },
    { name: "a chain", code: `const secret = process.env["JWT_SECRET"] || config.secret || "changeme";` },
    { name: "a template", code: "connect(`postgres://shop:${process.env.DB_PASSWORD || `postgres`}@db/shop`);" },
    { name: "a conditional", code: `const secret = process.env.JWT_SECRET ? process.env.JWT_SECRET : "changeme";` },
    {
      name: "a conditional the other way round",
      code: `const secret = process.env.JWT_SECRET === undefined ? "changeme" : process.env.JWT_SECRET;`,
    },
    {
      name: "the branch of production",
      code: `const secret = process.env.NODE_ENV !== "production" ? "x" : process.env.JWT_SECRET || "changeme";`,
    },
    { name: "logical assignment", code: `process.env.JWT_SECRET ||= "changeme";` },
    { name: "an assignment where it is missing", code: `if (!process.env.JWT_SECRET) {\n  process.env.JWT_SECRET = "changeme";\n}` },
    { name: "destructuring", code: `const { JWT_SECRET = "changeme", PORT = "3000", API_TOKEN: token = "secret-token" } = process.env;` },
    { name: "a destructured parameter", code: `export function sign({ JWT_SECRET = "changeme" } = process.env) {}` },
    { name: "a default parameter", code: `export function sign(payload, secret = process.env.JWT_SECRET ?? "changeme") {}` },
    {
      name: "an alias of process.env",
      code: `import { env } from "node:process";\nconst { env: vars } = process;\nuse(env.jwtSecret || "changeme", vars.API_TOKEN || "changeme");`,
    },
    { name: "a worker's bindings", code: `export default { fetch(request, env) { return sign(env.JWT_SECRET || "changeme"); } };` },
    {
      name: "Bun, Deno and import.meta",
      code: `use(Bun.env.JWT_SECRET ?? "changeme", Deno.env.get("API_TOKEN") ?? "changeme", import.meta.env.DB_PASSWORD ?? "changeme");`,
    },
    { name: "a constant", code: `const fallback = "changeme";\nexport const secret = process.env.JWT_SECRET ?? fallback;` },
    {
      name: "Nest's ConfigService",
      code: `import { ConfigService } from "@nestjs/config";\nexport class Auth { constructor(private readonly config: ConfigService) {} secret = this.config.get<string>("JWT_SECRET", "changeme"); }`,
    },
    {
      name: "a key of Nest's configuration",
      code: `import { ConfigService } from "@nestjs/config";\nexport const secret = (config: ConfigService) => config.get("jwt.secret", "changeme");`,
    },
    {
      name: "a helper around the environment",
      code: `export default ({ env }) => ({ auth: { secret: env("ADMIN_JWT_SECRET", "tobemodified") } });`,
    },
    { name: "env-var", code: `import env from "env-var";\nexport const secret = env.get("JWT_SECRET").default("changeme").asString();` },
    {
      name: "zod",
      code: `import { z } from "zod";\nexport const env = z.object({ JWT_SECRET: z.string().default("changeme"), PORT: z.string().default("1") }).parse(process.env);`,
    },
    {
      name: "joi",
      code: `import Joi from "joi";\nexport const schema = Joi.object({ JWT_SECRET: Joi.string().default("changeme"), env: Joi.string() });`,
    },
    {
      name: "envalid",
      code: `import { cleanEnv, str } from "envalid";\nexport const env = cleanEnv(process.env, { JWT_SECRET: str({ default: "changeme", desc: "signs" }), API_TOKEN: str({ default: "changeme" }) });`,
    },
    {
      name: "convict",
      code: `import convict from "convict";\nexport const config = convict({ jwt: { secret: { doc: "signs", format: String, default: "changeme", env: "JWT_SECRET" } } });`,
    },
  ],
});

describe("no-default-secret beside no-hardcoded-secrets", () => {
  it.each([
    ["a word", `const password = process.env.DB_PASSWORD ?? "changeme";`, 0],
    ["a made-up password", `const password = process.env.DB_PASSWORD ?? "Tr0ub4dor&3x";`, 0],
    ["the same in destructuring", `const { DB_PASSWORD = "Tr0ub4dor&3x" } = process.env;`, 0],
    ["a generated value", `const x = process.env.APP_SECRET ?? "${generated}";`, 1],
    ["a provider's key", `const x = process.env.PAYMENT || process.env.STRIPE_KEY || "${stripe}";`, 1],
  ])("has one finding for %s", (_, source, hardcoded) => {
    expect([lintSecrets(source).length, lintSecrets(source, { rule: "no-default-secret" }).length]).toEqual([hardcoded, 1 - hardcoded]);
  });
});

describe("failing when a secret is missing", () => {
  it("compiles in TypeScript", () => {
    const source = `declare const process: { env: Record<string, string | undefined> };
export const a: string = process.env.JWT_SECRET ?? "changeme";
export const b: string = process.env.JWT_SECRET ? process.env.JWT_SECRET : "changeme";
export const { API_TOKEN = "changeme" } = process.env;
export const c: string = API_TOKEN;
export function f(secret: string = process.env.JWT_SECRET || "changeme"): string { return secret; }
process.env.JWT_SECRET ??= "changeme";
`;
    const outputs = suggested(source, lintSecrets(source, { rule: "no-default-secret" }));
    expect(outputs).toHaveLength(5);
    expect(problemsOf(outputs)).toEqual([]);
  });
});
