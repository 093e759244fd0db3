import { l10n, window } from "vscode";

import type { SecretStatus } from "../holdfast/answers.ts";
import type { Tools } from "../holdfast/tools.ts";
import { choosePolicy, type PolicyChoice } from "../policy/choose-policy.ts";
import { isTrusted } from "../trust.ts";
import { pickSecret, readSecrets } from "./choose-secret.ts";
import { followRotation } from "./follow-rotation.ts";

/** `Holdfast: Rotate Secret…`: a picked secret, due or not, after one question. */
export async function rotateSecret(tools: Tools): Promise<void> {
  const policy = isTrusted() ? await choosePolicy() : undefined;
  const secrets = policy && (await readSecrets(tools, policy));
  const secret = secrets && (await pickSecret(secrets, l10n.t("Choose the secret to rotate")));
  if (policy && secret) await rotateAfterQuestion(tools, policy, secret);
}

export async function rotateAfterQuestion(tools: Tools, policy: PolicyChoice, { secret, store, state }: SecretStatus): Promise<void> {
  const rotate = l10n.t("Rotate");
  const detail = [
    l10n.t("A new value is made, tried and written to the store {0}.", store),
    l10n.t("Every step is recorded in the audit log, and a rotation that is interrupted can be resumed."),
    ...(state === "overlap" ? [l10n.t("The value before the current one is still valid: it stops working at once.")] : []),
  ].join(" ");
  if ((await window.showWarningMessage(l10n.t("Rotate {0} now?", secret), { modal: true, detail }, rotate)) !== rotate) return;
  await followRotation(tools, policy, { title: l10n.t("Rotating {0}", secret), args: ["rotate", secret, "--force"] });
}
