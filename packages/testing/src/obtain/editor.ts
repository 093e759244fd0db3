import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exists, obtainOnce } from "./cache.ts";
import { findOnPath, run } from "./command.ts";
import { MissingToolError } from "./missing-tool.ts";
import { progress } from "./progress.ts";

export interface Editor {
  /** VS Code's server build for the browser; a script that wants Node 24 first on PATH. */
  codeServer: string;
  /** Absolute path of a Chromium or Chrome. */
  chromium: string;
}

const version = "4.139.1";

/** A real VS Code (1.139.1) and the browser to drive it with: no display, no Electron, no marketplace. */
export async function obtainEditor(): Promise<Editor> {
  return { codeServer: await obtainCodeServer(), chromium: await obtainChromium() };
}

async function obtainCodeServer(): Promise<string> {
  if (process.platform === "win32")
    throw missing("code-server", "it does not run on Windows", "Run the editor's tests under WSL or on Linux.");
  const folder = await obtainOnce({
    name: `code-server-${version}`,
    label: `code-server ${version}`,
    announce: `installing code-server ${version} (about 30 seconds and 630 MB the first time)`,
    definedBy: [version],
    make: install,
  });
  return join(folder, "node_modules", ".bin", "code-server");
}

/** Its own installer compiles native modules; without them only the integrated terminal is missing, and no compiler is needed. */
async function install(folder: string): Promise<void> {
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "code-server-for-tests", private: true }));
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const vscode = join(folder, "node_modules", "code-server", "lib", "vscode");
  try {
    await run("npm", ["install", ...quiet, `code-server@${version}`], { cwd: folder });
    await run("npm", ["install", "--omit=dev", ...quiet], { cwd: vscode });
    await run("npm", ["install", "--omit=dev", ...quiet], { cwd: join(vscode, "extensions") });
  } catch (cause) {
    const why = `installing it failed (${cause instanceof Error ? cause.message : String(cause)})`;
    throw missing("code-server", why, "It comes from the npm registry.", cause);
  }
}

async function obtainChromium(): Promise<string> {
  return (await findChromium()) ?? (await installChromium());
}

/** CHROMIUM, else what is on PATH or where the system installs it. */
async function findChromium(): Promise<string | undefined> {
  const { CHROMIUM: chosen } = process.env;
  if (chosen !== undefined && chosen !== "") return chosen;
  const application = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
  return (await findOnPath("chromium", "chromium-browser", "google-chrome")) ?? ((await exists(application)) ? application : undefined);
}

/** Debian's package, when we may install it: on CI and in containers. */
async function installChromium(): Promise<string> {
  const remedy = "Install it (Debian: apt-get install chromium) or set CHROMIUM to the path of a Chromium or Chrome.";
  if (process.getuid?.() !== 0 || (await findOnPath("apt-get")) === undefined) throw missing("Chromium", "there is none on PATH", remedy);
  progress("installing Chromium with apt-get (about 30 seconds and 390 MB the first time) …");
  const install = (): Promise<string> =>
    run("apt-get", ["-o", "DPkg::Lock::Timeout=300", "install", "--yes", "--no-install-recommends", "chromium"], {
      env: { DEBIAN_FRONTEND: "noninteractive" },
    });
  try {
    await install().catch(async () => {
      await run("apt-get", ["update"]);
      await install();
    });
  } catch (cause) {
    throw missing("Chromium", `apt-get could not install it (${cause instanceof Error ? cause.message : String(cause)})`, remedy, cause);
  }
  const installed = await findChromium();
  if (installed === undefined) throw missing("Chromium", "apt-get installed it, but it is not on PATH", remedy);
  return installed;
}

function missing(tool: string, why: string, remedy: string, cause?: unknown): MissingToolError {
  return new MissingToolError({ tool, why, remedy, cause });
}
