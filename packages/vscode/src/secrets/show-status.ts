import { l10n, workspace } from "vscode";

import type { Tools } from "../holdfast/tools.ts";
import { choosePolicy } from "../policy/choose-policy.ts";
import { isTrusted } from "../trust.ts";
import { pickSecret, readSecrets } from "./choose-secret.ts";
import { followRotation } from "./follow-rotation.ts";
import { rotateAfterQuestion } from "./rotate-secret.ts";

/** `Holdfast: Show Secret Status`: the list of secrets; the one that is picked is rotated or resumed, whatever it needs. */
export async function showSecretStatus(tools: Tools): Promise<void> {
  const policy = isTrusted() ? await choosePolicy() : undefined;
  const secrets = policy && (await readSecrets(tools, policy));
  if (!policy || !secrets) return;
  const secret = await pickSecret(
    secrets,
    l10n.t("Secrets of {0}: choose one to rotate or resume it", workspace.asRelativePath(policy.file)),
  );
  if (secret?.state === "unfinished") {
    await followRotation(tools, policy, { title: l10n.t("Resuming {0}", secret.secret), args: ["resume", secret.secret] });
  } else if (secret) await rotateAfterQuestion(tools, policy, secret);
}
