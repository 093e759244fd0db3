import { noWeakTls } from "../../src/rules/no-weak-tls.ts";
import { runRule } from "./run-rule.ts";

runRule("no-weak-tls", noWeakTls, {
  silent: [
    { name: "the default", code: `import https from "node:https";\nnew https.Agent({ keepAlive: true });` },
    { name: "verified", code: `new Agent({ rejectUnauthorized: true });` },
    { name: "told by the environment", code: `new Agent({ rejectUnauthorized: process.env.NODE_ENV === "production" });` },
    { name: "told by the caller", code: `export const agent = (verify: boolean) => new Agent({ rejectUnauthorized: verify });` },
    {
      name: "a default of a parameter",
      code: `export function connect({ rejectUnauthorized = false } = {}) { return open({ rejectUnauthorized }); }`,
    },
    {
      name: "in development only",
      code: `const agent = process.env.NODE_ENV === "development" ? new Agent({ rejectUnauthorized: false }) : undefined;`,
    },
    { name: "unless it is development", code: `const tls = !isDev ? {} : { rejectUnauthorized: false };` },
    { name: "anywhere but in production", code: `if (!isProduction) { process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0"; }` },
    {
      name: "production left before",
      code: `function agent() { if (isProd) return new Agent(); return new Agent({ rejectUnauthorized: false }); }`,
    },
    { name: "a switch of the user", code: `const tls = { ...(options.allowSelfSigned && { rejectUnauthorized: false }) };` },
    { name: "the machine itself", code: `new Pool({ host: "localhost", ssl: { rejectUnauthorized: false } });` },
    {
      name: "clients' certificates, which the server judges itself",
      code: `https.createServer({ key, cert, requestCert: true, rejectUnauthorized: false }, app);`,
    },
    {
      name: "a pinned certificate",
      code: `const socket = tls.connect({ rejectUnauthorized: false }); socket.getPeerCertificate().fingerprint256 === pin;`,
    },
    {
      name: "a switch of the environment",
      code: `const tls = { ...(env.REDIS_TLS_CHECK === "false" ? { checkServerIdentity: () => undefined } : {}) };`,
    },
    {
      name: "a switch that says what it is",
      code: `if (notification.unsafeTls) config.httpsAgent = new Agent({ rejectUnauthorized: false });`,
    },
    { name: "a file for development", code: `process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";`, filename: "server.development.js" },
    { name: "reading the setting", code: `const { rejectUnauthorized } = options; if (options.rejectUnauthorized === false) warn();` },
    { name: "a type", code: `interface Options { rejectUnauthorized: false; minVersion: "TLSv1" }` },
    { name: "a test", code: `new Agent({ rejectUnauthorized: false });`, filename: "test/agent.test.ts" },
    { name: "code of a page", code: `import { useState } from "react";\nconst [form] = useState({ rejectUnauthorized: false });` },
    { name: "TLS 1.2", code: `tls.createServer({ minVersion: "TLSv1.2", maxVersion: "TLSv1.3", secureProtocol: "TLSv1_2_method" });` },
    { name: "a version of something else", code: `const app = { minVersion: "1.1", version: "TLSv1" };` },
    {
      name: "a check of the host's name",
      code: `tls.connect({ checkServerIdentity: (host, cert) => tls.checkServerIdentity("psp.internal", cert) });`,
    },
    {
      name: "the variable given back",
      code: `process.env.NODE_TLS_REJECT_UNAUTHORIZED = "1"; process.env.NODE_TLS_REJECT_UNAUTHORIZED = previous;`,
    },
    { name: "https", code: `await fetch("https://api.psp.example/v1");` },
    { name: "localhost", code: `await fetch("http://localhost:3000/api"); await fetch("http://127.0.0.1/");` },
    {
      name: "hosts of the own network",
      code: [
        "redis:8080",
        "orders.prod.svc.cluster.local",
        "billing.internal",
        "10.1.2.3:80",
        "172.20.0.4",
        "192.168.1.9",
        "169.254.169.254/latest",
        "printer.local",
      ]
        .map((host) => `await fetch("http://${host}");`)
        .join("\n"),
    },
    {
      name: "a URL whose scheme is set later",
      code: `const url = new URL("http://api.psp.example/v1");\nurl.protocol = "https:";\nawait fetch(url);\nconst other = new URL("http://api.psp.example/v1");\nother.host = host;\nawait fetch(other.href);`,
    },
    { name: "a host that is not known", code: "await fetch(`http://${host}/v1`); await fetch(`http://api${region}.psp.example`);" },
    {
      name: "a namespace",
      code: `const svg = { xmlns: "http://www.w3.org/2000/svg" }; element.setAttribute("xmlns", "http://www.w3.org/2000/svg");`,
    },
    {
      name: "gRPC in the own network",
      code: `new Client("orders:50051", credentials.createInsecure()); new Client(address, credentials.createInsecure());`,
    },
    { name: "a call of that name elsewhere", code: `settings.disableTLSCerts();` },
  ],
  reported: [
    {
      name: "an agent",
      code: `import https from "node:https";\nconst agent = new https.Agent({ keepAlive: true, rejectUnauthorized: false });`,
    },
    { name: "the only option", code: `const agent = new Agent({ rejectUnauthorized: false });` },
    {
      name: "a line of its own",
      code: `const agent = new Agent({\n  rejectUnauthorized: false,\n  keepAlive: true,\n});`,
    },
    { name: "a constant", code: `const VERIFY = false;\nawait got(url, { https: { rejectUnauthorized: VERIFY } });` },
    {
      name: "undici",
      code: `import { Agent } from "undici";\nsetGlobalDispatcher(new Agent({ connect: { rejectUnauthorized: false } }));`,
    },
    { name: "a database", code: `new Pool({ connectionString: process.env.DATABASE_URL, ssl: { rejectUnauthorized: false } });` },
    {
      name: "everywhere but in development",
      code: `const client = postgres(url, { ssl: isDevelopment ? false : { rejectUnauthorized: false } });\nconst pool = new Pool({ ssl: process.env.NODE_ENV === "development" ? false : { rejectUnauthorized: false } });`,
    },
    {
      name: "TLS that is switched on",
      code: `let ssl = false;\nif (options.ssl === true || options.ssl === "true") {\n  ssl = { rejectUnauthorized: false };\n}`,
    },
    {
      name: "after a certificate was found wanting",
      code: `send(mail).catch((err) => {\n  if (err.message === "self signed certificate in certificate chain") {\n    options.tls.rejectUnauthorized = false;\n    return send(mail);\n  }\n});`,
    },
    {
      name: "production of all places",
      code: `const ssl = process.env.NODE_ENV === "production" ? { rejectUnauthorized: false } : false;`,
    },
    { name: "production and something else", code: `const ssl = env.isProduction && !isDisabled ? { rejectUnauthorized: false } : false;` },
    { name: "set later", code: `options.rejectUnauthorized = false;\nsend(options);` },
    { name: "for the whole process", code: `process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";\nstart();` },
    { name: "by key", code: `process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = 0;` },
    { name: "request", code: `request({ url, strictSSL: false });` },
    {
      name: "mongodb",
      code: `new MongoClient(url, { tls: true, tlsAllowInvalidCertificates: true });\nmongoose.connect(url, { ssl: true, sslValidate: false });`,
    },
    { name: "SQL Server", code: `const config = { server: "db.psp.example", options: { encrypt: true, trustServerCertificate: true } };` },
    { name: "superagent", code: `import request from "superagent";\nawait request.get(url).disableTLSCerts();` },
    { name: "gRPC to another company", code: `new Client("grpc.psp.example:443", credentials.createInsecure());` },
    { name: "any name", code: `tls.connect({ host, checkServerIdentity: () => undefined });\ntls.connect({ checkServerIdentity() {} });` },
    {
      name: "old versions",
      code: `https.createServer({ key, cert, minVersion: "TLSv1" });\nnew Agent({ connect: { maxVersion: "TLSv1.1" } });`,
    },
    { name: "the process's limit", code: `import tls from "node:tls";\ntls.DEFAULT_MIN_VERSION = "TLSv1";` },
    { name: "one old version", code: `https.request({ host, secureProtocol: "TLSv1_method" });` },
    { name: "plain HTTP", code: `await fetch("http://api.psp.example/v1/payments", { method: "POST" });` },
    {
      name: "plain HTTP, base in a constant",
      code: 'const base = "http://api.psp.example";\nawait fetch(`${base}/v1`);\nawait fetch(`${base}/v2`);',
    },
    {
      name: "plain HTTP of a client",
      code: `import axios from "axios";\nconst psp = axios.create({ baseURL: "http://api.psp.example/v1" });\nawait psp.get("/payments");`,
    },
    {
      name: "plain HTTP of a URL that a function finishes",
      code: 'const withQuery = (base, params) => {\n  const url = new URL(base);\n  url.search = new URLSearchParams(params).toString();\n  return url.toString();\n};\nexport async function load(params) {\n  const listUrl = withQuery("http://api.psp.example/v1/payments", params);\n  return fetch(listUrl);\n}',
    },
    {
      name: "plain HTTP unless configured",
      code: 'const base = process.env.PSP_URL ?? "http://api.psp.example";\nawait fetch(`${base}/v1`);',
    },
    { name: "an address of the internet", code: `await fetch("http://203.0.113.7/v1");` },
  ],
});
