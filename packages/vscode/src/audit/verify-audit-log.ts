import { l10n, window } from "vscode";

import { verificationIn } from "../holdfast/answers.ts";
import { ask, type Tools } from "../holdfast/tools.ts";
import { choosePolicy } from "../policy/choose-policy.ts";
import { isTrusted } from "../trust.ts";

/** `Holdfast: Verify Audit Log`: whether the records are what was written, and which one is not. */
export async function verifyAuditLog(tools: Tools): Promise<void> {
  const policy = isTrusted() ? await choosePolicy() : undefined;
  if (!policy) return;
  const args = ["audit", "verify", "--json", "--policy", policy.file];
  const verification = verificationIn(await ask(tools, l10n.t("Holdfast: verifying the audit log"), { args, cwd: policy.folder }));
  if (!verification) return;
  const { ok, records, findings } = verification;
  if (ok)
    return void window.showInformationMessage(l10n.t("The audit log is intact: {0} records, none changed, removed or reordered.", records));
  for (const { code, message } of findings) tools.log.error(`${code}: ${message}`);
  const show = l10n.t("Show Output");
  const text = l10n.t("The audit log does not verify. {0}", findings.map(({ message }) => message).join(" "));
  if ((await window.showErrorMessage(text, show)) === show) tools.log.show();
}
