import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { filesToLint } from "../src/index.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "holdfast-files-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(files: Record<string, string | Buffer>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

function found(...paths: string[]) {
  const { files, problems } = filesToLint(paths, { cwd: root });
  return {
    files: files.map((file) => relative(root, file)),
    problems: problems.map(({ path, code, severity }) => `${relative(root, path)}: ${code} (${severity})`),
  };
}

/** Root may read everything, so a run as root becomes "nobody" for a moment. */
function withoutRootsPowers<T>(act: () => T): T {
  const isRoot = process.geteuid!() === 0;
  if (isRoot) process.seteuid!(65534);
  try {
    return act();
  } finally {
    if (isRoot) process.seteuid!(0);
  }
}

describe("walking a folder", () => {
  it("finds code and text, also behind a dot, and passes over node_modules, .git, lockfiles and binaries", () => {
    write({
      "src/pay.ts": "x",
      ".env": "A=1",
      Dockerfile: "FROM node",
      "node_modules/a/index.js": "x",
      ".git/config": "x",
      "pnpm-lock.yaml": "x",
      "package-lock.json": "x",
      "logo.png": Buffer.from([0x89, 0x50, 0, 1]),
    });
    expect(found(".")).toEqual({ files: [".env", "Dockerfile", "src/pay.ts"], problems: [] });
  });

  it("lists exactly what git would add, with nested .gitignore files and negations", () => {
    write({
      ".gitignore": "*.log\n/dist/\nbuild\n!keep.log\n",
      "a.log": "x",
      "keep.log": "x",
      "dist/a.js": "x",
      "sub/dist/a.js": "x",
      "sub/.gitignore": "secret.*\n!a.log\n",
      "sub/a.log": "x",
      "sub/secret.ts": "x",
      "sub/deep/secret.json": "x",
      "sub/deep/.gitignore": "!secret.json\n",
      "secret.ts": "x",
      "lib/build/x.js": "x",
      "build.ts": "x",
      ".git-is-not-a-repo": "x",
      "private.ts": "x",
    });
    execFileSync("git", ["init", "-q"], { cwd: root });
    writeFileSync(join(root, ".git", "info", "exclude"), "private.ts\n");
    const git = execFileSync("git", ["ls-files", "--others", "--exclude-standard"], { cwd: root, encoding: "utf8" }).trim().split("\n");
    expect(found(".").files.toSorted()).toEqual(git.toSorted());
    expect(git).toContain("sub/a.log");
  });

  it("respects the .gitignore of the parents up to the root of the repository, and none beyond it", () => {
    write({
      ".gitignore": "*.ts\n",
      "repo/.git/HEAD": "x",
      "repo/.gitignore": "*.gen.js\n",
      "repo/packages/a/a.ts": "x",
      "repo/packages/a/a.gen.js": "x",
    });
    expect(found("repo/packages/a").files).toEqual(["repo/packages/a/a.ts"]);
  });

  it("takes an ignored folder that was asked for by name", () => {
    write({ ".git/HEAD": "x", ".gitignore": "dist/\n", "dist/a.js": "x" });
    expect(found("dist").files).toEqual(["dist/a.js"]);
  });

  it("ends on circular symbolic links and does not leave the folder through one", () => {
    write({ "a/b.ts": "x", "outside/c.ts": "x" });
    symlinkSync("..", join(root, "a", "up"));
    symlinkSync("self", join(root, "a", "self"));
    symlinkSync(join(root, "outside"), join(root, "a", "out"));
    expect(found("a")).toEqual({ files: ["a/b.ts"], problems: [] });
  });

  it("passes over sockets and pipes without opening them", async () => {
    write({ "a.ts": "x" });
    execFileSync("mkfifo", [join(root, "pipe")]);
    const server = createServer().listen(join(root, "socket"));
    await new Promise((listening) => server.once("listening", listening));
    expect(found(".")).toEqual({ files: ["a.ts"], problems: [] });
    await new Promise((closed) => server.close(closed));
  });

  it("names what is too large to lint", () => {
    write({ "big.js": "", "big.txt": "", "fits.txt": "" });
    truncateSync(join(root, "big.js"), 5 * 1024 * 1024 + 1);
    truncateSync(join(root, "big.txt"), 50 * 1024 * 1024 + 1);
    expect(found(".")).toEqual({ files: ["fits.txt"], problems: ["big.js: too-large (notice)", "big.txt: too-large (notice)"] });
  });

  it("reports a folder it may not read and goes on", () => {
    write({ "closed/a.ts": "x", "open/a.ts": "x" });
    chmodSync(root, 0o755);
    chmodSync(join(root, "closed"), 0);
    expect(withoutRootsPowers(() => found("."))).toEqual({ files: ["open/a.ts"], problems: ["closed: unreadable (error)"] });
    chmodSync(join(root, "closed"), 0o700);
  });
});

describe("a path named explicitly", () => {
  it("is taken although git ignores it, and only once", () => {
    write({ ".git/HEAD": "x", ".gitignore": "*.env\n", "a.env": "x" });
    expect(found("a.env", "./a.env").files).toEqual(["a.env"]);
  });

  it("is never passed over silently", () => {
    write({ "a.bin": Buffer.from([1, 0, 2]), "big.ts": "" });
    truncateSync(join(root, "big.ts"), 5 * 1024 * 1024 + 1);
    execFileSync("mkfifo", [join(root, "pipe")]);
    symlinkSync("loop", join(root, "loop"));
    expect(found("a.bin", "big.ts", "pipe", "loop", "missing.ts").problems).toEqual([
      "a.bin: binary (notice)",
      "big.ts: too-large (error)",
      "pipe: not-a-file (error)",
      "loop: unreadable (error)",
      "missing.ts: not-found (error)",
    ]);
  });

  it("says why in words", () => {
    write({ "big.ts": "" });
    truncateSync(join(root, "big.ts"), 6 * 1024 * 1024);
    symlinkSync("loop", join(root, "loop"));
    const { problems } = filesToLint(["big.ts", "loop", "nope"], { cwd: root });
    expect(problems.map(({ message }) => message.replaceAll(root, "."))).toEqual([
      "./big.ts was not linted: it has 6 MB and the limit for code is 5 MB.",
      "./loop could not be read: its symbolic links form a circle.",
      "./nope does not exist.",
    ]);
  });
});
