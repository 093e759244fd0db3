import { requireHsts } from "../../src/rules/require-hsts.ts";
import { runRule } from "./run-rule.ts";

runRule("require-hsts", requireHsts, {
  silent: [
    {
      name: "a server without TLS",
      code: `import http from "node:http";\nimport express from "express";\nconst app = express();\nhttp.createServer(app);`,
    },
    {
      name: "helmet",
      code: `import https from "node:https";\nimport express from "express";\nimport helmet from "helmet";\nconst app = express();\napp.use(helmet());\nhttps.createServer(tls, app);`,
    },
    {
      name: "the header by hand",
      code: `import https from "node:https";\nhttps.createServer(tls, (req, res) => { res.setHeader("Strict-Transport-Security", "max-age=31536000"); res.end(); });`,
    },
    {
      name: "an app from outside",
      code: `import https from "node:https";\nexport const start = (app) => https.createServer(tls, app);\nhttps.createServer(tls, await load());`,
    },
    { name: "a server without handler", code: `import https from "node:https";\nconst server = https.createServer(tls);` },
    {
      name: "a server for development",
      code: `import https from "node:https";\nimport express from "express";\nconst app = express();\nif (process.env.NODE_ENV === "development") https.createServer(tls, app).listen(3000);`,
    },
    { name: "half a year", code: `import helmet from "helmet";\napp.use(helmet({ hsts: { maxAge: 15552000 } }));` },
    {
      name: "told by the environment",
      code: `import helmet from "helmet";\napp.use(helmet({ hsts: process.env.NODE_ENV === "production" }));`,
    },
    { name: "another middleware's option", code: `setUp({ hsts: false });` },
    { name: "a test", code: `import helmet from "helmet";\napp.use(helmet({ hsts: false }));`, filename: "test/app.test.ts" },
  ],
  reported: [
    {
      name: "an express app with TLS",
      code: `import https from "node:https";\nimport express from "express";\nconst app = express();\nhttps.createServer({ key, cert }, app).listen(443);`,
    },
    {
      name: "a handler",
      code: `import { createSecureServer } from "node:http2";\ncreateSecureServer({ key, cert }, (req, res) => res.end("ok"));`,
    },
    { name: "helmet without it", code: `import helmet from "helmet";\napp.use(helmet({ hsts: false, frameguard: false }));` },
    {
      name: "helmet with a day",
      code: `const helmet = require("helmet");\napp.use(helmet({ strictTransportSecurity: { maxAge: 60 * 60 * 24 } }));`,
    },
    { name: "its middleware alone", code: `import helmet from "helmet";\napp.use(helmet.hsts({ maxAge: 3600 }));` },
    { name: "fastify", code: `import helmet from "@fastify/helmet";\nawait app.register(helmet, { hsts: false });` },
  ],
});
