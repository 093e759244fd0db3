import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { exitCodes } from "../src/failure.ts";
import { helpPages, withHelp } from "../tools/documented-help.ts";
import { buildIfStale, holdfast, temporaryFolder, write } from "./built-command.ts";

const document = readFileSync(new URL("../../../docs/cli.md", import.meta.url), "utf8");

test("docs/cli.md has the help of every command as it is now (node --conditions=holdfast-source tools/write-help.ts writes it)", () => {
  expect(document).toBe(withHelp(document));
  const documented = [...document.matchAll(/^<!-- help: ?(?<name>[a-z ]*?) ?-->$/gmu)].map(({ groups }) => groups?.["name"]);
  // Prints its two commands, which have sections of their own.
  const expected = [...helpPages().keys()].filter((name) => name !== "audit");
  expect(documented).toEqual(expected);
});

test("docs/cli.md explains every exit code", () => {
  const explained = [...document.matchAll(/^\| (?<code>\d) +\|/gmu)].map(({ groups }) => Number(groups?.["code"]));
  expect(explained).toEqual(Object.values(exitCodes).toSorted());
});

test("docs/cli.md shows what check prints, as check prints it", async () => {
  await buildIfStale();
  const cwd = temporaryFolder();
  write(cwd, {
    "holdfast.yaml": `version: 1
budgets:
  slo: 400ms
  timeout: 300ms
retries:
  limit: 2
upstreams:
  psp:
    match: ["https://api.psp.example/**"]
    retries: 2
`,
    "src/psp.ts": `import axios from "axios";
import axiosRetry from "axios-retry";

const psp = axios.create({ baseURL: "https://api.psp.example/v1" });
axiosRetry(psp, { retries: 5 });
export const pay = (order: object) => psp.post("/payments", order);
`,
  });
  const { stdout } = await holdfast(["check"], { cwd });
  const section = document.slice(document.indexOf("\n## check\n"));
  const shown = /```sh\nholdfast check\n```\n\n```text\n(?<text>[^]*?)```/u.exec(section)?.groups?.["text"];
  expect(stdout).toBe(shown);
});
