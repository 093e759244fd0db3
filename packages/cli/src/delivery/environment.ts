import type { Policy, SecretPolicy } from "@holdfast/policy";
import type { Rotation } from "@holdfast/rotation";

import { exitCodes, Failure } from "../failure.ts";
import type { Values } from "./formats.ts";

/** Reads secrets by the environment names of the policy; without `names` all that have one. Throws before anything is read when one has none. */
export async function readEnvironment(rotation: Rotation, policy: Policy, names: readonly string[]): Promise<Values> {
  const variables = variablesOf(policy, names);
  const values = await rotation.read([...variables.keys()]);
  return values.map(({ secret, value }) => [variables.get(secret) ?? secret, value.reveal()] as const);
}

function variablesOf(policy: Policy, names: readonly string[]): Map<string, string> {
  const chosen = names.length > 0 ? names.map((name) => secretNamed(policy, name)) : policy.secrets.filter(({ env }) => env !== undefined);
  if (chosen.length === 0) throw noVariable(`No secret of ${policy.file} has an \`env\` name`);
  return new Map(
    chosen.map(({ name, env }) => {
      if (env === undefined) throw noVariable(`The secret ${name} has no \`env\` name in ${policy.file}`);
      return [name, env];
    }),
  );
}

function secretNamed(policy: Policy, name: string): SecretPolicy {
  const found = policy.secrets.find((secret) => secret.name === name);
  if (found) return found;
  const known = policy.secrets.map((secret) => secret.name);
  throw new Failure({
    code: "unknown-secret",
    exitCode: exitCodes.usage,
    what: `${policy.file} has no secret ${JSON.stringify(name)}`,
    left: "Nothing was read",
    next: known.length > 0 ? `It has ${known.join(", ")}` : "Add it under `secrets:`",
  });
}

function noVariable(what: string): Failure {
  return new Failure({
    code: "no-variable",
    exitCode: exitCodes.usage,
    what,
    left: "Nothing was read",
    next: "Add for example `env: PSP_WEBHOOK_SECRET` to it",
  });
}
