import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Packs an extension that reports a problem of a Holdfast rule the way the ESLint extension does (vscode-eslint 3.0.34: source `eslint`, code
 * `<plugin>/<rule>`, some time after us), and takes it back. The real one cannot be had where no marketplace is.
 */
export function packEslintStandIn(folder: string): string {
  const source = join(folder, "eslint-stand-in");
  const vsix = join(folder, "eslint-stand-in.vsix");
  mkdirSync(source, { recursive: true });
  writeFileSync(join(source, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(source, "extension.js"), program);
  writeFileSync(join(source, "README.md"), "Stands in for the ESLint extension in a test.\n");
  const vsce = join(import.meta.dirname, "..", "..", "node_modules", ".bin", "vsce");
  const options = ["--no-dependencies", "--skip-license", "--allow-missing-repository", "--out", vsix];
  execFileSync(vsce, ["package", ...options], { cwd: source, stdio: ["ignore", "pipe", "pipe"] });
  return vsix;
}

const manifest = {
  name: "eslint-stand-in",
  publisher: "holdfast-tests",
  version: "0.0.1",
  engines: { vscode: "^1.100.0" },
  main: "./extension.js",
  capabilities: { untrustedWorkspaces: { supported: true } },
  contributes: {
    commands: [
      { command: "eslintStandIn.report", title: "ESLint Stand-In: Report" },
      { command: "eslintStandIn.clear", title: "ESLint Stand-In: Clear" },
    ],
  },
};

const program = `
const vscode = require("vscode");
exports.activate = (context) => {
  const collection = vscode.languages.createDiagnosticCollection("eslint");
  const report = () => {
    const { document } = vscode.window.activeTextEditor;
    const line = document.getText().split("\\n").findIndex((text) => text.includes("timeout:"));
    const diagnostic = new vscode.Diagnostic(document.lineAt(line).range, "Reported by ESLint.", vscode.DiagnosticSeverity.Error);
    diagnostic.source = "eslint";
    diagnostic.code = { value: "holdfast/max-timeout", target: vscode.Uri.parse("https://eslint.example/max-timeout") };
    collection.set(document.uri, [diagnostic]);
  };
  context.subscriptions.push(
    collection,
    vscode.commands.registerCommand("eslintStandIn.report", report),
    vscode.commands.registerCommand("eslintStandIn.clear", () => collection.clear()),
  );
};
`;
