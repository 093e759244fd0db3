import { requireIdempotencyKey } from "../../src/rules/require-idempotency-key.ts";
import { policyWith } from "./policies.ts";
import { runRule } from "./run-rule.ts";

const psp = `import axios from "axios";\n\nconst psp = axios.create({ baseURL: "https://api.psp.example/v1", timeout: 300 });\n`;

runRule("require-idempotency-key", requireIdempotencyKey, {
  silent: [
    { name: "a URL whose host and path are unknown", code: "export const chat = (host) => fetch(`https://${host}`, { method: 'POST' });" },
    {
      name: "end points that read, by their name",
      code: `fetch("https://places.example/v1/places:searchText", { method: "POST" }); fetch("https://tables.example/v0/base/listRecords", { method: "POST" }); fetch("https://jira.example/rest/api/3/search/jql", { method: "POST" });`,
    },
    {
      name: "a GraphQL query at any path",
      code: `fetch("https://catalogue.example/query-api", { method: "POST", body: JSON.stringify({ query: introspection }) });`,
    },
    {
      name: "a path of which nothing is known",
      code: "export const post = (api, route, body) => fetch(`${api}/v1${route}`, { method: 'POST', body });",
    },
    {
      name: "a service of the program's own, by the name of its address or path",
      code: "const base = process.env.RESOLVER_INTERNAL_URL;\nexport const register = (body) => fetch(`${base}/register`, { method: 'POST', headers: auth, body });\nexport const dispatch = (url, body) => fetch(url, { method: 'POST', headers: auth, body });\ndispatch(`${getInternalApiUrl()}/reminders`, '');\nexport const run = (api, id) => fetch(`${api}/v1/integrations/internal/run/${id}`, { method: 'POST', headers: auth });",
    },
    {
      name: "the back end whose address the project's pages are told",
      code: "import { readFile } from 'node:fs';\nexport const pay = async (token) => {\n  const api = process.env.NEXT_PUBLIC_API_URL || 'https://api.shop.example';\n  const auth = { Authorization: process.env.API_SECRET };\n  await fetch(`${api}/payments`, { method: 'POST', headers: auth });\n};",
    },
    {
      name: "a service on a private network",
      code: "export const send = (body) => [fetch('http://resolver:8080/register', { method: 'POST', headers: auth, body }), fetch('http://mail.apps.svc.cluster.local/send', { method: 'POST', headers: auth, body }), fetch('http://10.0.3.7/jobs', { method: 'POST', headers: auth, body })];",
    },
    {
      name: "a site of the program's own, which knows its user by the cookie",
      code: "export const join = (site, cookie, body) => fetch(`${site}/api/v1/members`, { method: 'POST', headers: { 'content-type': 'application/json', cookie }, body });",
    },
    {
      name: "a service at an address from the settings that asks nobody for credentials",
      code: "const signals = process.env.SIGNALS_ENDPOINT;\nexport const tell = (user, body) => fetch(`${signals}/users/${user}/messages`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });",
    },
    {
      name: "a service that another service tells who it is",
      code: "export const check = (api, id) => fetch(`${api}/v1/connections/${id}/renew-lease`, { method: 'POST', headers: { 'x-service-token': process.env.SERVICE_TOKEN } });",
    },
    {
      name: "an arm of a wrapper that is ruled out by what it is called with",
      code: `import axios from "axios"; const wise = axios.create({ baseURL: "https://api.wise.example" }); const request = async (send, path, { data, ...options }) => { await wise.get("/v1/me"); const sent = data ? send(path, data, options) : send(path, options); return await sent; }; export const createTransfer = (account, { quoteUuid, customerTransactionId }) => request(wise.post, "/v1/transfers", { data: { account, quoteUuid, customerTransactionId }, account });`,
    },
    {
      name: "an API that takes no key, by the scheme of its tokens and its paths",
      code: "const git = (path, init) => fetch(`${process.env.GIT_URL}${path}`, { ...init, headers: { Authorization: `token ${process.env.GIT_TOKEN}`, 'Content-Type': 'application/json' } });\nexport const create = (org, body) => git(`/api/v1/orgs/${org}/repos`, { method: 'POST', body });\nexport const hook = (base, auth, org, name, body) => fetch(`${base}/api/v1/repos/${org}/${name}/hooks`, { method: 'POST', headers: { auth }, body });",
    },
    {
      name: "what sets a thing by its id, at a host in plain sight",
      code: `export const update = (id, body) => fetch("https://cms.example/v2/pages/" + id, { method: "POST", body, headers: { authorization: process.env.CMS_TOKEN } }); export const rename = (body) => fetch("https://cms.example/v2/pages/17", { method: "PATCH", body });`,
    },
    {
      name: "what is no thing that anybody counts, at an address that only a variable tells",
      code: "const headers = { authorization: `Bearer ${process.env.TOKEN}` }; export const told = (base, body) => fetch(`${base}/api/workflow-updated`, { method: 'POST', body, headers }); export const cleaned = (base) => fetch(`${base}/api/tasks/cleanup`, { method: 'POST', headers });",
    },
    { name: "the program's own address", code: "fetch(`${process.env.NEXTAUTH_URL}/api/jobs/notify`, { method: 'POST' });" },
    {
      name: "end points that compute",
      code: `fetch("https://pdf.example/v1/annotate-document", { method: "POST" }); fetch("https://portal.example/v2/portal.exchangeCode", { method: "POST" });`,
    },
    {
      name: "end points that read, with a slash at the end",
      code: `fetch("https://open.video.example/v2/video/list/", { method: "POST" }); fetch("https://open.video.example/v2/post/status/fetch/", { method: "POST" }); fetch("https://bots.example/api/v1/bot/1/delete_media/", { method: "POST" });`,
    },
    {
      name: "a map of the pages of a site, by a host that a variable tells",
      code: "export const pages = (base) => fetch(`${base}/map`, { method: 'POST' }); export const site = (host) => fetch(`https://${host}/v2/map`, { method: 'POST' });",
    },
    {
      name: "end points that compute, by the first word of a part of the path",
      code: `fetch("https://ocr.example/api/v1/parseDocument/financial_full", { method: "POST" }); fetch("https://content.example/scan_model", { method: "POST" }); fetch("https://flags.example/evaluate/v1/boolean", { method: "POST" }); fetch("https://captcha.example/validate.php", { method: "POST" });`,
    },
    {
      name: "end points that set a state, or ask for it anew",
      code: `fetch("https://fleet.example/api/v1/fleet/hosts/7/refetch", { method: "POST" }); fetch("https://hosting.example/v1/services/7/suspend", { method: "POST" }); fetch("https://hosting.example/v1/services/7/resume", { method: "POST" }); fetch("https://apps.example/platform/mark_app_installed", { method: "POST" }); fetch("https://mail.example/v1/messages/7/markAsRead", { method: "POST" }); fetch("https://bots.example/bot/7/leave_call/", { method: "POST" });`,
    },
    {
      name: "tables of a tracker",
      code: "export const track = (table) => fetch(`https://tracker.example/track/${table}`, { method: 'POST' });",
    },
    {
      name: "the API of a model, whose version is in a header, at a host that a variable tells",
      code: "export const ask = (base, body, key) => fetch(`${base}/messages`, { method: 'POST', body, headers: { 'x-api-key': key, 'anthropic-version': '2023-06-01' } });",
    },
    {
      name: "APIs that take no key, at a host of the project's own",
      code: "export const run = (cluster, body) => fetch(`${cluster}/apis/batch/v1/namespaces/builds/jobs`, { method: 'POST', body }); export const upsert = (org, body, id) => fetch(`${org}/services/data/v59.0/sobjects/Dispute__c/Dispute_ID__c/${id}`, { method: 'PATCH', body });",
    },
    {
      name: "GraphQL mutations that are named after what they set, with values written into them",
      code: "export const set = (name, value) => fetch('https://hosting.example/graphql/v2', { method: 'POST', body: JSON.stringify({ query: `mutation { variableUpsert(input: { name: \"${name}\", value: \"${value.replace(/x/g, 'y')}\" }) }` }) }); fetch('https://api.example/graphql', { method: 'POST', body: JSON.stringify({ query: `mutation { webhookSubscriptionDelete(id: 1) { id } }` }) });",
    },
    {
      name: "a function that validates, through a function that sends what it is given",
      code: `import axios from "axios"; const psp = axios.create({ baseURL: "https://api.psp.example" }); const requestData = async (send, path, data) => (await send(path, data)).data; export const validateAccount = (account) => requestData(psp.post, "/v1/account-requirements", account);`,
    },
    {
      name: "a method that previews, through a method that posts",
      code: `class Client { post(path, body) { return fetch("https://api.psp.example/v1" + path, { method: "POST", body }); } previewInvoice(body) { return this.post("/invoice-drafts", body); } }`,
    },
    {
      name: "Wise's field",
      code: `fetch("https://api.wise.example/v1/transfers", { method: "POST", body: JSON.stringify({ quoteUuid, customerTransactionId }) }); import axios from "axios"; const wise = axios.create({ baseURL: "https://api.wise.example" }); const request = (send, path, { data, ...options }) => send(path, data, options); export const createTransfer = (account, { quoteUuid, customerTransactionId }) => { const data = { account, quoteUuid, customerTransactionId }; return request(wise.post, "/v1/transfers", { data, account }); };`,
    },
    {
      name: "VK's methods, and the intake of logs",
      code: `fetch("https://api.vk.com/method/photos.saveWallPhoto?v=5.251", { method: "POST" }); fetch("https://http-intake.logs.datadoghq.com/v1/input", { method: "POST" });`,
    },
    {
      name: "end points that set a state",
      code: `fetch("https://cms.example/v2/items/publish", { method: "POST" }); fetch("https://chat.example/pa/set_webhook", { method: "POST" }); fetch("https://erp.example/json/2/partner/fields_get", { method: "POST" });`,
    },
    {
      name: "end points that read many at once, or a page of the web",
      code: `fetch("https://api.jobs.example/v1/watches/batch-check", { method: "POST" }); fetch("https://api.crawler.example/v1/extract", { method: "POST" }); fetch("https://api.crawler.example/v1/crawl", { method: "POST" }); fetch("https://api.psp.example/v1/fx_quotes", { method: "POST" });`,
    },
    {
      name: "tokens, and registering a client of OAuth",
      code: `fetch("https://api.jobs.example/v1/projects/p/jwt", { method: "POST" }); fetch("https://streams.example/v1/access-tokens", { method: "POST" }); fetch("https://oauth.psp.example/oauth2/v1/tokens/bearer", { method: "POST" }); fetch("https://psp.example/oauth/register", { method: "POST" });`,
    },
    {
      name: "a pinged host",
      code: "const run = (region) => fetch(`https://checker.example/ping/${region}`, { method: 'POST' });",
    },
    {
      name: "methods of Connect and Twirp that read or compute",
      code: `fetch("https://vault.example/vault.v1.VaultService/EncryptBulk", { method: "POST" }); fetch("https://vault.example/vault.v1.VaultService/GetKey", { method: "POST" });`,
    },
    {
      name: "a GraphQL mutation that takes away or sets",
      code: "fetch('https://api.example/graphql', { method: 'POST', body: JSON.stringify({ query: `mutation Purge($type: String!) { _purgeType(type: $type) }` }) }); fetch('https://api.example/graphql', { method: 'POST', body: JSON.stringify({ query: `mutation { done: updateOrder(id: 1) { id } }` }) });",
    },
    {
      name: "a host for telemetry, and a function that sends it",
      code: `fetch("https://telemetry.acme.example/3/device", { method: "POST" }); async function sendTelemetry(usage) { await fetch("https://ee.acme.example/v1/usage-updates", { method: "POST", body: usage }); }`,
    },
    {
      name: "hosts whose API takes no key",
      code: `fetch("https://api.airtable.com/v0/base/table", { method: "POST" }); fetch(\`https://\${region}.cognitiveservices.azure.com/jobs\`, { method: "POST" }); fetch(\`https://\${shop}/admin/api/2026-04/graphql.json\`, { method: "POST", body: JSON.stringify({ query: "mutation { orderCreate { id } }" }) });`,
    },
    {
      name: "functions that take away, try or compute, by their name",
      code: `const purgeAssets = (body) => fetch("https://x.example/v1/assets", { method: "POST", body }); class Checks { async testTcp(id) { return fetch("https://x.example/tcp/" + id, { method: "POST" }); } }`,
    },
    {
      name: "functions that read, by their name",
      code: `const getPrompts = (body) => fetch("https://x.example/v1/prompts-list", { method: "POST", body }); class Jobs { async fetchStatus(id) { return fetch("https://x.example/v1/status-of/" + id, { method: "POST" }); } }`,
    },
    {
      name: "end points that take away",
      code: `fetch("https://cdn.example/v1/purge", { method: "POST" }); fetch("https://index.example/v1/delete-doc", { method: "POST" }); fetch("https://hub.example/v1/disconnect", { method: "POST" });`,
    },
    { name: "GET, PUT and DELETE", code: `${psp}psp.get("/payments"); psp.put("/payments/1", {}); psp.delete("/payments/1");` },
    { name: "the header", code: `${psp}psp.post("/payments", {}, { headers: { "Idempotency-Key": key } });` },
    {
      name: "the header in lower case",
      code: `fetch("https://api.psp.example/v1/payments", { method: "POST", headers: { "idempotency-key": key } });`,
    },
    {
      name: "the header in a Headers object",
      code: `const headers = new Headers(); headers.set("Idempotency-Key", key); fetch("https://api.psp.example/v1/payments", { method: "POST", headers });`,
    },
    {
      name: "the header in pairs",
      code: `fetch("https://api.psp.example/v1/payments", { method: "POST", headers: [["Idempotency-Key", key]] });`,
    },
    {
      name: "PayPal's header",
      code: `fetch("https://api-m.paypal.com/v2/checkout/orders", { method: "POST", headers: { "PayPal-Request-Id": id } });`,
    },
    {
      name: "Square's field",
      code: `fetch("https://connect.squareup.com/v2/payments", { method: "POST", body: JSON.stringify({ idempotency_key: key, amount }) });`,
    },
    {
      name: "headers that cannot be seen",
      code: `export const pay = (headers) => fetch("https://api.psp.example/v1/payments", { method: "POST", headers });`,
    },
    {
      name: "headers that are made by a function elsewhere",
      code: `import { headersFor } from "psp-headers"; fetch("https://api.psp.example/v1/payments", { method: "POST", headers: headersFor() });`,
    },
    {
      name: "headers that are spread",
      code: `export const pay = (extra) => fetch("https://api.psp.example/v1/payments", { method: "POST", headers: { Accept: "*/*", ...extra } });`,
    },
    { name: "options that cannot be seen", code: `${psp}export const pay = (options) => psp.post("/payments", {}, options);` },
    {
      name: "an interceptor that sets it",
      code: `${psp}psp.interceptors.request.use((config) => { config.headers["Idempotency-Key"] ??= crypto.randomUUID(); return config; }); psp.post("/payments", {});`,
    },
    {
      name: "a default of the instance",
      code: `import axios from "axios"; const psp = axios.create({ baseURL: "https://api.psp.example", headers: { "Idempotency-Key": runId } }); psp.post("/payments", {});`,
    },
    {
      name: "a method that cannot be seen",
      code: `export const send = (method) => fetch("https://api.psp.example/v1/payments", { method });`,
    },
    { name: "a URL of which nothing is known", code: `export const send = (url) => fetch(url, { method: "POST" });` },
    { name: "the program's own back end", code: `fetch("/api/payments", { method: "POST" });` },
    {
      name: "an OAuth token",
      code: `fetch("https://auth.example/oauth2/token", { method: "POST" }); fetch("https://login.example/oauth2/v2.0/token", { method: "POST" });`,
    },
    {
      name: "a search",
      code: `fetch("https://search.example/products/_search", { method: "POST" }); fetch("https://api.example/v1/items:search", { method: "POST" });`,
    },
    {
      name: "a GraphQL query",
      code: "fetch('https://api.example/graphql', { method: 'POST', body: JSON.stringify({ query: `query { me { id } }` }) });",
    },
    {
      name: "GraphQL with a document that cannot be seen",
      code: `export const ask = (query) => fetch("https://api.example/graphql", { method: "POST", body: JSON.stringify({ query }) });`,
    },
    {
      name: "telemetry",
      code: `fetch("https://collector.example/v1/traces", { method: "POST" }); fetch("https://www.google-analytics.com/mp/collect", { method: "POST" });`,
    },
    {
      name: "a chat webhook that knows no keys",
      code: `fetch("https://hooks.slack.com/services/a/b/c", { method: "POST" }); fetch("https://api.telegram.org/bot1/sendMessage", { method: "POST" });`,
    },
    { name: "model inference", code: `fetch("https://api.openai.com/v1/chat/completions", { method: "POST" });` },
    {
      name: "a path that the policy calls safe",
      settings: { holdfast: { policy: policyWith({ safe: ["/v1/reports"] }) } },
      code: `fetch("https://api.psp.example/v1/reports", { method: "POST" });`,
    },
    {
      name: "a wrapper that is called with a key",
      code: `const post = (path, body, key) => fetch("https://api.psp.example" + path, { method: "POST", headers: { "Idempotency-Key": key } }); post("/payments", {}, id);`,
    },
    { name: "a test file", filename: "test/pay.ts", code: `${psp}psp.post("/payments", {});` },
  ],
  reported: [
    {
      name: "a function that gets or creates",
      code: `const getOrCreateCustomer = (body) => fetch("https://api.psp.example/v1/customers", { method: "POST", body });`,
    },
    {
      name: "a function that creates, called by one that gets",
      code: `class Orders {\n  createOrder(body: string) {\n    return fetch("https://api.psp.example/v1/orders", { method: "POST", body });\n  }\n  getOrder() {\n    return this.createOrder("{}");\n  }\n}`,
    },
    {
      name: "a GraphQL mutation that is named after what it creates",
      code: "await fetch('https://api.example/graphql', {\n  method: 'POST',\n  body: JSON.stringify({ query: `mutation { issueCreate(input: { title: \"${title}\" }) { id } }` }),\n});",
    },
    {
      name: "an authorisation and a capture, which move money",
      code: `await fetch("https://api.psp.example/v1/payments/1/capture", { method: "POST" });\nawait fetch("https://api.psp.example/v1/payments/authorize", { method: "POST" });`,
    },
    {
      name: "GraphQL mutations of which one creates",
      code: "await fetch('https://api.example/graphql', {\n  method: 'POST',\n  body: JSON.stringify({ query: `mutation { updateOrder(id: 1) { id } createRefund(order: 1) { id } }` }),\n});",
    },
    {
      name: "an address from the settings that takes credentials",
      code: "const base = process.env.PSP_URL;\nawait fetch(`${base}/v1/payments`, { method: 'POST', headers: { Authorization: `Bearer ${process.env.PSP_TOKEN}` }, body });\nawait fetch(`${base}/v1/payments`, { method: 'POST', body: JSON.stringify({ api_key: key, amount }) });\nawait fetch(`${base}/v1/payments?token=${token}`, { method: 'POST', body });\nawait fetch(`${base}/v1/payments`, { method: 'POST', headers, body });",
    },
    {
      name: "a path of an upstream that has the word in it",
      code: `await fetch("https://api.bank.example/internal-transfers", { method: "POST", headers: { Authorization: token } });`,
    },
    {
      name: "a function that begins like one that reads",
      code: `await fetch("https://api.psp.example/v1/getaways", { method: "POST" });`,
    },
    {
      name: "wrappers in a class, once where the options are given",
      code: `class Chat {\n  post(url: string, init: RequestInit) {\n    return fetch(url, init);\n  }\n  append(id: string, body: string) {\n    return this.post("https://chat.example/sessions/" + id + "/lines", { method: "POST", body });\n  }\n  stop() {\n    return this.append("1", "stop");\n  }\n  go() {\n    return this.append("1", "go");\n  }\n}`,
    },
    {
      name: "payments, orders and messages at an address that only a variable tells",
      code: "const headers = { authorization: `Bearer ${process.env.TOKEN}` };\nexport const pay = (base, body) => fetch(`${base}/v1/payments`, { method: 'POST', body, headers });\nexport const capture = (base, id) => fetch(`${base}/orders/${id}/capture`, { method: 'POST', headers });\nexport const tell = (base, body) => fetch(`${base}/sms/send`, { method: 'POST', body, headers });\nexport const amend = (base, id, body) => fetch(`${base}/v1/subscriptions/${id}`, { method: 'PATCH', body, headers });",
    },
    {
      name: "any write where every upstream counts",
      options: [{ upstreams: "all" }],
      code: "export const told = (base, body) => fetch(`${base}/api/workflow-updated`, { method: 'POST', body, headers: { authorization: process.env.TOKEN } });",
    },
    { name: "fetch", code: `await fetch("https://api.psp.example/v1/payments", { method: "POST", body: JSON.stringify(order) });` },
    {
      name: "fetch with headers",
      code: `await fetch("https://api.psp.example/v1/payments", {\n  method: "POST",\n  headers: {\n    Authorization: token,\n  },\n});`,
    },
    { name: "PATCH", code: `await fetch("https://api.psp.example/v1/payments/1", { method: "PATCH" });` },
    { name: "axios, with its imports", code: `import { createHmac } from "node:crypto";\n${psp}\nawait psp.post("/payments", order);` },
    {
      name: "CommonJS, with its require",
      code: `"use strict";\nconst axios = require("axios");\n\naxios.post("https://api.psp.example/v1/payments", order);`,
      languageOptions: { sourceType: "commonjs" },
    },
    {
      name: "a namespace import of node:crypto",
      code: `import * as crypto from "node:crypto";\nawait fetch("https://api.psp.example/v1/payments", { method: "POST" });`,
    },
    { name: "a key in scope that is not sent", code: `${psp}export const pay = (order, idempotencyKey) => psp.post("/payments", order);` },
    {
      name: "the upstream's own header",
      settings: { holdfast: { policy: policyWith({ header: "X-Request-Key" }) } },
      code: `await fetch("https://api.psp.example/v1/payments", { method: "POST" });`,
    },
    {
      name: "a wrapper without a key, once",
      code: `const post = (path: string, body: unknown) => fetch("https://api.psp.example" + path, { method: "POST", body: JSON.stringify(body) });\npost("/payments", {});\npost("/refunds", {});`,
    },
    {
      name: "a wrapper for any URL, at its calls",
      code: `const post = (url: string, body: unknown) => fetch(url, { method: "POST", body: JSON.stringify(body) });\npost("https://api.psp.example/payments", {});\npost("/api/own", {});`,
    },
    {
      name: "a call that leaves out a wrapper's key",
      code: `const post = (path: string, body: unknown, headers?: Record<string, string>) => fetch("https://api.psp.example" + path, { method: "POST", headers });\npost("/payments", {});\npost("/payments", {}, { "Idempotency-Key": id });`,
    },
    {
      name: "a GraphQL mutation",
      code: "await fetch('https://api.example/graphql', { method: 'POST', body: JSON.stringify({ query: `mutation { pay { id } }` }) });",
    },
    { name: "got", code: `import got from "got";\nawait got.post("https://hooks.mail.example/v1/messages", { json: { to } });` },
    {
      name: "got with options in a constant",
      code: `import got from "got";\nconst options = { json: { to } };\nawait got.post("https://hooks.mail.example/v1/messages", options);`,
    },
    {
      name: "a class method",
      code: `import axios from "axios";\n\nexport class Psp {\n  private readonly http = axios.create({ baseURL: "https://api.psp.example" });\n\n  pay(order: unknown) {\n    return this.http.post("/payments", order);\n  }\n}`,
    },
  ],
});
