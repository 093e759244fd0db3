export { budgetFor, webhookFreshness, type Bound, type Budget, type Target } from "./budget/budget.ts";
export { defaultBudget } from "./budget/default-budget.ts";
export { formatDuration, milliseconds, parseDuration, type Milliseconds } from "./duration.ts";
export type {
  AuditPolicy,
  Bounds,
  Placed,
  Policy,
  RotatorPolicy,
  SecretPolicy,
  SopsStorePolicy,
  StorePolicy,
  Upstream,
  VaultStorePolicy,
} from "./policy.ts";
export { PolicyError, printProblem, type PolicyProblem, type PolicyProblemCode } from "./problem.ts";
export { findPolicy } from "./find-policy.ts";
export { policyJsonSchema, type JsonSchema } from "./json-schema.ts";
export { loadPolicy, type PolicyFile } from "./load-policy.ts";
export { parsePolicy, type ParsedPolicy } from "./parse-policy.ts";
