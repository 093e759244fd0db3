import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..", "..");
const json = <T>(...path: string[]): T => JSON.parse(readFileSync(join(root, ...path), "utf8")) as T;
const inCheckout = (text: string) => text.replace("${workspaceFolder}", root);

interface Launch {
  readonly name: string;
  readonly type: string;
  readonly args?: readonly string[];
  readonly outFiles: readonly string[];
  readonly preLaunchTask?: string;
}

interface Task {
  readonly label: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly options?: { readonly cwd: string };
  readonly dependsOn?: string;
}

const { configurations, compounds } = json<{ configurations: Launch[]; compounds: { configurations: string[] }[] }>(
  ".vscode",
  "launch.json",
);
const { tasks } = json<{ tasks: Task[] }>(".vscode", "tasks.json");
const host = configurations.find(({ type }) => type === "extensionHost")!;
const taskNamed = (label: string | undefined) => tasks.find((task) => task.label === label);

describe("F5", () => {
  it("starts the first configuration: an extension host with this extension, on the example service", () => {
    expect(configurations[0]).toBe(host);
    const [extension, folder] = host.args!.map((argument) => inCheckout(argument.replace("--extensionDevelopmentPath=", "")));
    expect(json<{ name: string }>("packages", "vscode", "package.json").name).toBe("holdfast-vscode");
    expect(extension).toBe(join(root, "packages", "vscode"));
    expect(existsSync(join(folder!, "holdfast.yaml"))).toBe(true);
  });

  it("first installs, builds, and bundles the extension", () => {
    const bundle = taskNamed(host.preLaunchTask)!;
    const folder = inCheckout(bundle.options!.cwd);
    const { scripts, main } = json<{ scripts: Record<string, string>; main: string }>("packages", "vscode", "package.json");
    expect([bundle.command, ...bundle.args]).toEqual(["npm", "run", "build"]);
    expect(folder).toBe(join(root, "packages", "vscode"));
    const [program, script] = scripts["build"]!.split(" ");
    expect(program).toBe("node");
    expect(existsSync(join(folder, script!))).toBe(true);
    // What the host loads is what the bundle writes.
    expect(main).toBe("./dist/extension.cjs");
    expect(readFileSync(join(folder, script!), "utf8")).toContain('out: "extension"');

    const setup = taskNamed(bundle.dependsOn)!;
    expect(setup.command).toBe("node");
    expect(existsSync(join(root, setup.args[0]!))).toBe(true);
  });

  it("finds every configuration that a compound names", () => {
    const names = configurations.map(({ name }) => name);
    for (const compound of compounds) for (const name of compound.configurations) expect(names).toContain(name);
  });
});
