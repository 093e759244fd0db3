import { requireManagedSecret } from "../../src/rules/require-managed-secret.ts";
import { policyWith } from "./policies.ts";
import { runRule } from "./run-rule.ts";

/** A policy that provides these variables. */
const listing = (...variables: readonly string[]) => ({
  holdfast: {
    policy: {
      ...policyWith({}),
      file: "/srv/shop/holdfast.yaml",
      secrets: variables.map((env, index) => ({
        name: `secret-${index}`,
        line: index + 9,
        store: "prod",
        path: `shop/${index}`,
        overlap: 0,
        env,
      })),
    },
  },
});

runRule("require-managed-secret", requireManagedSecret, {
  silent: [
    { name: "a project without a policy", code: `use(process.env.PSP_API_KEY);` },
    {
      name: "a listed secret",
      code: `use(process.env.PSP_API_KEY, process.env["SESSION_SECRET"]);`,
      settings: listing("PSP_API_KEY", "SESSION_SECRET"),
    },
    {
      name: "what is no secret",
      code: `use(process.env.PORT, process.env.DATABASE_URL, process.env.TOKEN_EXPIRY, process.env.STRIPE_PUBLISHABLE_KEY, process.env.SECRET_ARN, process.env.AWS_ACCESS_KEY_ID);`,
      settings: listing(),
    },
    { name: "a token of the platform", code: `use(process.env.GITHUB_TOKEN);`, settings: listing() },
    { name: "what the page shows", code: `use(import.meta.env.VITE_API_KEY, process.env.NEXT_PUBLIC_SECRET_KEY);`, settings: listing() },
    { name: "a test", code: `use(process.env.PSP_API_KEY);`, filename: "test/psp.test.ts", settings: listing() },
    { name: "another object", code: `use(options.PSP_API_KEY, form.env.secret, cache.get("PSP_API_KEY"));`, settings: listing() },
    {
      name: "a variable that the options leave out",
      code: `use(process.env.LEGACY_TOKEN);`,
      settings: listing(),
      options: [{ ignore: ["LEGACY_.+"] }],
    },
  ],
  reported: [
    { name: "a variable", code: `export const key = process.env.PSP_API_KEY;`, settings: listing("SESSION_SECRET") },
    {
      name: "each variable once",
      code: `use(process.env.PSP_API_KEY, process.env.PSP_API_KEY!, process.env["DB_PASSWORD"]);`,
      settings: listing(),
    },
    {
      name: "Bun, Deno and import.meta",
      code: `use(Bun.env.PSP_API_KEY, Deno.env.get("SESSION_SECRET"), import.meta.env.DB_PASSWORD);`,
      settings: listing(),
    },
    { name: "destructuring", code: `const { PSP_API_KEY, PORT, SESSION_SECRET: secret = fail() } = process.env;`, settings: listing() },
    { name: "an alias", code: `import { env } from "node:process";\nuse(env.PSP_API_KEY);`, settings: listing() },
    {
      name: "Nest's ConfigService",
      code: `import { ConfigService } from "@nestjs/config";\nexport class Psp { constructor(config: ConfigService) { use(config.getOrThrow<string>("PSP_API_KEY")); } }`,
      settings: listing(),
    },
  ],
});
