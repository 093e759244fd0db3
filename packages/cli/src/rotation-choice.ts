import { exitCodes, Failure } from "./failure.ts";

/** Which secrets `plan` and `rotate` take besides those that are due. */
export interface RotationChoice {
  readonly all?: boolean;
  readonly force?: boolean;
}

/** `--force` alone would rotate every secret there is; that has to be said with `--all`. */
export function requireNamesForForce(command: "plan" | "rotate", names: readonly string[], { all, force }: RotationChoice): void {
  if (!force || all || names.length > 0) return;
  throw new Failure({
    code: "usage",
    exitCode: exitCodes.usage,
    what: "--force needs the names of the secrets, or --all",
    left: "Nothing was done",
    next: `For example: holdfast ${command} --force psp/webhook`,
  });
}
