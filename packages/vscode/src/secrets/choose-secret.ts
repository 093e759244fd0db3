import { env, l10n, window } from "vscode";

import { type SecretStatus, secretsIn } from "../holdfast/answers.ts";
import { ask, type Tools } from "../holdfast/tools.ts";
import type { PolicyChoice } from "../policy/choose-policy.ts";
import { secretItem } from "./secret-text.ts";

/** The state of every secret of a policy; undefined when it could not be read, which the person was told. */
export async function readSecrets(tools: Tools, { file, folder }: PolicyChoice): Promise<readonly SecretStatus[] | undefined> {
  const args = ["status", "--json", "--policy", file];
  return secretsIn(await ask(tools, l10n.t("Holdfast: reading the state of secrets"), { args, cwd: folder }));
}

export async function pickSecret(secrets: readonly SecretStatus[], placeHolder: string): Promise<SecretStatus | undefined> {
  if (secrets.length === 0) {
    void window.showInformationMessage(l10n.t("The policy names no secret. Add one under `secrets:` in holdfast.yaml."));
    return undefined;
  }
  const wording = { t: l10n.t, language: env.language, now: new Date() };
  const items = secrets.map((status) => secretItem(status, wording));
  return (await window.showQuickPick(items, { placeHolder, matchOnDescription: true, matchOnDetail: true }))?.status;
}
