import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { findPolicy, loadPolicy, PolicyError } from "../src/index.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-policy-"));
  file = join(folder, "holdfast.yaml");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("loadPolicy", () => {
  it("gives the policy, its absolute path, its folder and the warnings", () => {
    writeFileSync(file, "version: 1\nbudgets: { timeout: 1s }\n");
    expect(loadPolicy(relative(process.cwd(), file))).toMatchObject({
      file,
      directory: folder,
      policy: { file, defaults: { timeout: { value: 1000, line: 2 } } },
      problems: [{ code: "timeout-above-slo", severity: "warning", file, line: 2, column: 21 }],
    });
  });

  it("throws every problem at once, with its place", () => {
    writeFileSync(file, "version: 2\nbudgts: {}\n");
    expect(refusal()).toMatchObject({
      name: "PolicyError",
      code: "policy-invalid",
      message: `${file}:1:10  expected version: 1\n${file}:2:1  unknown key \`budgts\`: did you mean \`budgets\`?`,
    });
    expect(JSON.parse(JSON.stringify(refusal()))).toMatchObject({ code: "policy-invalid", problems: [{ line: 1 }, { line: 2 }] });
  });

  it("follows a symbolic link, and its paths stay relative to the link", () => {
    writeFileSync(join(folder, "shared.yaml"), "version: 1\n");
    symlinkSync("shared.yaml", file);
    expect(loadPolicy(file)).toMatchObject({ file, directory: folder });
  });

  it.each([
    ["a file that is not there", () => undefined, "there is no such file"],
    ["a folder", () => mkdirSync(file), "this is a folder: expected a file"],
    ["a link to nowhere", () => symlinkSync("nowhere", file), "there is no such file"],
    ["links in a circle", () => symlinkSync("holdfast.yaml", file), "the symbolic links that lead here go round in a circle"],
    ["a pipe", () => execFileSync("mkfifo", [file]), "this is a pipe, socket or device: expected a regular file"],
    ["Latin-1", () => writeFileSync(file, Buffer.from("version: 1 # caf\xe9\n", "latin1")), "the file is not UTF-8 text: save it as UTF-8"],
    ["UTF-16", () => writeFileSync(file, "\u{feff}version: 1\n", "utf16le"), "the file is UTF-16: save it as UTF-8"],
    [
      "more than 1 MB",
      () => writeFileSync(file, "#".repeat(1_000_001)),
      "the file is above 1 MB: a holdfast.yaml holds budgets and names, not data",
    ],
  ])("refuses %s", (_, prepare, message) => {
    prepare();
    expect(refusal().problems).toStrictEqual([
      { code: "unreadable", severity: "error", file, line: 1, column: 1, endLine: 1, endColumn: 1, message },
    ]);
  });

  it("refuses a file below a file", () => {
    writeFileSync(file, "version: 1\n");
    expect(() => loadPolicy(join(file, "holdfast.yaml"))).toThrow("there is no such file");
  });

  it("refuses a file this user may not read", () => {
    writeFileSync(file, "version: 1\n");
    chmodSync(file, 0o000);
    expect(asOrdinaryUser(refusal).message).toBe(`${file}:1:1  permission denied: this user may not read the file`);
  });

  it("reads UTF-8 with a byte order mark", () => {
    writeFileSync(file, "\u{feff}version: 1 # café\n");
    expect(loadPolicy(file).problems).toEqual([]);
  });
});

describe("findPolicy", () => {
  it("finds the nearest holdfast.yaml at or above a folder or a file", () => {
    const inner = join(folder, "services", "payments");
    mkdirSync(join(inner, "src"), { recursive: true });
    writeFileSync(file, "version: 1\n");
    writeFileSync(join(inner, "index.ts"), "");
    expect(findPolicy(folder)).toBe(file);
    expect(findPolicy(join(inner, "src"))).toBe(file);
    expect(findPolicy(join(inner, "index.ts"))).toBe(file);
    writeFileSync(join(inner, "holdfast.yaml"), "version: 1\n");
    expect(findPolicy(join(inner, "src"))).toBe(join(inner, "holdfast.yaml"));
  });

  it("is not led astray by a folder of that name, nor past a file that cannot be read", () => {
    const inner = join(folder, "inner");
    mkdirSync(join(inner, "holdfast.yaml"), { recursive: true });
    symlinkSync("nowhere", file);
    expect(findPolicy(inner)).toBe(file);
  });

  it("finds nothing where there is none", () => {
    const empty = mkdtempSync(join(tmpdir(), "holdfast-none-"));
    expect(findPolicy(empty)).toBeUndefined();
    rmSync(empty, { recursive: true });
  });
});

function refusal(): PolicyError {
  try {
    loadPolicy(file);
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
  throw new Error("the policy was accepted");
}

/** Root may read everything, so it becomes nobody for the time of the call. */
function asOrdinaryUser<T>(action: () => T): T {
  if (process.geteuid?.() !== 0) return action();
  process.seteuid?.(65_534);
  try {
    return action();
  } finally {
    process.seteuid?.(0);
  }
}
