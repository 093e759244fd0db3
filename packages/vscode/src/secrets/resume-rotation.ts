import { l10n, window } from "vscode";

import type { Tools } from "../holdfast/tools.ts";
import { choosePolicy } from "../policy/choose-policy.ts";
import { isTrusted } from "../trust.ts";
import { readSecrets } from "./choose-secret.ts";
import { followRotation } from "./follow-rotation.ts";

/** `Holdfast: Resume Rotation`: finishes what is unfinished and retires values whose overlap is over. */
export async function resumeRotation(tools: Tools): Promise<void> {
  const policy = isTrusted() ? await choosePolicy() : undefined;
  const secrets = policy && (await readSecrets(tools, policy));
  if (!policy || !secrets) return;
  const waiting = secrets.filter(({ state }) => state === "unfinished" || state === "overlap");
  if (waiting.length === 0) return void window.showInformationMessage(l10n.t("No rotation waits to be resumed."));
  await followRotation(tools, policy, { title: l10n.t("Resuming rotations"), args: ["resume", ...waiting.map(({ secret }) => secret)] });
}
