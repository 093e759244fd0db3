import { commands, type Disposable, type ExtensionContext, window } from "vscode";

import { verifyAuditLog } from "./audit/verify-audit-log.ts";
import { holdfastCommand } from "./holdfast/command.ts";
import { logged, type Tools } from "./holdfast/tools.ts";
import { createPolicy } from "./policy/create-policy.ts";
import { resumeRotation } from "./secrets/resume-rotation.ts";
import { rotateSecret } from "./secrets/rotate-secret.ts";
import { showSecretStatus } from "./secrets/show-status.ts";
import { type LanguageServer, languageServer } from "./server/language-server.ts";

let server: LanguageServer | undefined;

export function activate(context: ExtensionContext): void {
  const log = window.createOutputChannel("Holdfast", { log: true });
  const tools: Tools = { log, holdfast: logged(holdfastCommand({ script: context.asAbsolutePath("dist/holdfast.js") }), log) };
  const started = languageServer(context, log);
  server = started;
  context.subscriptions.push(
    log,
    started,
    command("rotateSecret", () => rotateSecret(tools)),
    command("resumeRotation", () => resumeRotation(tools)),
    command("showSecretStatus", () => showSecretStatus(tools)),
    command("verifyAuditLog", () => verifyAuditLog(tools)),
    command("createPolicy", () => createPolicy(tools)),
    command("showOutput", () => log.show()),
    command("restartServer", () => started.restart()),
  );
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}

function command(name: string, run: () => void | Promise<void>): Disposable {
  return commands.registerCommand(`holdfast.${name}`, run);
}
