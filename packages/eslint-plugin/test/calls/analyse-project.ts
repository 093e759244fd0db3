import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import * as parser from "@typescript-eslint/parser";
import { onTestFinished } from "vitest";

import { analyseCalls, type CallAnalysis } from "../../src/calls/analyse.ts";
import type { OutboundCall } from "../../src/calls/outbound-call.ts";
import { printUrl } from "../../src/findings/words.ts";
import { nameOf } from "../../src/findings/words.ts";

export type Files = Readonly<Record<string, string>>;

/** Writes the files into a folder of their own and analyses one of them (the first, unless named). */
export function analyse(files: Files, entry = Object.keys(files)[0]!): CallAnalysis {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-calls-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return analyseText(files[entry]!, join(folder, entry));
}

export function analyseText(text: string, path: string): CallAnalysis {
  const { ast, scopeManager, visitorKeys } = parser.parseForESLint(text, { filePath: path, range: true, loc: true, sourceType: "module" });
  return analyseCalls({
    sourceCode: { ast, text, scopeManager, visitorKeys },
    physicalFilename: path,
    languageOptions: { parser, parserOptions: {} },
  });
}

/** Every call in one line: `POST https://api.psp.example/v1 300 ms (total) axios-retry×3 key:idempotency-key`. */
export function callsOf(files: Files, entry?: string): string[] {
  return analyse(files, entry).calls.map(print);
}

export function print({ method, url, timeout, retries, idempotencyKey }: OutboundCall): string {
  return [
    method.kind === "unknown" ? "?" : method.value,
    printUrl(url) ?? "an upstream",
    printTimeout(timeout),
    ...retries.map((layer) => `${nameOf(layer)}×${layer.retries.kind === "unknown" ? "?" : layer.retries.value}`),
    idempotencyKey.kind === "unknown" ? "key:?" : idempotencyKey.value && `key:${idempotencyKey.value.carrier}`,
  ]
    .filter(Boolean)
    .join(" ");
}

function printTimeout(timeout: OutboundCall["timeout"]): string {
  if (timeout.kind === "unknown") return "?";
  return timeout.value.bounds === "nothing" ? "unbounded" : `${timeout.value.ms} ms (${timeout.value.bounds})`;
}
