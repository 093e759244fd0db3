import { noInsecureSignatureCompare } from "../../src/rules/no-insecure-signature-compare.ts";
import { runRule } from "./run-rule.ts";

const hmac = `createHmac("sha256", process.env.SECRET).update(body).digest("hex")`;
const crypto = `import { createHmac, createHash, timingSafeEqual } from "node:crypto";\n`;

runRule("no-insecure-signature-compare", noInsecureSignatureCompare, {
  silent: [
    {
      name: "a comparison that is only logged",
      code: `${crypto}export function isSigned(req, body) { const given = req.headers["x-signature"]; const expected = ${hmac}; logger.debug("compared", { match: expected === given }); return safeCompare(expected, given); }`,
    },
    {
      name: "timingSafeEqual behind a length check",
      code: `${crypto}export function isSigned(req, body) { const given = Buffer.from(req.headers["x-signature"]); const expected = createHmac("sha256", key).update(body).digest();\n return given.length === expected.length && timingSafeEqual(given, expected); }`,
    },
    {
      name: "digests of both",
      code: `${crypto}export function isSigned(req) { const digest = (text) => createHmac("sha256", key).update(text).digest(); return timingSafeEqual(digest(req.headers.authorization), digest(secret)); }`,
    },
    {
      name: "timingSafeEqual in a try",
      code: `${crypto}export function isSigned(req, body) { try { return timingSafeEqual(Buffer.from(req.headers["x-signature"]), Buffer.from(${hmac})); } catch { return false; } }`,
    },
    {
      name: "timingSafeEqual in a function that is called in a try",
      code: `${crypto}function check(given, body) { return timingSafeEqual(Buffer.from(given), Buffer.from(${hmac})); }\nexport function handle(req) { try { check(req.headers.sig, req.body); } catch { return 401; } }`,
    },
    {
      name: "timingSafeEqual of two stored values",
      code: `${crypto}export const same = timingSafeEqual(await load("a"), await load("b"));`,
    },
    { name: "names alone", code: `if (token === other.token || signature !== expectedSignature || hash === req.body.hash) deny();` },
    { name: "a literal", code: `${crypto}if (${hmac} === "757107ea") start();` },
    {
      name: "null, undefined and typeof",
      code: `${crypto}const mac = ${hmac};\nif (mac === null || mac === undefined || typeof mac === "string") use(mac);`,
    },
    { name: "the length", code: `${crypto}export const isWhole = (req) => req.headers.sig.length === ${hmac}.length;` },
    {
      name: "a checksum",
      code: `${crypto}export const isSame = (req, body) => req.headers["content-md5"] === createHash("md5").update(body).digest("base64");`,
    },
    {
      name: "a password and its salt",
      code: `${crypto}export const matches = (password, salt, passwordHash) => createHash("sha256").update(password + salt).digest("hex") === passwordHash;`,
    },
    {
      name: "an etag",
      code: `${crypto}export const fresh = (req, body) => req.headers["if-none-match"] === createHash("sha1").update(body).digest("hex");`,
    },
    {
      name: "a cache key",
      code: `${crypto}export function changed(previous, body) { return createHash("sha256").update(body).digest("hex") !== previous.hash; }`,
    },
    {
      name: "a digest that is looked up",
      code: `${crypto}export const owner = (key, users) => users.find((user) => user.keyHash === createHmac("sha256", pepper).update(key).digest("hex"));`,
    },
    {
      name: "two codes of the program",
      code: `${crypto}const a = ${hmac};\nconst b = createHmac("sha256", key).update(copy).digest("hex");\nif (a === b) same();`,
    },
    {
      name: "an asymmetric signature",
      code: `export async function check(req, key, data) { return req.headers.sig === (await crypto.subtle.sign("Ed25519", key, data)); }`,
    },
    {
      name: "a test",
      code: `${crypto}it("signs", (req) => { expect(req.headers.sig === ${hmac}).toBe(true); });`,
      filename: "test/sign.test.ts",
    },
    {
      name: "a function of the project by that name",
      code: `const createHmac = (name) => registry.find(name);\nexport const check = (req) => req.headers.sig === createHmac("a").digest();`,
    },
    {
      name: "a hash that a function makes without a key, or of a password",
      code: `import { createHash, hashPassword } from "@acme/crypto";\nexport const same = (file, id, signature) => createHash(file, id) === signature;\nexport const login = (req, salt) => hashPassword(req.body.password, salt) === req.body.hash;`,
    },
    {
      name: "an awaited check",
      code: `import { verify } from "@octokit/webhooks-methods";\nexport async function handle(req) { if (!(await verify(secret, req.body, req.headers["x-hub-signature-256"]))) throw new Error(); }`,
    },
    {
      name: "a check whose Promise is returned",
      code: `import { jwtVerify } from "jose";\nexport const check = (token) => jwtVerify(token, key);\nexport const later = jwtVerify(token, key).then(use);`,
    },
    {
      name: "a check whose Promise is awaited later",
      code: `import { verify } from "@octokit/webhooks-methods";\nexport async function handle(a) { const valid = verify(a, b, c); await log(); if (!(await valid)) throw new Error(); }`,
    },
    {
      name: "a check that is no Promise",
      code: `function verifySignature(req) { return timingSafe(createHmac("sha256", key).update(req.body).digest(), req.sig); }\nif (!verifySignature(req)) deny();`,
    },
    {
      name: "an async function that signs what it sends",
      code: `async function sendSigned(body) { await post(body, createHmac("sha256", key).update(body).digest("hex")); }\nsendSigned(body);`,
    },
  ],
  reported: [
    {
      name: "a header",
      code: `${crypto}export function isSigned(req, body) {\n  const expected = ${hmac};\n  return req.headers["x-signature"] === expected;\n}`,
    },
    {
      name: "unequal",
      code: `import crypto from "crypto";\nexport function handle(req, res) {\n  const signature = req.headers["x-signature"];\n  const digest = crypto.createHmac("sha256", key).update(req.rawBody).digest("base64");\n  if (signature !== digest) return res.sendStatus(401);\n}`,
    },
    {
      name: "a prefix",
      code: 'import { createHmac } from "node:crypto";\nexport function check(req, body) {\n  const expected = `sha256=${createHmac("sha256", key).update(body).digest("hex")}`;\n  return expected == req.get("X-Hub-Signature-256");\n}',
    },
    {
      name: "a keyed hash that a caller's signature is compared with",
      code: `${crypto}export class Webhooks {\n  verify(signatureInHeader: string, payload: string) {\n    return createHash("sha256").update(\`\${this.signingKey}\${payload}\`).digest("hex") === signatureInHeader;\n  }\n}`,
    },
    {
      name: "a hash over a vendor's password, in two ways",
      code: `${crypto}export function check(signature, id, type) {\n  let computed;\n  if (type === "wpf") computed = createHash("sha512").update(id + apiPassword).digest("hex");\n  else computed = createHash("sha1").update(id + apiPassword).digest("hex");\n  return signature.toLowerCase() === computed.toLowerCase();\n}`,
    },
    {
      name: "a code that is only there when it is switched on",
      code: `${crypto}const setupHash = isOn() ? createHash("sha256").update(BOT_API_TOKEN).digest("hex") : undefined;\nexport function handle(req, res) {\n  if (req.query.hash !== setupHash) return res.status(403).end();\n}`,
    },
    {
      name: "in steps",
      code: `const crypto = require("crypto");\nmodule.exports = (req) => {\n  const hmac = crypto.createHmac("sha1", secret);\n  hmac.update(req.body);\n  const mac = hmac.digest("hex");\n  const { hmac: given } = req.query;\n  return given === mac;\n};`,
    },
    {
      name: "a helper of the file",
      code: `${crypto}const sign = (body) => ${hmac};\nexport const check = (signature: string, body: string) => signature === sign(body);`,
    },
    {
      name: "bytes",
      code: `${crypto}export function check(given: Buffer, body) {\n  const expected = createHmac("sha256", key).update(body).digest();\n  if (!given.equals(expected)) throw new Error();\n}`,
    },
    { name: "localeCompare", code: `${crypto}export const check = (req) => req.headers.sig.localeCompare(${hmac}) === 0;` },
    {
      name: "one of several",
      code: `${crypto}export function check(req, body) {\n  const expected = ${hmac};\n  return req.headers["webhook-signature"].split(" ").some((signature) => signature === expected);\n}`,
    },
    {
      name: "a part of a header of options",
      code: `${crypto}export function verify(options) {\n  const signature = options.headers["x-slack-signature"];\n  const [version, signatureHash] = signature.split("=");\n  const expected = ${hmac};\n  if (signatureHash !== expected) throw new Error();\n}`,
    },
    {
      name: "a header kept in an object",
      code: `${crypto}export function verify(req) {\n  const options = { headers: { "x-slack-signature": req.headers.get("x-slack-signature") ?? "" } };\n  const signature = options.headers["x-slack-signature"];\n  const expected = ${hmac};\n  if (signature !== expected) throw new Error();\n}`,
    },
    {
      name: "a request taken out of its context",
      code: `${crypto}const digest = (secret: string, content: string) => createHmac("sha1", secret).update(content).digest("base64");\nexport const verify = (props) => {\n  const { req, ctx } = props;\n  const doubleHash = digest(ctx.secret, req.body);\n  const headerHash = req.headers["x-trello-webhook"];\n  return doubleHash === headerHash;\n};`,
    },
    {
      name: "a header that a function takes apart",
      code: `${crypto}export const verify = async (props) => {\n  const { timestamp, signature } = parseSignatureHeader(props.req.headers).data;\n  const expected = createHmac("sha256", key).update(timestamp + props.req.body).digest("hex");\n  if (expected !== signature) throw new Error();\n};`,
    },
    {
      name: "WebCrypto",
      code: `export async function check(request, key, data) {\n  const bytes = await crypto.subtle.sign("HMAC", key, data);\n  const hex = Array.from(new Uint8Array(bytes)).map((byte) => byte.toString(16).padStart(2, "0")).join("");\n  return request.headers.get("x-signature") === hex;\n}`,
    },
    {
      name: "crypto-js",
      code: `import CryptoJS from "crypto-js";\nexport const check = (req) => CryptoJS.HmacSHA256(req.body, key).toString() === req.headers["x-sig"];`,
    },
    {
      name: "a hash over the secret",
      code: `${crypto}export function check(req) {\n  const hash = createHash("sha512").update(req.body.txnid + "|" + salt).digest("hex");\n  return hash === req.body.hash;\n}`,
    },
    {
      name: "a query that is taken apart",
      code: `${crypto}export function check({ req }) {\n  const query = new URLSearchParams(req.query);\n  return query.get("signature") === ${hmac};\n}`,
    },
    {
      name: "parameters of a route that a schema reads, and a hash over a secret",
      code: `${crypto}export const loader = async ({ request, params }) => {\n  const { userId, token } = Params.parse(params);\n  const expected = createHash("sha256").update(\`\${userId}-\${env.LINK_SECRET}\`).digest("hex");\n  if (expected !== token) throw new Error();\n};`,
    },
    {
      name: "a code that a function of a package makes from a key",
      code: `import { createHash } from "@acme/crypto";\nexport function check({ apiKey, id, hmacHash }) {\n  const expected = createHash(apiKey, id);\n  if (expected !== hmacHash) throw new Error();\n}`,
    },
    {
      name: "timingSafeEqual of unequal lengths",
      code: `${crypto}export function check(req, body) {\n  const given = Buffer.from(req.headers["x-signature"]);\n  const expected = Buffer.from(${hmac});\n  return timingSafeEqual(given, expected);\n}`,
    },
    {
      name: "timingSafeEqual in a condition",
      code: `${crypto}export function check(signature: string, body: string) {\n  const expected = ${hmac};\n  if (!timingSafeEqual(Buffer.from(signature, "hex"), Buffer.from(expected, "hex"))) throw new Error("forged");\n}`,
    },
    {
      name: "timingSafeEqual with the secret itself",
      code: `${crypto}export const check = (req) => timingSafeEqual(Buffer.from(req.headers.authorization), Buffer.from(process.env.TOKEN));`,
    },
    {
      name: "a Promise as a condition",
      code: `import { verify } from "@octokit/webhooks-methods";\nexport async function handle(req, res) {\n  if (!verify(secret, req.body, req.headers["x-hub-signature-256"])) return res.sendStatus(401);\n}`,
    },
    {
      name: "a Promise in a variable",
      code: `import { WebhooksHelper } from "square";\nexport const handle = (req, res) => {\n  const isValid = WebhooksHelper.verifySignature({ requestBody: req.body, signatureHeader, signatureKey, notificationUrl });\n  if (isValid) res.sendStatus(200);\n};`,
    },
    {
      name: "a Promise that nobody has",
      code: `import { jwtVerify } from "jose";\nexport async function handle(req) {\n  jwtVerify(req.headers.get("x-token"), key);\n  await store(req);\n}`,
    },
    {
      name: "stripe, asynchronous",
      code: `export async function POST(request) {\n  stripe.webhooks.constructEventAsync(await request.text(), request.headers.get("stripe-signature"), secret);\n}`,
    },
    {
      name: "an instance of octokit's",
      code: `import { Webhooks } from "@octokit/webhooks";\nconst webhooks = new Webhooks({ secret });\nexport function handle(req) {\n  if (webhooks.verify(req.body, req.headers.signature)) run();\n}`,
    },
    {
      name: "an async function of the project",
      code: `async function verifySignature(body, sig, key) {\n  return crypto.subtle.verify("HMAC", key, sig, body);\n}\nexport async function handle(request) {\n  if (!verifySignature(await request.text(), sig, key)) return new Response(null, { status: 401 });\n}`,
    },
  ],
});
