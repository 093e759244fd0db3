import { describe, expect, test } from "vitest";

import { policyText, secretName } from "../src/survey/policy-text.ts";
import { survey } from "../src/survey/survey.ts";

const files = [
  {
    path: "src/psp.ts",
    text: 'axios.create({ baseURL: "https://api.psp.example/v1" }); fetch(`https://api.psp.example/v1/${id}`); process.env.PSP_API_KEY',
  },
  { path: "src/session.ts", text: 'sign(process.env["SESSION_SIGNING_KEY"]); process.env.PORT; process.env.NEXT_PUBLIC_TOKEN' },
  { path: "src/xml.ts", text: 'const ns = "http://www.w3.org/2000/svg"; const self = "http://localhost:3000/x"' },
  { path: "test/psp.test.ts", text: 'fetch("https://only-in-tests.example/")' },
  {
    path: "package.json",
    text: '{ "dependencies": { "stripe": "^18", "@aws-sdk/client-s3": "3", "@aws-sdk/client-sqs": "3", "left-pad": "1" } }',
  },
  { path: "deploy/.env", text: "VAULT_ADDR=https://vault.example:8200" },
  { path: ".sops.yaml", text: "creation_rules: []" },
];

describe("survey", () => {
  const found = survey(files, {});

  test("finds upstreams in URLs and in SDK packages, each once, and no namespaces, no loopback, nothing of tests", () => {
    expect(found.upstreams).toEqual([
      { name: "psp", match: ["https://api.psp.example/**"], packages: [], seenIn: "src/psp.ts" },
      { name: "stripe", match: [], packages: ["stripe"], seenIn: "package.json" },
      { name: "aws", match: [], packages: ["@aws-sdk/*"], seenIn: "package.json" },
    ]);
  });

  test("finds variables that hold secrets, and tells those the service makes up itself", () => {
    expect(found.variables).toEqual([
      { name: "PSP_API_KEY", seenIn: "src/psp.ts", ownMaking: false },
      { name: "SESSION_SIGNING_KEY", seenIn: "src/session.ts", ownMaking: true },
    ]);
  });

  test("finds the stores in use", () => {
    expect(found.stores).toEqual([
      { kind: "sops", seenIn: ".sops.yaml" },
      { kind: "vault", seenIn: "deploy/.env" },
    ]);
    expect(survey([], { VAULT_ADDR: "https://v" }).stores).toEqual([{ kind: "vault", seenIn: "VAULT_ADDR" }]);
  });

  test("a package.json that is not JSON is passed over", () => {
    expect(survey([{ path: "package.json", text: "{" }], {}).upstreams).toEqual([]);
  });
});

test("a variable's secret is named after it", () => {
  expect(["PSP_WEBHOOK_SECRET", "TOKEN", "_X_Y"].map(secretName)).toEqual(["psp/webhook-secret", "token", "x/y"]);
});

test("a policy for nothing found still shows what an entry looks like", () => {
  const text = policyText(survey([], {}), { kind: "none" });
  expect(text).toContain("# upstreams:");
  expect(text).not.toContain("\n\n\n");
});
