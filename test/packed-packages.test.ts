import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { packageManager: string };

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly version: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, unknown>>;
}

/** What would be published, as it would be published. */
interface Packed {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly tarball: string;
}

let workplace: string;
let packages: Packed[];

beforeAll(async () => {
  workplace = mkdtempSync(join(tmpdir(), "holdfast-packed-"));
  packages = [];
  for (const folder of publishedFolders()) packages.push(await pack(folder));
}, 300_000);

afterAll(() => rmSync(workplace, { recursive: true, force: true, maxRetries: 3 }));

describe("each published package", () => {
  it("is packed with its licence, its page and what its manifest names, and nothing of its sources or tests", async () => {
    for (const { tarball, manifest } of packages) {
      const { stdout } = await run("tar", ["-tzf", tarball]);
      const files = stdout
        .trim()
        .split("\n")
        .map((path) => path.replace("package/", ""));
      expect(files, manifest.name).toEqual(expect.arrayContaining(["package.json", "LICENSE", "README.md"]));
      expect(
        files.filter((path) => /^(?:src|test)\/|\.test\.|tsconfig|vitest/u.test(path)),
        manifest.name,
      ).toEqual([]);
      for (const bin of Object.values(manifest.bin ?? {})) expect(files, manifest.name).toContain(bin.replace(/^\.\//u, ""));
    }
  });

  it("passes publint", async () => {
    for (const { tarball, manifest } of packages) {
      const { stdout } = await run("publint", ["run", tarball, "--strict"]).catch(outputOf);
      expect(stdout, manifest.name).toContain("All good!");
    }
  }, 120_000);

  it("has types that resolve, as told by arethetypeswrong", async () => {
    for (const { tarball, manifest } of packages.filter(({ manifest }) => manifest.exports?.["."])) {
      // All packages are ES modules; Node 20.19 and newer can require() them, which `cjs-resolves-to-esm` does not know.
      const { stdout, failed } = await run("attw", [
        tarball,
        "--profile",
        "node16",
        "--ignore-rules",
        "cjs-resolves-to-esm",
        "--format",
        "ascii",
      ]).then(({ stdout }) => ({ stdout, failed: false }), outputOf);
      expect(failed, `${manifest.name}\n${stdout}`).toBe(false);
    }
  }, 240_000);
});

describe.each([
  ["npm", installWithNpm],
  ["pnpm", installWithPnpm],
] as const)("installed in an empty folder with %s", (_name, install) => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(workplace, "project-"));
    await install(folder);
  }, 300_000);

  it.each(nodes())(
    "every package is imported as an ES module and required from CommonJS by %s",
    async (_version, node) => {
      for (const { manifest } of packages.filter(({ manifest }) => manifest.exports?.["."])) {
        const text = `if (Object.keys(module).length === 0) throw new Error("nothing is exported");`;
        const esm = `import * as module from ${JSON.stringify(manifest.name)}; ${text}`;
        const cjs = `{ const module = require(${JSON.stringify(manifest.name)}); ${text} }`;
        await run(node, ["--input-type=module", "--eval", esm], { cwd: folder });
        await run(node, ["--input-type=commonjs", "--eval", cjs], { cwd: folder });
      }
    },
    60_000,
  );

  it.each(nodes())(
    "the command lints a file and ends with 1 for a finding under %s",
    async (_version, node) => {
      writeFileSync(join(folder, "call.ts"), `export const rates = () => fetch("https://rates.example/v1/latest");\n`);
      const command = join(folder, "node_modules", "holdfast", "bin", "holdfast.js");
      const { stdout, code } = await run(node, [command, "check", "call.ts", "--format", "json"], { cwd: folder }).then(
        ({ stdout }) => ({ stdout, code: 0 }),
        outputOf,
      );
      expect(code).toBe(1);
      const [result] = JSON.parse(stdout) as { messages: { ruleId: string }[] }[];
      expect(result?.messages.map(({ ruleId }) => ruleId)).toContain("holdfast/require-timeout");
    },
    60_000,
  );

  it("ESLint takes the plugin's recommended config", async () => {
    writeFileSync(
      join(folder, "eslint.config.mjs"),
      `import holdfast from "eslint-plugin-holdfast";\nexport default [...holdfast.configs.recommended, holdfast.fromPolicy()];\n`,
    );
    writeFileSync(join(folder, "call.js"), `export const rates = () => fetch("https://rates.example/v1/latest");\n`);
    const { stdout } = await run(bin(folder, "eslint"), ["call.js", "--format", "json"], {
      cwd: folder,
      shell: process.platform === "win32",
    }).catch(outputOf);
    const [result] = JSON.parse(stdout) as { messages: { ruleId: string }[] }[];
    expect(result?.messages.map(({ ruleId }) => ruleId)).toContain("holdfast/require-timeout");
  }, 60_000);

  it("oxlint takes the plugin by its name", async () => {
    const config = { jsPlugins: ["eslint-plugin-holdfast"], rules: { "holdfast/require-timeout": "error" } };
    writeFileSync(join(folder, ".oxlintrc.json"), JSON.stringify(config));
    writeFileSync(join(folder, "call.js"), `export const rates = () => fetch("https://rates.example/v1/latest");\n`);
    const { stdout } = await run(bin(folder, "oxlint"), ["--format", "unix", "call.js"], {
      cwd: folder,
      shell: process.platform === "win32",
    }).catch(outputOf);
    expect(stdout).toMatch(/call\.js:1:28: .*holdfast\(require-timeout\)/u);
  }, 60_000);
});

/** The Node that runs the tests, and the machine's own where that is another: users have the oldest we support. */
function nodes(): [version: string, program: string][] {
  const name = process.platform === "win32" ? "node.exe" : "node";
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
  const own = folders.map((folder) => join(folder, name)).find((program) => existsSync(program));
  const programs = own === undefined ? [process.execPath] : [process.execPath, own];
  const versions = programs.map((program) => [execFileSync(program, ["--version"], { encoding: "utf8" }).trim(), program] as const);
  return [...new Map(versions)].map(([version, program]) => [`Node ${version}`, program]);
}

function publishedFolders(): string[] {
  return readdirSync(join(root, "packages"))
    .map((name) => join(root, "packages", name))
    .filter((folder) => !manifestOf(folder).private);
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

/** pnpm puts real versions in the place of `workspace:` and the published exports in the place of ours. */
async function pack(folder: string): Promise<Packed> {
  const { stdout } = await pnpm(["pack", "--pack-destination", workplace, "--json"], folder);
  const { filename } = JSON.parse(stdout) as { filename: string };
  const target = mkdtempSync(join(workplace, "unpacked-"));
  const tarball = join(workplace, filename.split(/[\\/]/u).at(-1) ?? filename);
  await run("tar", ["-xzf", tarball, "-C", target]);
  return { folder, tarball, manifest: manifestOf(join(target, "package")) };
}

async function installWithNpm(folder: string): Promise<void> {
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: dependencies() }));
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline"], {
    cwd: folder,
    shell: process.platform === "win32",
    maxBuffer: 1 << 26,
  });
}

async function installWithPnpm(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: dependencies() }));
  const overrides = packages
    .map(({ manifest, tarball }) => `  ${JSON.stringify(manifest.name)}: ${JSON.stringify(`file:${tarball}`)}\n`)
    .join("");
  writeFileSync(join(folder, "pnpm-workspace.yaml"), `pmOnFail: ignore\noverrides:\n${overrides}`);
  await pnpm(["install", "--prefer-offline", "--reporter=append-only"], folder);
}

function dependencies(): Record<string, string> {
  const pinned = (folder: string) =>
    (JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as { devDependencies: Record<string, string> }).devDependencies;
  const { eslint } = pinned(".");
  const { oxlint } = pinned(join("packages", "eslint-plugin"));
  return {
    ...Object.fromEntries(packages.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`])),
    eslint: eslint!,
    oxlint: oxlint!,
  };
}

function pnpm(args: readonly string[], cwd: string): Promise<{ stdout: string }> {
  return run("npx", ["--yes", packageManager, ...args], { cwd, shell: process.platform === "win32", maxBuffer: 1 << 26 });
}

function bin(folder: string, name: string): string {
  return join(folder, "node_modules", ".bin", process.platform === "win32" ? `${name}.cmd` : name);
}

function outputOf(error: unknown): { stdout: string; code: number; failed: true } {
  const { stdout = "", stderr = "", code = -1 } = error as { stdout?: string; stderr?: string; code?: number };
  return { stdout: stdout || stderr, code, failed: true };
}
