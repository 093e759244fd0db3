import { type HostContext, readProgram } from "../calls/read-program.ts";
import { isJudgedFile } from "../findings/judged-calls.ts";
import type { FileRole } from "../project/file-role.ts";
import { callOptionsSchema, settingsOf } from "../settings.ts";

/** What every webhook rule takes as options; they win over the settings. */
export interface WebhookOptions {
  readonly alsoIn?: readonly FileRole[];
}

export const webhookOptionsSchema = { alsoIn: callOptionsSchema.alsoIn };

/** Whether webhook rules judge the file: product code, and what the options or settings name. */
export function isJudged(
  context: HostContext & { readonly settings: unknown },
  { alsoIn = settingsOf(context).alsoIn ?? [] }: WebhookOptions,
): boolean {
  const program = readProgram(context);
  return program !== undefined && isJudgedFile(program, { alsoIn });
}
