import type { Finding } from "../finding.ts";
import type { PolicyInput } from "../schema/policy-file.ts";
import type { YamlTree } from "../yaml/tree.ts";
import { timeoutsAboveSlo, unusedUpstreams } from "./budgets.ts";
import { administrators } from "./administrators.ts";
import { duplicates } from "./duplicates.ts";
import { logins } from "./logins.ts";
import { unknownSecrets, unknownStores } from "./references.ts";
import { rotationSchedule } from "./rotation-schedule.ts";

/** What no single key is to blame for: entries and keys that do not go together. */
export function tieFindings(input: PolicyInput, tree: YamlTree): Finding[] {
  const checks = [unknownStores, unknownSecrets, administrators, duplicates, rotationSchedule, logins, timeoutsAboveSlo, unusedUpstreams];
  return checks.flatMap((check) => check(input, tree));
}
