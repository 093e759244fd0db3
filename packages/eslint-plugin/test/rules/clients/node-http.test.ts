import { maxTimeout } from "../../../src/rules/max-timeout.ts";
import { requireIdempotencyKey } from "../../../src/rules/require-idempotency-key.ts";
import { requireTimeout } from "../../../src/rules/require-timeout.ts";
import { runRule } from "../run-rule.ts";

const https = `import https from "node:https";\n\n`;

runRule("require-timeout", requireTimeout, {
  silent: [
    {
      name: "a listener that destroys",
      code: `${https}const request = https.get("https://api.psp.example/v1", { timeout: 300 }); request.on("timeout", () => request.destroy());`,
    },
    {
      name: "setTimeout with one",
      code: `${https}const request = https.get("https://api.psp.example/v1"); request.setTimeout(300, () => request.abort());`,
    },
    {
      name: "a timer around it",
      code: `${https}const request = https.get("https://api.psp.example/v1"); setTimeout(() => request.destroy(), 300);`,
    },
    { name: "a request that is handed on", code: `${https}export const open = (done) => https.get("https://api.psp.example/v1", done);` },
    { name: "options from elsewhere", code: `${https}export const load = (options, done) => { https.get(options, done); };` },
    { name: "a unix socket", code: `import http from "http"; http.get({ socketPath: "/var/run/docker.sock", path: "/info" }, done);` },
    { name: "the machine itself", code: `import http from "http"; http.get({ port: 8080, path: "/health" }, done);` },
    { name: "a server", code: `import http from "http"; http.createServer((request, response) => response.end("ok")).listen(8080);` },
  ],
  reported: [
    {
      name: "get with a callback",
      code: `${https}https.get("https://api.psp.example/v1", (response) => read(response)).on("error", fail);`,
    },
    {
      name: "options",
      code: `${https}const request = https.request({ hostname: "api.psp.example", path: "/v1", method: "GET" }, read);\nrequest.end();`,
    },
    {
      name: "a timeout that only tells",
      code: `${https}const request = https.request("https://api.psp.example/v1", { timeout: 300 });\nrequest.on("response", read);\nrequest.end();`,
    },
    {
      name: "setTimeout that only tells",
      code: `${https}const request = https.request("https://api.psp.example/v1");\nrequest.setTimeout(300);\nrequest.end();`,
    },
    { name: "a URL object and no options", code: `${https}https.get(new URL("https://api.psp.example/v1")).on("response", read);` },
  ],
});

runRule("max-timeout", maxTimeout, {
  silent: [],
  reported: [
    {
      name: "above the budget",
      code: `${https}const request = https.get("https://api.psp.example/v1", { timeout: 30 * 1000 }, read);\nrequest.on("timeout", () => request.destroy());`,
    },
  ],
});

runRule("require-idempotency-key", requireIdempotencyKey, {
  silent: [
    {
      name: "a key by setHeader",
      code: `${https}const request = https.request("https://api.psp.example/v1", { method: "POST" }); request.setHeader("Idempotency-Key", key); request.end(body);`,
    },
  ],
  reported: [
    {
      name: "no key",
      code: `${https}const request = https.request("https://api.psp.example/v1", { method: "POST", headers: { Accept: "*/*" } }, read);\nrequest.end(body);`,
    },
  ],
});
