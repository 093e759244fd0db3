// Runs before `npm start` and `npm test`: installs the dependencies and builds the packages, so that a fresh clone needs no other command.
// Plain JavaScript on purpose: it must run on the oldest Node we support, before anything is installed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const minimumNode = [20, 19];
const developmentNode = [22, 18];

const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
requireNode(process.versions.node, minimumNode, "to install Holdfast");
install();
const node = developmentNodeVersion();
requireNode(node, developmentNode, "to build and test Holdfast");
build();

function requireNode(version, [major, minor], purpose) {
  const [haveMajor, haveMinor] = version.split(".").map(Number);
  if (haveMajor > major || (haveMajor === major && haveMinor >= minor)) return;
  fail(
    `Node ${major}.${minor} or newer is needed ${purpose}; this is Node ${version}.`,
    "Linux and Windows get it from npm by themselves; on macOS install Node 24 (nodejs.org, nvm, fnm or Homebrew) and run the command again.",
  );
}

/** pnpm is fetched by npx at the version the repository pins; when everything is in place this takes about a second. */
function install() {
  const stamp = join(root, "node_modules", ".holdfast-installed");
  const wanted = hashOf(["pnpm-lock.yaml", "pnpm-workspace.yaml", ...packageFolders().map((folder) => join(folder, "package.json"))]);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  progress("installing dependencies (the first time takes about a minute)");
  run("npx", ["--yes", packageManager, "install", "--frozen-lockfile", "--reporter=append-only"], "installing the dependencies failed");
  writeFileSync(stamp, wanted);
}

/** Rebuilds only when a source file changed since the last build. */
function build() {
  const stamp = join(root, "node_modules", ".holdfast-built");
  const sources = packageFolders().flatMap((folder) => [
    join(folder, "package.json"),
    join(folder, "tsdown.config.ts"),
    ...filesUnder(join(folder, "src")),
  ]);
  const wanted = hashOf(["tsdown.shared.ts", "tsconfig.base.json", ...sources.filter((file) => existsSync(join(root, file)))]);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  progress("building the packages");
  run("npx", ["--yes", packageManager, "--silent", "run", "build"], "building the packages failed");
  writeFileSync(stamp, wanted);
}

function run(command, args, failure) {
  const windows = process.platform === "win32";
  const result = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    shell: windows,
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (result.status === 0) return;
  process.stderr.write((result.stdout ?? "") + (result.stderr ?? ""));
  fail(
    `${failure} (${command} ${args.join(" ")}: ${result.error?.message ?? `exit ${result.status}`}).`,
    "The output above says why; a registry that cannot be reached is the most common reason.",
  );
}

/** The version that scripts will run on: npm puts node_modules/.bin first on PATH, where the `node` package may have put one. */
function developmentNodeVersion() {
  const local = join(root, "node_modules", ".bin", process.platform === "win32" ? "node.CMD" : "node");
  if (!existsSync(local)) return process.versions.node;
  const answer = spawnSync(local, ["--version"], { encoding: "utf8", shell: process.platform === "win32" });
  return answer.status === 0 ? answer.stdout.trim().slice(1) : process.versions.node;
}

function packageFolders() {
  return ["packages", "examples"].flatMap((parent) =>
    existsSync(join(root, parent))
      ? readdirSync(join(root, parent))
          .filter((name) => existsSync(join(root, parent, name, "package.json")))
          .map((name) => join(parent, name))
      : [],
  );
}

function filesUnder(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((file) => statSync(join(root, file)).isFile())
    .sort();
}

function hashOf(files) {
  const hash = createHash("sha256").update(process.platform + process.arch);
  for (const file of ["package.json", ...files]) if (existsSync(join(root, file))) hash.update(file).update(readFileSync(join(root, file)));
  mkdirSync(join(root, "node_modules"), { recursive: true });
  return hash.digest("hex");
}

function progress(text) {
  process.stderr.write(`holdfast: ${text} …\n`);
}

function fail(what, next) {
  process.stderr.write(`holdfast: ${what}\n  ${next}\n`);
  process.exit(1);
}
