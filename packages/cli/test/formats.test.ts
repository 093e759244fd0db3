import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";

import { describe, expect, test } from "vitest";

import { render } from "../src/delivery/formats.ts";
import { temporaryFolder } from "./built-command.ts";

const awkward = [
  "plain",
  "with space",
  "with $dollar and `tick`",
  'double "quotes"',
  "it's",
  "two\nlines",
  "back\\slash",
  "",
  "#hash",
  "trailing ",
  "é€",
];

describe("dotenv", () => {
  test("Node's parser reads every value back as it was", () => {
    const values = awkward.map((value, index) => [`V${index}`, value] as const);
    expect(parseEnv(render("dotenv", values, "x"))).toEqual(Object.fromEntries(values));
  });

  test("a POSIX shell reads every value back as it was", () => {
    const file = join(temporaryFolder(), "values.env");
    writeFileSync(
      file,
      render(
        "dotenv",
        awkward.map((value, index) => [`V${index}`, value] as const),
        "x",
      ),
    );
    const { stdout } = spawnSync("sh", ["-c", `. "${file}"; printf '%s\\0' ${awkward.map((_, index) => `"$V${index}"`).join(" ")}`], {
      encoding: "utf8",
    });
    expect(stdout.split("\0").slice(0, -1)).toEqual(awkward);
  });

  test("a value that parsers disagree about is refused by the variable's name, not written wrongly", () => {
    expect(() => render("dotenv", [["KEY", `it's "$both"`]], "x")).toThrow(
      /^The value of KEY holds characters .* Nothing was written\. Use --format json/u,
    );
  });
});

test("json, yaml and k8s keep every value", () => {
  const values = awkward.map((value, index) => [`V${index}`, value] as const);
  expect(JSON.parse(render("json", values, "x"))).toEqual(Object.fromEntries(values));
  const yaml = render("yaml", values, "x");
  expect(
    yaml
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line.replace(/^V\d+: /u, "")) as string),
  ).toEqual(awkward);
  const k8s = render("k8s", values, "my-app").split("\n");
  expect(k8s.slice(0, 6)).toEqual(["apiVersion: v1", "kind: Secret", "metadata:", '  name: "my-app"', "type: Opaque", "data:"]);
  expect(k8s.slice(6, -1).map((line) => Buffer.from(line.replace(/^ {2}V\d+: /u, ""), "base64").toString())).toEqual(awkward);
});
