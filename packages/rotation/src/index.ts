export { verifyAudit, type AuditVerification, type VerifyAuditOptions } from "./audit/verify-audit.ts";
export { RotationError, type RotationErrorCode } from "./error.ts";
export { openRotation } from "./open-rotation.ts";
export type {
  Choice,
  Phase,
  Rotation,
  RotationOptions,
  SecretOutcome,
  SecretPlan,
  SecretStatus,
  SecretValue,
  Shard,
  Share,
  Step,
} from "./rotation.ts";
export type {
  Bytes,
  Candidate,
  Credential,
  Document,
  Field,
  Fields,
  Key,
  Pending,
  Receipt,
  RotationContext,
  Rotator,
  Store,
  Version,
  Versioned,
  Wrapped,
} from "./roles.ts";
export { Secret } from "./secret.ts";
export type { VaultAnswer, VaultBody, VaultRequest, VaultSession } from "./vault/vault.ts";
export { createAgeIdentity } from "./keys/age.ts";
export { createSopsFile } from "./stores/sops/new-file.ts";
