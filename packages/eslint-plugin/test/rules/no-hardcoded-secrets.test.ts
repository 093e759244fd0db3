import { createHash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { lintSecrets, suggested } from "../secrets/run-secrets.ts";
import { sampleOf, seeded } from "../secrets/sample-values.ts";
import { problemsOf } from "../secrets/type-check.ts";

const random = seeded(42);
const stripe = ["sk", "live", sampleOf(/[0-9A-Za-z]{24}/, random)].join("_");
const hex = sampleOf(/[0-9a-f]{40}/, random);
const token = sampleOf(/[0-9A-Za-z]{32}/, random);
const password = ["Tr0ub", "4dor&", "3x"].join("");

function jwt(payload: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "HS256", typ: "JWT" })}.${part(payload)}.${sampleOf(/[0-9A-Za-z_-]{43}/, seeded(6))}`;
}

/** The messages and the reported text of a source, with the values it was made of left out. */
function found(source: string, options?: Parameters<typeof lintSecrets>[1]): { readonly said: string[]; readonly at: string[] } {
  const messages = lintSecrets(source, options);
  const lines = source.split("\n");
  return {
    said: messages.map(({ message }) => message.replace(/\..*/, "")),
    at: messages.map(({ line, column, endColumn }) => lines[line - 1]!.slice(column - 1, endColumn! - 1)),
  };
}

describe("no-hardcoded-secrets", () => {
  it("says whose credential it is, where it works and how long it is", () => {
    expect(found(`const key = "${stripe}";`)).toEqual({
      said: [
        `A live Stripe secret key is hardcoded (${stripe.length} characters, sk_live_…): revoke it, and read a new one from the environment`,
      ],
      at: [stripe],
    });
  });

  it("leaves alone what an empty field of a form shows", () => {
    const field = (attribute: string) =>
      found(`export const field = <Input ${attribute}="${stripe}" />;`, { filename: "field.tsx" }).said.length;
    expect([field("placeholder"), field("defaultValue")]).toEqual([0, 1]);
  });

  it("says which name holds a credential that no format gives away", () => {
    expect(found(`const dbPassword = "${password}";`)).toEqual({
      said: [`\`dbPassword\` is a hardcoded password (${password.length} characters): replace it, and read it from the environment`],
      at: [password],
    });
  });

  it.each([
    ["the name that a secret is asked for by", `const id = getSecret("s3_${sampleOf(/[0-9a-z]{24}/, seeded(3))}");`],
    ["a key that every page of PostHog's users has", `const POSTHOG_API_KEY = "phc_${token}";`],
    ["a key that every page of Segment's users has", `const SEGMENT_WRITE_KEY = "${token}";`],
    ["a password that everybody knows", `const ADMIN_PASSWORD = "admin@123";`],
    ["words that ask to be replaced", `const jwtSecret = "my-secret-key-which-should-be-changed-in-production-2";`],
    ["such words in base64", `const jwtSecret = "${Buffer.from("my-secret-key-which-should-be-changed").toString("base64")}";`],
    ["a state beside an account", `connect({ host: "db.internal", username: "pending_setup", password: "pending_setup" });`],
    ["a place of the system's key chain", `sign({ appleIdPassword: "@keychain:AC_PASSWORD" });`],
    ["a name in angle brackets", `// GET /stats?token=<WEBHOOK_TOKEN>&ids=123,456,789\nexport {};`],
    ["what OpenSSL's passwords encrypt", `const token = "${Buffer.from(`Salted__${token}`).toString("base64")}";`],
    ["the rules of a form", `validate(form, { email: "required|email", password: "required|min:6" });`],
    ["a password that is its name", `connect("mongodb+srv://dbuser:dbpassword@cluster0-1d0eg.mongodb.net/shop");`],
    ["placeholders that the program looks for", `const PLACEHOLDER_SECRETS = { AUTH_REFRESH_SECRET: "secret_for_refresh" };`],
    ["what a page made of comments shows of a token", `/** @apiHeader Authorization Bearer ${jwt({ sub: "shop" })} */ export {};`],
    ["a token that died within the hour", `reply({ accessToken: "${jwt({ iat: 1_638_702_502, exp: 1_638_706_102 })}" });`],
    ["an explanation of an address", `// mongodb://sally:sallypass@ds099999.mongolab.com/shop\nexport {};`],
    ["the tag of an image", "// docker://image:tag@digest\nexport {};"],
    ["what is wrong with a password", `const errors = {};\nif (short) errors.password = "passwordMinLength6";`],
    ["data that shows what others send", `export const samples = [{ provider: "chat", body: { token: "${token}" } }];`],
    ["data with addresses of documentation", `export const event = { email: "sarah@example.com", token: "${token}" };`],
    ["links in such data", `export const event = { link: "https://example.com/reset?token=${token}" };`],
  ])("leaves %s alone", (_, source) => {
    expect(lintSecrets(source)).toEqual([]);
  });

  it("reads what stands in for a variable of a shell and of Spring", () => {
    const source = `url: http://admin:\${db.password:admin}@db\nsecret: \${JWT_SECRET:-${token}}\n`;
    expect(found(source, { filename: "application.yml" }).at).toEqual([token]);
  });

  it.each([
    ["a property", `export const config = { apiKey: "${token}" };`],
    ["a quoted property", `send({ "x-api-key": "${token}" });`],
    ["a key that says that it is one to keep", `const settings = { secured_key: "${token}" };`],
    ["an assignment", `client.accessToken = "${token}";`],
    ["a class field", `class A { secret = "${token}"; }`],
    ["a default", `function f(token = "${token}") { return token; }`],
    ["a default of a schema", `export const schema = z.object({ JWT_SECRET: z.string().default("${token}") });`],
    ["a fallback", `const secret = process.env.APP_SECRET ?? "${token}";`],
    ["a comparison", `if (req.body.password === "${password}") admit();`],
    ["a setter", `request.setHeader("Authorization", "Bearer ${token}");`],
    ["a key of a MAC", `createHmac("sha256", "${token}");`],
    ["bytes", `const encryptionKey = Buffer.from("${hex}", "hex");`],
    ["a template", `const apiKey = \`${token}\`;`],
    ["a pair", `const env = [{ name: "API_KEY", value: "${token}" }];`],
    ["an account", `connect({ host: "db.internal", user: "shop", password: "${["correct", "horse"].join("")}" });`],
    ["an account of sample data", `export const SAMPLE_DATABASES = [{ host: "db.psp.example", user: "shop", password: "${password}" }];`],
    ["a query", `fetch("https://api.psp.example/v1?access_token=${token}");`],
    ["a comment", `// apiKey: "${token}"\nexport {};`],
    ["an address", `connect("postgres://shop:${password.replace("&", "")}@db.shop.internal/orders");`],
    ["a token that lasts", `reply({ accessToken: "${jwt({ sub: "shop" })}" });`],
    ["a key in a comment", `/* ${stripe} */ export {};`],
  ])("finds %s", (_, source) => {
    expect(lintSecrets(source)).toHaveLength(1);
  });

  it("finds JSX attributes and text", () => {
    expect(lintSecrets(`export const a = <Pay apiKey="${token}">{"${stripe}"}</Pay>;`, { filename: "a.tsx" })).toHaveLength(2);
  });

  it("finds a private key in concatenated strings", () => {
    const lines = sampleOf(/MIIEpAIBAAKCAQEA[A-Za-z0-9+/]{448}/, random).match(/.{1,64}/g)!;
    const source = `const key = "-----BEGIN RSA PRIVATE KEY-----\\n" +\n${lines.map((line) => `  "${line}\\n" +`).join("\n")}\n  "-----END RSA PRIVATE KEY-----";`;
    expect(found(source).said).toMatchObject([/^A private key is hardcoded here/]);
  });

  it.each([
    ["strings", `const key = "sk_live_" + "${stripe.slice(8)}";`],
    ["strings and templates over lines", `const key = "sk_" +\n  \`live_\` +\n  "${stripe.slice(8)}";`],
    ["a name's value", `const apiKey = "${token.slice(0, 16)}" + "${token.slice(16)}";`],
  ])("finds what is put together: %s", (_, source) => {
    expect(lintSecrets(source)).toHaveLength(1);
  });

  it.each([
    [".env", `STRIPE_KEY=${stripe}`],
    [".env.production", `export PSP_TOKEN="${token}"`],
    ["config/app.yaml", `psp:\n  api_key: ${token}\n`],
    ["k8s/secret.yml", `- name: PSP_API_KEY\n  value: "${token}"\n`],
    ["Dockerfile", `FROM node\nENV PSP_TOKEN ${token}\n`],
    ["build.Dockerfile", `ARG NPM_TOKEN=${token}\n`],
    ["deploy.sh", `curl -H "X-Api-Key: ${token}" https://api.psp.example`],
    ["main.tf", `variable "psp_token" {\n  type    = string\n  default = "${token}"\n}`],
    ["prod.tfvars", `psp_token = "${token}"`],
    ["analysis.ipynb", `{"cells": [{"source": ["api_key = \\"${token}\\"\\n"]}]}`],
    ["settings.json", `{ "psp": { "apiKey": "${token}" } }`],
    ["settings.py", `SECRET_KEY = "${token}"`],
    ["app.properties", `psp.api-key=${token}`],
    ["web.config", `<add key="PspApiKey" value="${token}" />`],
    ["wp-config.php", `define( 'DB_PASSWORD', '${password}' );`],
    ["credentials", `[default]\naws_secret_access_key = ${["wJalrXUtnFEMI", "K7MDENG", "bPxRfiCYzQ8vL2pTqYeW"].join("/").slice(0, 40)}`],
    ["notes.txt", `psp key: ${stripe}`],
  ])("finds a credential in %s", (filename, source) => {
    expect(lintSecrets(source, { filename })).toHaveLength(1);
  });

  it.each([
    ["package.json", `{ "dependencies": { "x": "1.0.0" }, "integrity": "sha512-${sampleOf(/[A-Za-z0-9+/]{86}/, seeded(2))}==" }`],
    ["index.html", `<script src="https://cdn.example/x.js" integrity="sha384-${sampleOf(/[A-Za-z0-9+/]{64}/, seeded(3))}"></script>`],
    ["app.yaml", `token_hash: ${hex}\npublic_key: ${token}\ncommit: ${hex}\n`],
    ["keys.txt", `ssh-ed25519 ${sampleOf(/AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43}/, seeded(4))} shop@example`],
    ["de.yaml", "password: Passwort\ntoken: Ihr Schlüssel\nsecret: bitte eingeben\n"],
    ["config.yaml", "password: ${DB_PASSWORD}\ntoken: <your token>\nsecret: vault:secret/data/psp#key\napi_key: !Ref PspKey\n"],
    ["now.json", `{ "env": { "S3_SECRET": "@s3-secret" } }`],
  ])("is silent about %s", (filename, source) => {
    expect(found(source, { filename }).said).toEqual([]);
  });

  it("takes made-up passwords of a branch for development for what they are", () => {
    expect(lintSecrets(`if (!isProduction) { password = "hunter2x"; } else { password = "hunter3x"; }`)).toHaveLength(1);
    expect(lintSecrets(`if (!isProduction) { token = "${token}"; }`)).toHaveLength(1);
  });

  it.each([
    ["a one-time password's key", `const code = authenticator.generate("${sampleOf(/[A-Z2-7]{32}/, seeded(9))}");`, 1],
    ["the one of the documentation", `const code = authenticator.generate("${["JBSWY3DP", "EHPK3PXP"].join("")}");`, 0],
    ["a key with its algorithm", `const credentials = { id: "x", key: "${token}", algorithm: "sha256" };`, 1],
    ["a publishable key", `const apiKey = "${["pk", token].join("_")}";`, 0],
    ["Basic authorization", `const headers = { authorization: "Basic ${Buffer.from(`shop:${password}`).toString("base64")}" };`, 1],
    ["Basic authorization of nobody", `const headers = { authorization: "Basic ${Buffer.from("user:password").toString("base64")}" };`, 0],
  ])("judges %s", (_, source, count) => {
    expect(lintSecrets(source)).toHaveLength(count);
  });

  it.each([
    ["a word", `const password = "changeme";`],
    ["a label", `const labels = { password: "Your password", tokenType: "Bearer" };`],
    ["a field name", `const field = { passwordField: "password", secretName: "psp/prod/key" };`],
    ["an environment variable", `const apiKey = process.env.API_KEY;`],
    ["a reference", `const secret = "vault:secret/data/psp#key";`],
    ["an ARN", `const secret = "arn:aws:secretsmanager:eu-west-1:1234:secret:psp";`],
    ["a path", `const privateKey = "/run/secrets/psp.pem";`],
    ["a UUID", `const id = "${sampleOf(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}/, random)}";`],
    ["a commit", `const revision = "${hex}";`],
    ["a public key", `const publicKey = "${token}";`],
    ["a digest", `const passwordHash = "${hex}"; const password = "$2b$10$${sampleOf(/[A-Za-z0-9]{53}/, random)}";`],
    ["an idempotency key", `const idempotencyKey = "${token}";`],
    ["Firebase's public key", `init({ apiKey: "${["AIza", token, "abc"].join("")}", authDomain: "shop.example" });`],
    ["a key that can only search", `const search = { appId: "SHOP", apiKey: "${token}", indexName: "docs" };`],
    ["a page token", `const nextPageToken = "${token}";`],
    ["an import", `import x from "./${hex}/token";`],
    ["a regular expression", `const keys = /sk_live_[0-9a-zA-Z]{24}/;`],
    ["a translation", `export const t = { resetPasswordToken: "Passwort zurücksetzen", password: "Passwort" };`],
  ])("is silent about %s", (_, source) => {
    expect(found(source).said).toEqual([]);
  });

  it.each([
    ["an id in base64", `const order = { id: "${btoa("Order:57b50a40-c4fb-4b43-b188-3bafde1770d9")}", password_url: "" };`],
    ["words for a test", `const env = { SESSION_SECRET: "${["test", "session", "secret", "for", "e2e", "tests"].join("-")}" };`],
    ["the version of a record", `const payment = { version_token: "${token}" };`],
  ])("is silent on %s", (_name, source) => {
    expect(lintSecrets(source, { filename: "src/env.ts" })).toEqual([]);
  });

  it("finds a password in the credentials of a header, whatever the encoding", () => {
    const source = `const headers = { authorization: "Basic ${btoa(`shop:${token}`)}" };`;
    expect(lintSecrets(source, { filename: "src/env.ts" })).toHaveLength(1);
  });

  it.each([
    ["env-example-document", "AUTH_REFRESH_SECRET=secret_for_refresh\n"],
    [
      "android/app/google-services.json",
      `{ "client": [{ "client_info": { "mobilesdk_app_id": "1:2:android:3" },${" ".repeat(600)}"api_key": [{ "current_key": "${["AIza", sampleOf(/[\w-]{35}/, seeded(5))].join("")}" }] }] }`,
    ],
  ])("is silent on what every copy of %s holds", (filename, source) => {
    expect(lintSecrets(source, { filename })).toEqual([]);
  });

  it("takes what a test quotes for made up: an answer in JSON", () => {
    const source = `reply(JSON.parse('{"checkout": {"cart_token": "${token}"}}'));`;
    expect(lintSecrets(source, { filename: "src/checkout.ts" })).toHaveLength(1);
    expect(lintSecrets(source, { filename: "test/checkout.test.ts" })).toEqual([]);
  });

  it("wants a format, a generated value or a strong password in tests and examples", () => {
    const strong = ["Tr0ub", "4dor&", "3x"].join("");
    const sources = [stripe, token, strong, "P@$$w0rd!!", "hunter2x"].map((value) => `const dbPassword = "${value}";`);
    const inFile = (filename: string, options = {}) => sources.map((source) => lintSecrets(source, { filename, options }).length);
    expect(inFile("src/a.ts")).toEqual([1, 1, 1, 1, 1]);
    for (const filename of ["test/a.ts", "src/a.spec.ts", "examples/a.ts"]) expect(inFile(filename)).toEqual([1, 1, 1, 0, 0]);
    expect(inFile("test/a.ts", { samples: "formats" })).toEqual([1, 0, 0, 0, 0]);
    expect(inFile("test/a.ts", { samples: "all" })).toEqual([1, 1, 1, 1, 1]);
  });

  it("wants a format or a generated value in documentation", () => {
    expect(found(`password: "${password}"\napiKey: "${token}"`, { filename: "README.md" }).at).toEqual([token]);
    // Pages of a documentation site show what an API answers.
    expect(found(`{ "token": "${token}" }`, { filename: "apps/docs/content/webhooks.mdx" }).at).toEqual([]);
    expect(found(`{ "token": "${stripe}" }`, { filename: "apps/docs/content/webhooks.mdx" }).at).toEqual([stripe]);
    expect(found(`{ "apiKey": "${token}" }`, { filename: "src/i18n/de.json" }).at).toEqual([]);
  });

  it.each([
    ["the secret of sessions", `app.use(session({ secret: "keyboard cat", resave: false }));`],
    ["the keys of cookie sessions", `app.use(cookieSession({ maxAge: 86400, keys: ["somethinglonger"] }));`],
    ["the keys of Koa", `app.keys = ["nobody knows this"];`],
    ["the secret of cookies", `app.use(cookieParser("catsanddogs"));`],
    ["the key of a token", `const token = jwt.sign({ id }, "worldisfullofdevelopers");`],
    ["the key that opens a token", `jwt.verify(token, "worldisfullofdevelopers", done);`],
    ["the key of Passport's strategy", `passport.use(new JwtStrategy({ secretOrKey: "nodeauthsecret" }, done));`],
    ["the key of Nest's module", `JwtModule.register({ secret: "topcatsecret", signOptions: { expiresIn: "1h" } });`],
    ["the key of a cipher", `const text = CryptoJS.AES.encrypt(plain, "sunny afternoon").toString();`],
    ["a setting of Express", `app.set("superSecret", "ilovescotchyscotch");`],
    ["a name for signing", `module.exports = { jwtSecret: "mysecrettoken" };`],
    ["a name of constants", `const ACCESS_TOKEN_SECRET = "shop-access-token-secret";`],
    ["a value that says that it is a key", `module.exports = { secret: "bezkoder-secret-key" };`],
    ["a phrase without spaces", `config.secret = "ilovescotchscotchyscotchscotch";`],
    ["a secret that a provider's console was given", `new Strategy({ clientSecret: "thisismygooglelogin" }, done);`],
  ])("finds words that work as a key: %s", (_, source) => {
    expect(lintSecrets(source)).toHaveLength(1);
    expect(lintSecrets(source, { filename: "test/app.test.ts" })).toEqual([]);
  });

  it.each([
    [".env", "JWT_SECRET=mysecrettoken\n"],
    ["config/default.json", `{ "jwtSecret": "mysecrettoken" }`],
    ["docker-compose.yml", "services:\n  api:\n    environment:\n      SESSION_SECRET: catsanddogs\n"],
  ])("finds words that work as a key in %s", (filename, source) => {
    expect(lintSecrets(source, { filename })).toHaveLength(1);
  });

  it.each([
    ["the name of the variable", `const JWT_SECRET = "JWT_SECRET"; const names = { jwtSecret: "jwtSecret", secretKey: "app_secret_key" };`],
    ["the name of a parameter", `const fields = { clientSecret: "client_secret", consumerSecret: "oauth_consumer_secret" };`],
    ["a variable's name", `const settings = { sessionSecret: "SHOP_SESSION_SECRET" };`],
    ["a state", `const columns = { jwtSecret: "required", clientSecret: "encrypted", tokenSecret: "password" };`],
    ["a label", `const labels = { appSecret: "Geheimnis", clientSecret: "Client secret", jwtSecret: "Secret of the tokens" };`],
    ["a place in a store", `const jwtSecret = "shop/prod/jwt";`],
    ["a setting", `const jwtSecret = config.get("auth.jwt.secret"); const names = { jwtSecret: "auth.jwt.secret" };`],
    ["a guard", `if (jwtSecret === "mysecrettoken") throw new Error("set JWT_SECRET");`],
    ["a placeholder", `app.use(session({ secret: "your-secret-here", resave: false })); jwt.sign(data, "change-me");`],
    ["words for other functions", `verify(mergeProps, "mergeProps", displayName); const realm = { secret: "internal" };`],
    ["a key of a cookie", `const COOKIE_KEY = "reportProperties";`],
    ["a placeholder in one word", `module.exports = { secret: "yoursecret" };`],
    ["the encoding of a key that is drawn", `const config = { cookieSecret: randomBytes(16).toString("base64url") };`],
    ["a default that says what it is", `const secret = get("SESSION_SECRET", "app-insecure-default-session", requiredInProduction);`],
    ["a test's word", `export const API_SECRET_KEY = "testApiSecretKey";`],
    ["an encoding", `signer.sign(privateKey, "base64"); jwt.verify(token, "hex");`],
    ["a thing called secret", `deploy({ secret: "payments-database", volumes: { secret: "shop-tls" } });`],
    ["development", `const jwtSecret = isProduction ? load() : "mysecrettoken";`],
    ["a key of storage", `const SESSION_KEY = "shopping-cart"; const tokenKey = "auth-token-of-shop";`],
  ])("takes %s for no key", (_, source) => {
    expect(found(source).at).toEqual([]);
  });

  it.each([
    ["kubernetes.yaml", "spec:\n  secret: payments-database\n  tls:\n    secretName: shop-tls\n"],
    ["docker-compose.yml", "services:\n  db:\n    secrets:\n      - source: db\n        secret: postgres_credentials\n"],
  ])("takes no name of a secret for one in %s", (filename, source) => {
    expect(found(source, { filename }).at).toEqual([]);
  });

  it("finds the salt that tokens are hashed with", () => {
    expect(lintSecrets(`export default { salt: env("API_TOKEN_SALT", "${token}") };`)).toHaveLength(1);
    expect(lintSecrets(`const user = { salt: "${token}", passwordSalt: "${token}" };`)).toEqual([]);
  });

  it("takes more names, and values to ignore by their digest or a pattern", () => {
    const source = `const orderSeal = "${token}";`;
    expect(lintSecrets(source)).toEqual([]);
    expect(lintSecrets(source, { options: { additionalNames: ["^orderSeal$"] } })).toHaveLength(1);
    const digest = createHash("sha256").update(stripe).digest("hex");
    const key = `const key = "${stripe}";`;
    expect(lintSecrets(key, { options: { ignore: [`sha256:${digest.slice(0, 12)}`] } })).toEqual([]);
    expect(lintSecrets(key, { options: { ignore: ["sk_live_\\w+"] } })).toEqual([]);
    expect(lintSecrets(key, { options: { ignore: ["sk_live_"] } })).toHaveLength(1);
  });
});

describe("reading from the environment", () => {
  const fallback = (env: string) => `process.env.${env} || (() => { throw new Error("${env} is not set"); })()`;

  it.each([
    ["the provider's usual name", `const key = "${stripe}";`, `const key = (${fallback("STRIPE_SECRET_KEY")});`],
    ["the name in the code", `const pspToken = "${token}";`, `const pspToken = (${fallback("PSP_TOKEN")});`],
    [
      "the names around",
      `const database = { password: "${password}" };`,
      `const database = { password: (${fallback("DATABASE_PASSWORD")}) };`,
    ],
    [
      "a part of a string",
      `const h = { authorization: "Bearer ${stripe}" };`,
      `const h = { authorization: \`Bearer \${${fallback("STRIPE_SECRET_KEY")}}\` };`,
    ],
    ["a part of a template", `const u = \`\${base}/${stripe}\`;`, `const u = \`\${base}/\${${fallback("STRIPE_SECRET_KEY")}}\`;`],
  ])("uses %s", (_, source, output) => {
    expect(suggested(source, lintSecrets(source))).toEqual([output]);
  });

  it("prefers the variable that the policy provides", () => {
    const secrets = [{ name: "psp", line: 1, store: "s", path: "p", overlap: 0, env: "SHOP_STRIPE_SECRET_KEY" }];
    const source = `const key = "${stripe}";`;
    const messages = lintSecrets(source, { settings: { holdfast: { policy: { secrets, upstreams: [] } } } });
    expect(suggested(source, messages)).toEqual([`const key = (${fallback("SHOP_STRIPE_SECRET_KEY")});`]);
  });

  it("makes code that compiles in TypeScript", () => {
    const source = `declare const base: string;
export const key: string = "${stripe}";
export const url = \`\${base}/${stripe}\`;
export const headers: Record<string, string> = { authorization: "Bearer ${stripe}" };
export class Client { token: string = "${token}"; }
export function f(secret: string = "${token}"): string { return secret; }
`;
    const outputs = suggested(source, lintSecrets(source));
    expect(outputs).toHaveLength(5);
    expect(problemsOf(outputs.map((output) => `declare const process: { env: Record<string, string | undefined> };\n${output}`))).toEqual(
      [],
    );
  });

  it.each([
    ["an import", `import x from "${stripe}";`],
    ["a type", `type Key = "${stripe}";`],
    ["a key", `const a = { "${stripe}": 1 };`],
    ["an enum", `enum A { B = "${stripe}" }`],
    ["a constant type", `const a = "${stripe}" as const;`],
    ["a tagged template", `const a = tag\`${stripe}\`;`],
    ["a comment", `// ${stripe}\nexport {};`],
  ])("is not offered in %s", (_, source) => {
    const messages = lintSecrets(source);
    expect(messages).toHaveLength(1);
    expect(suggested(source, messages)).toEqual([]);
  });

  it("is not offered in text files", () => {
    expect(suggested(`A=${stripe}`, lintSecrets(`A=${stripe}`, { filename: ".env" }))).toEqual([]);
  });
});

describe("a message", () => {
  it("never holds a part of the value that is secret", () => {
    const draw = seeded(7);
    for (let round = 0; round < 200; round++) {
      const secret = sampleOf(/[0-9A-Za-z]{28}/, draw);
      const source = `const stripeKey = "sk_live_${secret}"; const apiKey = "${secret}"; const u = "https://shop:${secret}@db.internal/";`;
      for (const message of lintSecrets(source)) {
        const told = JSON.stringify({ ...message, suggestions: message.suggestions?.map(({ desc, fix }) => [desc, fix.text]) });
        for (let at = 0; at + 6 <= secret.length; at++) expect(told).not.toContain(secret.slice(at, at + 6));
      }
    }
  });
});
