import { l10n, type LogOutputChannel, ProgressLocation, window } from "vscode";

import { type CommandError, errorIn, parseAnswer } from "./answers.ts";
import type { Ended, Holdfast, Run } from "./command.ts";

/** What every command of the palette works with. */
export interface Tools {
  readonly holdfast: Holdfast;
  readonly log: LogOutputChannel;
}

/** Writes each run to the output channel. The command never prints a secret, so neither does this. */
export function logged(holdfast: Holdfast, log: LogOutputChannel): Holdfast {
  return async (run) => {
    log.info(`holdfast ${run.args.join(" ")}`);
    const ended = await holdfast(run);
    for (const line of [ended.stdout, ended.stderr].filter(Boolean)) log.debug(line);
    log.info(`holdfast ${run.args[0] ?? ""} ended with exit code ${ended.exitCode}`);
    return ended;
  };
}

/** Runs a command that answers with one JSON value, and shows the person why when it could not answer. */
export async function ask(tools: Tools, title: string, run: Run): Promise<unknown> {
  const ended = await window.withProgress({ location: ProgressLocation.Window, title }, () => tools.holdfast(run));
  const answer = parseAnswer(ended.stdout);
  const error = errorIn(answer) ?? (answer === undefined ? withoutAnswer(ended) : undefined);
  if (error === undefined) return answer;
  void showFailure(tools, error);
  return undefined;
}

/** A command that ended without saying anything a program can read. */
export function withoutAnswer({ exitCode, stderr }: Ended): CommandError {
  const lines = stderr.split("\n").filter(Boolean);
  const message = lines.find((line) => line.startsWith("holdfast: "))?.slice("holdfast: ".length) ?? lines.at(-1);
  return { code: "no-answer", message: message ?? l10n.t("The holdfast command ended with exit code {0} and said nothing.", exitCode) };
}

export async function showFailure({ log }: Tools, { message, left, next, lines = [] }: CommandError): Promise<void> {
  for (const line of [message, left, next, ...lines]) if (line !== undefined) log.error(line);
  const show = l10n.t("Show Output");
  const answer = await window.showErrorMessage([message, left, next, ...lines].filter((part) => part !== undefined).join(" "), show);
  if (answer === show) log.show();
}
