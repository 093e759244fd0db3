import { type CancellationToken, commands, env, l10n, type Progress, ProgressLocation, window } from "vscode";

import { errorIn, eventIn, type OutcomeEvent, parseAnswer } from "../holdfast/answers.ts";
import { showFailure, type Tools, withoutAnswer } from "../holdfast/tools.ts";
import type { PolicyChoice } from "../policy/choose-policy.ts";
import { progressText, type RotationEnd, rotationEnd } from "./rotation-text.ts";

interface RotationRun {
  readonly title: string;
  readonly args: readonly string[];
}

/** Shows a rotation as it goes, lets it be stopped between two steps, and says how it ended. */
export async function followRotation(tools: Tools, policy: PolicyChoice, { title, args }: RotationRun): Promise<void> {
  const outcomes: OutcomeEvent[] = [];
  const run = async (progress: Progress<{ message?: string; increment?: number }>, token: CancellationToken) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    return tools.holdfast({
      args: [...args, "--json", "--policy", policy.file],
      cwd: policy.folder,
      signal: controller.signal,
      onLine(line) {
        const event = eventIn(parseAnswer(line));
        if (event === undefined) return;
        if (event.event === "outcome") outcomes.push(event);
        const message = progressText(event, l10n.t);
        if (message !== undefined) progress.report({ message, increment: event.event === "step" ? stepShare : 0 });
      },
    });
  };
  const ended = await window.withProgress({ location: ProgressLocation.Notification, title, cancellable: true }, run);
  if (outcomes.length === 0) {
    const error = ended.stdout.split("\n").map((line) => errorIn(parseAnswer(line)));
    await showFailure(tools, error.find((error) => error !== undefined) ?? withoutAnswer(ended));
  }
  const wording = { t: l10n.t, language: env.language, now: new Date() };
  for (const { error } of outcomes) if (error) tools.log.warn(error.message);
  await Promise.all(outcomes.map((outcome) => showEnd(tools, rotationEnd(outcome, wording))));
}

/** Percent of the bar that one step moves it; a rotation has at most six. */
const stepShare = 16;

async function showEnd({ log }: Tools, { severity, text, next }: RotationEnd): Promise<void> {
  log[severity === "information" ? "info" : severity === "warning" ? "warn" : "error"](text);
  const button = nextStep(next);
  const shown = { information: window.showInformationMessage, warning: window.showWarningMessage, error: window.showErrorMessage }[
    severity
  ];
  if ((await shown(text, button.title)) !== button.title) return;
  await commands.executeCommand(button.command);
}

function nextStep(next: RotationEnd["next"]): { readonly title: string; readonly command: string } {
  switch (next) {
    case "verify-audit-log":
      return { title: l10n.t("Verify Audit Log"), command: "holdfast.verifyAuditLog" };
    case "resume":
      return { title: l10n.t("Resume Rotation"), command: "holdfast.resumeRotation" };
    case "show-output":
      return { title: l10n.t("Show Output"), command: "holdfast.showOutput" };
  }
}
