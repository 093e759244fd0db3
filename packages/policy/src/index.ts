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
