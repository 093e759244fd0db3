export { AuditError, type AuditErrorCode } from "./error.ts";
export { fingerprint, loadFingerprintKey } from "./fingerprint.ts";
export { anchorOf, openAuditLog, type AuditLog, type AuditLogOptions, type Checkpoint, type Intent } from "./log/log.ts";
export { readRecords, type RecordFilter } from "./log/read.ts";
export type { Actor, AuditRecord, Facts, OutcomeFacts, RecordKind } from "./log/record.ts";
export { formatVerifierKey, parseVerifierKey, type Signer, type VerifierKey } from "./note/note.ts";
export { createSigner } from "./note/signer.ts";
export { stdoutSink, type Sink } from "./sinks/sink.ts";
export { verifyAuditLog, type Finding, type FindingCode, type Verification } from "./verify/verify.ts";
