import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { root, trackedFiles } from "./documents.ts";

const files = trackedFiles().filter((path) => existsSync(join(root, path)) && !/\.(?:png|ico|vsix)$/u.test(path));
const textOf = (path: string) => readFileSync(join(root, path), "utf8");

describe("files under version control", () => {
  it("name no download address of a registry and no folder of a machine", () => {
    const registry = new RegExp(["registry\\.(?:npmjs|yarnpkg)", "files\\.pythonhosted", "proxy\\.golang", "deb\\.debian"].join("|"), "u");
    const machine = new RegExp(["/(?:home|Users)/(?!me/|you/|runner/|app/|node/)[a-z]", "/root/", "/work/"].join("|"), "u");
    expect(files.filter((path) => path !== "test/repository.test.ts" && registry.test(textOf(path)))).toEqual([]);
    expect(files.filter((path) => path !== "test/repository.test.ts" && machine.test(textOf(path)))).toEqual([]);
  });

  it("hold no merge marker and end with a newline", () => {
    expect(files.filter((path) => /^(?:<<<<<<< |>>>>>>> )/mu.test(textOf(path)))).toEqual([]);
    expect(
      files.filter(
        (path) =>
          /\.(?:ts|js|md|yaml|yml)$/u.test(path) && !path.includes("fixtures/") && textOf(path) !== "" && !textOf(path).endsWith("\n"),
      ),
    ).toEqual([]);
  });

  it("leave nothing for later", () => {
    const later = new RegExp(`\\b(?:${["TO", "DO|FIX", "ME|XX", "X"].join("")})\\b`, "u");
    expect(files.filter((path) => /\.(?:ts|js)$/u.test(path) && path !== "test/repository.test.ts" && later.test(textOf(path)))).toEqual(
      [],
    );
  });
});

describe("packages", () => {
  const folders = readdirSync(join(root, "packages")).filter((name) => statSync(join(root, "packages", name)).isDirectory());
  const manifests = folders.map((name) => [name, JSON.parse(textOf(`packages/${name}/package.json`)) as Manifest] as const);

  interface Manifest {
    readonly name: string;
    readonly private?: boolean;
    readonly license: string;
    readonly description: string;
    readonly dependencies?: Readonly<Record<string, string>>;
    readonly repository?: { readonly url: string; readonly directory: string };
    readonly engines?: { readonly node?: string; readonly vscode?: string };
  }

  it.each(manifests)("%s says what it is, its licence, and the Node it needs", (_name, manifest) => {
    expect(manifest.license).toBe("MIT");
    const isExtension = manifest.engines?.vscode !== undefined;
    // The extension's description is translated, in package.nls.json.
    expect(manifest.description).toMatch(isExtension ? /^%description%$/u : /.{20,}/u);
    if (!manifest.private && !isExtension) expect(manifest.engines?.node).toBe("^20.19.0 || ^22.13.0 || >=24");
  });

  it("are all in the map of CONTRIBUTING.md and docs/architecture.md", () => {
    for (const page of ["CONTRIBUTING.md", "docs/architecture.md"])
      expect(
        folders.filter((name) => !textOf(page).includes(`packages/${name}`)),
        page,
      ).toEqual([]);
  });

  it("have every dependency explained in docs/dependencies.md", () => {
    const page = textOf("docs/dependencies.md");
    const named = new Set(
      manifests.filter(([, { private: isPrivate }]) => !isPrivate).flatMap(([, { dependencies = {} }]) => Object.keys(dependencies)),
    );
    expect([...named].filter((name) => !/^(?:@holdfast\/|eslint-plugin-holdfast$)/u.test(name) && !page.includes(`\`${name}\``))).toEqual(
      [],
    );
  });

  it("have a change written down while they are not released", () => {
    const changes = readdirSync(join(root, ".changeset")).filter((name) => name.endsWith(".md") && name !== "README.md");
    const released = manifests.every(([name]) => existsSync(join(root, "packages", name, "CHANGELOG.md")));
    expect(changes.length > 0 || released).toBe(true);
  });
});

describe("CI", () => {
  it("runs npm test and nothing else", () => {
    const commands = textOf(".ci/run")
      .split("\n")
      .filter((line) => line && !/^(?:#|set |cd )/u.test(line));
    expect(commands).toEqual(["exec npm test"]);
  });
});
