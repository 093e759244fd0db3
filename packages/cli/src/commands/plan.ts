import type { SecretPlan } from "@holdfast/rotation";

import { type ExitCode, exitCodes } from "../failure.ts";
import { answer } from "../output/json.ts";
import { count, printable, type Terminal, terminalOf, wrap } from "../output/terminal.ts";
import { type RotationChoice, requireNamesForForce } from "../rotation-choice.ts";
import { named, withRotation } from "../rotation-session.ts";

export interface PlanOptions extends RotationChoice {
  readonly json?: boolean;
  readonly policy?: string;
}

/** `holdfast plan`: 1 when something stands in the way of what rotate would do. */
export async function plan(names: readonly string[], { json, policy, ...choice }: PlanOptions): Promise<ExitCode> {
  requireNamesForForce("plan", names, choice);
  const plans = await withRotation(policy, (rotation) => rotation.plan(named(names), choice));
  const sameForRotate = ["holdfast rotate", choice.all && "--all", choice.force && "--force", ...names].filter(Boolean).join(" ");
  process.stdout.write(json ? answer({ secrets: plans }) : textOf(plans, printable(sameForRotate), terminalOf(process.stdout)));
  return plans.some(({ obstacles }) => obstacles.length > 0) ? exitCodes.findings : exitCodes.done;
}

function textOf(plans: readonly SecretPlan[], command: string, terminal: Terminal): string {
  return `${plans.map((plan) => block(plan, terminal)).join("\n")}${plans.length > 0 ? "\n" : ""}${summary(plans, command, terminal.colors)}`;
}

function block({ secret, store, action, reason, steps, obstacles }: SecretPlan, { colors, columns }: Terminal): string {
  const what = action === "nothing" ? colors.dim("nothing to do") : colors.bold(action);
  return [
    `${colors.underline(printable(secret))} in ${printable(store)}: ${what}, ${printable(reason)}`,
    ...steps.flatMap((step, index) => item(`${index + 1}.`, step, columns)),
    ...obstacles.flatMap((obstacle) => item(colors.red("✖"), obstacle, columns)),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

function item(mark: string, text: string, columns: number): string[] {
  return wrap(printable(text), columns - 5).map((line, index) => (index === 0 ? `  ${mark} ${line}` : `     ${line}`));
}

function summary(plans: readonly SecretPlan[], command: string, colors: Terminal["colors"]): string {
  const todo = plans.filter(({ action }) => action !== "nothing");
  const blocked = plans.filter(({ obstacles }) => obstacles.length > 0);
  if (blocked.length > 0) {
    return `${colors.red("✖")} ${count(blocked.length, "secret")} could not be rotated as things are. Nothing was changed.\n`;
  }
  if (todo.length === 0) return `${colors.green("✔")} Nothing is due. Nothing was changed.\n`;
  return `Nothing was changed. ${colors.bold(command)} does this for ${count(todo.length, "secret")}.\n`;
}
