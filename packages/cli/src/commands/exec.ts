import { readEnvironment } from "../delivery/environment.ts";
import type { Values } from "../delivery/formats.ts";
import { runChild } from "../delivery/run-child.ts";
import { exitCodes, Failure } from "../failure.ts";
import { openSession } from "../rotation-session.ts";

export interface ExecOptions {
  readonly pristine?: boolean;
  readonly policy?: string;
}

/** `holdfast exec`: ends as the program ended. When a secret cannot be read, the program is not started. */
export async function exec(file: string, args: readonly string[], { pristine, policy: policyFile }: ExecOptions): Promise<number> {
  const { secrets, closed } = await readSecrets(policyFile).catch(notStarted);
  await refuseNul(secrets, closed);
  const env = { ...(pristine ? bareEnvironment() : process.env), ...Object.fromEntries(secrets) };
  return runChild({ file, args, env, meanwhile: closed });
}

/** The reads are on record when this resolves. `closed`: the record is signed and the login is revoked, which the program need not wait for. */
async function readSecrets(policyFile: string | undefined): Promise<{ readonly secrets: Values; readonly closed: Promise<void> }> {
  const { rotation, policy } = await openSession(policyFile);
  try {
    const secrets = await readEnvironment(rotation, policy.policy, []);
    return { secrets, closed: rotation.close() };
  } catch (error) {
    await rotation.close();
    throw error;
  }
}

async function notStarted(error: unknown): Promise<never> {
  const { failureOf } = await import("../output/failure-of.ts");
  throw new Failure({ ...failureOf(error).text, left: "The program was not started" }, { cause: error });
}

function bareEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TERM } = process.env;
  return { ...(PATH !== undefined && { PATH }), ...(HOME !== undefined && { HOME }), ...(TERM !== undefined && { TERM }) };
}

/** Node's own refusal would print the value. */
async function refuseNul(secrets: Values, closed: Promise<void>): Promise<void> {
  const found = secrets.find(([, value]) => value.includes("\0"));
  if (!found) return;
  await closed;
  throw new Failure({
    code: "not-representable",
    exitCode: exitCodes.usage,
    what: `The value of ${found[0]} holds a NUL character, which no environment variable can carry`,
    left: "The program was not started",
    next: "Use holdfast pull --format json for this secret",
  });
}
