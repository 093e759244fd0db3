import { readEnvironment } from "../delivery/environment.ts";
import type { Values } from "../delivery/formats.ts";
import { runChild } from "../delivery/run-child.ts";
import { exitCodes, Failure } from "../failure.ts";
import { failureOf } from "../output/failure-of.ts";
import { withRotation } from "../rotation-session.ts";

export interface ExecOptions {
  readonly pristine?: boolean;
  readonly policy?: string;
}

/** `holdfast exec`: ends as the program ended. When a secret cannot be read, the program is not started. */
export async function exec(file: string, args: readonly string[], { pristine, policy: policyFile }: ExecOptions): Promise<number> {
  const secrets = await withRotation(policyFile, (rotation, { policy }) => readEnvironment(rotation, policy, [])).catch(
    (error: unknown) => {
      throw new Failure({ ...failureOf(error).text, left: "The program was not started" }, { cause: error });
    },
  );
  refuseNul(secrets);
  return runChild({ file, args, env: { ...(pristine ? bareEnvironment() : process.env), ...Object.fromEntries(secrets) } });
}

function bareEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TERM } = process.env;
  return { ...(PATH !== undefined && { PATH }), ...(HOME !== undefined && { HOME }), ...(TERM !== undefined && { TERM }) };
}

/** Node's own refusal would print the value. */
function refuseNul(secrets: Values): void {
  const found = secrets.find(([, value]) => value.includes("\0"));
  if (!found) return;
  throw new Failure({
    code: "not-representable",
    exitCode: exitCodes.usage,
    what: `The value of ${found[0]} holds a NUL character, which no environment variable can carry`,
    left: "The program was not started",
    next: "Use holdfast pull --format json for this secret",
  });
}
