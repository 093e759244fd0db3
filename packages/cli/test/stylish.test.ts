import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

import { rules } from "@holdfast/engine";
import { describe, expect, test } from "vitest";

import plugin from "../../eslint-plugin/src/index.ts";
import { describeFinding } from "../../eslint-plugin/src/secrets/describe.ts";
import { formats, namedFormats } from "../../eslint-plugin/src/secrets/formats/index.ts";
import { stylish } from "../src/lint/formats/stylish.ts";
import type { LintMessage } from "../src/lint/linted-file.ts";
import { plain } from "../src/output/terminal.ts";

const file = "src/psp.ts";

describe.each([100, 120])("a terminal of %i columns", (columns) => {
  test.each([...recordedMessages(), ...longMessages()])(
    "shows every message of %s on two lines, with place and rule",
    (_name, messages) => {
      expect(messages.length).toBeGreaterThan(0);
      const shown = messages.map((message) => linesOf(message, columns));
      expect(shown.filter((lines) => lines.length > 2 || lines.some((line) => line.length > columns))).toEqual([]);
    },
  );
});

test.each([
  [
    "a long URL",
    "max-timeout",
    `DELETE https://${"subdomain.".repeat(8)}psp.example/${"v1/customers/".repeat(9)}orders may take 12.5 s, above the default budget of 300 ms: declare its own in holdfast.yaml, or lower it.`,
    ["DELETE https://subdom", "…", "orders may take", "declare its own in holdfast.yaml, or lower it.  holdfast/max-timeout"],
  ],
  [
    "a long path",
    "no-unstable-idempotency-key",
    `POST https://api.psp.example/v1/payments: each attempt of p-retry (${"../".repeat(12)}${"packages/payments/".repeat(6)}retry.ts:1234) makes a new idempotency-key and so is a new operation.`,
    ["(../../", "…", "etry.ts:1234) makes a new", "and so is a new operation.  holdfast/no-unstable-idempotency-key"],
  ],
  [
    "a long piece of code",
    "require-concurrency-limit",
    `GET https://api.psp.example/v1/payments runs for each of \`${"page.items.filter(Boolean)".repeat(5)}\` at once (Promise.all); the limit is 64 (holdfast.yaml:8).`,
    ["`page.item", "…", "(Boolean)`", "64 (holdfast.yaml:8).  holdfast/require-concurrency-limit"],
  ],
])("%s loses its middle, and the message keeps its end", (_what, rule, text, kept) => {
  const lines = linesOf(found(`holdfast/${rule}`, text), 100);
  expect(lines).toHaveLength(2);
  const shown = lines.map((line) => line.slice(11)).join(" ");
  for (const part of kept) expect(shown).toContain(part);
});

test("what can be shown whole is not cut", () => {
  const text = `GET https://${"long".repeat(12)}.example has no timeout (fetch default: none): while the upstream hangs, so does this.`;
  const [first, second] = linesOf(found("holdfast/require-timeout", text), 100);
  expect(`${first!.slice(11)} ${second!.slice(11)}`).toBe(`${text}  holdfast/require-timeout`);
});

test("the rule's name leads to its page where a person looks", () => {
  const message = found("holdfast/require-timeout", "fetch has no timeout.");
  const terminal = { ...plain, interactive: true, colors: { ...plain.colors, isColorSupported: true } };
  const url = rules.get("holdfast/require-timeout")!.url;
  expect(stylish(runWith(message), terminal, "holdfast check")).toContain(
    `\u001b]8;;${url}\u001b\\holdfast/require-timeout\u001b]8;;\u001b\\`,
  );
  expect(stylish(runWith(message), plain, "holdfast check")).not.toContain("\u001b");
});

function linesOf(message: LintMessage, columns: number): string[] {
  const [, , ...lines] = stylish(runWith(message), { ...plain, columns }, "holdfast check").split("\n");
  return lines.slice(0, lines.indexOf(""));
}

function runWith(message: LintMessage) {
  return { files: [{ path: file, text: "", messages: [message], suppressed: [] }], fixedFiles: [], problems: [], policyWarnings: [] };
}

/** Far down a file, and fixable where the rule fixes: the longest that stands around a message. */
function found(ruleId: string, message: string): LintMessage {
  const isFixed = /\/(?:max-retries|require-jitter|no-insecure-signature-compare|no-weak-tls)$/u.test(ruleId);
  return { ruleId, message, severity: 1, line: 1234, column: 105, ...(isFixed && { fix: { range: [0, 0], text: "" } }) } as LintMessage;
}

/** Longer than what is on record: templates of the rules with the longest that stands in real code. */
function longMessages(): [what: string, messages: LintMessage[]][] {
  const url = `https://${"subdomain.".repeat(4)}psp.example/v1/orders`;
  const place = `${"../".repeat(4)}server/clickhouse/tracker.ts:282`;
  const layer = "exponential-backoff: 10 retries";
  return [
    [
      "a key that retries from afar need",
      [
        filled("require-idempotency-key", "noKeyRepeated", { call: `POST ${url}`, attempts: "11 times", layers: `${layer}, ${place}` }),
        filled("require-idempotency-key", "noKeyRepeated", {
          call: `PATCH ${url}`,
          attempts: "33 times",
          layers: `exponential-backoff, ${place}; axios-retry, ${place}`,
        }),
      ],
    ],
    [
      "a list of any length",
      ["Promise.all", "Promise.allSettled", "forEach"].map((by) =>
        filled("require-concurrency-limit", "noLimit", {
          call: `DELETE ${url}`,
          items: "organizationMemberships…Suspended",
          by,
          limit: "100",
          says: "holdfast.yaml:1234",
        }),
      ),
    ],
    [
      "retries that multiply",
      [
        filled("max-retries", "multiplied", {
          call: "stripe.invoices.createPreview",
          attempts: "33 times",
          product: "3 (stripe default) × 11 (exponential-backoff default)",
          limit: "2 retries",
          says: "default",
        }),
      ],
    ],
    [
      "waits without jitter",
      [
        filled("require-jitter", "sameWait", {
          call: `PATCH ${url}`,
          name: "exponential-backoff",
          delays: "1.25 s, 2.25 s, 4.25 s, …",
        }),
      ],
    ],
    [
      "an open webhook",
      [
        filled("require-webhook-signature", "unverified", {
          route: "POST /webhooks/organizations/:organizationId/environments/:environmentId/sms/:providerOrIntegrationId",
          framework: "Next.js",
        }),
      ],
    ],
    [
      "hardcoded secrets",
      formats.flatMap(({ provider, kind, anchors }) =>
        ([undefined, "live"] as const).map((mode) => {
          const prefix = anchors.find((anchor) => !anchor.startsWith("-----"));
          const secret = { range: [0, 0] as const, provider, kind, length: 1234, evidence: { by: "format" }, env: "KEY" } as const;
          const isLive = mode === "live" && prefix?.includes("live");
          return filled(
            "no-hardcoded-secrets",
            "format",
            describeFinding({ ...secret, ...(isLive && { mode }), ...(prefix !== undefined && { prefix }) }),
          );
        }),
      ),
    ],
    [
      "hardcoded secrets with a name",
      namedFormats.map(({ provider, kind }) => {
        const evidence = { by: "name", name: "PAYMENTS_INTEGRATION_WEBHOOK_SIGNING_SECRET" } as const;
        const finding = { range: [0, 0] as const, provider, kind, length: 1234, evidence, env: "KEY" };
        return filled("no-hardcoded-secrets", "assigned", describeFinding(finding));
      }),
    ],
  ];
}

function filled(rule: string, messageId: string, data: Readonly<Record<string, string>>): LintMessage {
  const template = plugin.rules[rule]!.meta.messages[messageId]!;
  return found(
    `holdfast/${rule}`,
    template.replaceAll(/\{\{(\w+)\}\}/gu, (_, name: string) => data[name]!),
  );
}

/** What the tests of the rules have on record. */
function recordedMessages(): [snapshots: string, messages: LintMessage[]][] {
  const folder = fileURLToPath(new URL("../../eslint-plugin/test/rules/", import.meta.url));
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".eslintsnap"))
    .map((path) => {
      const cases = readFileSync(join(folder, path), "utf8")
        .split(/^Test: (?=\S+ >> )/mu)
        .slice(1);
      const messages = cases.flatMap((text) => {
        const rule = `holdfast/${/^\S+/u.exec(text)![0]}`;
        return Array.from(text.matchAll(/^\[\d+\] (?<message>.+)$/gmu), ({ groups }) => found(rule, groups!["message"]!));
      });
      return [basename(path, ".test.ts.eslintsnap"), messages];
    });
}
