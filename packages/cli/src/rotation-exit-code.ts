import type { RotationErrorCode } from "@holdfast/rotation";

import { type ExitCode, exitCodes } from "./failure.ts";

/** What a scheduler is told about each way in which a rotation or a read can stop. */
const byCode: Readonly<Record<RotationErrorCode, ExitCode>> = {
  unreachable: exitCodes.unreachable,
  sealed: exitCodes.unreachable,
  "read-only": exitCodes.unreachable,
  quota: exitCodes.unreachable,
  conflict: exitCodes.unfinished,
  "unknown-outcome": exitCodes.unfinished,
  busy: exitCodes.unfinished,
  unfinished: exitCodes.unfinished,
  refused: exitCodes.unfinished,
  aborted: exitCodes.unfinished,
  denied: exitCodes.denied,
  "key-unavailable": exitCodes.denied,
  audit: exitCodes.audit,
  damaged: exitCodes.usage,
  invalid: exitCodes.usage,
};

export function rotationExitCode(code: RotationErrorCode): ExitCode {
  return byCode[code];
}

/** When several secrets ended differently: what needs a person comes before what the next run may heal. */
const gravest: readonly ExitCode[] = [
  exitCodes.audit,
  exitCodes.denied,
  exitCodes.usage,
  exitCodes.unreachable,
  exitCodes.unfinished,
  exitCodes.findings,
];

export function gravestOf(codes: readonly ExitCode[]): ExitCode {
  return gravest.find((code) => codes.includes(code)) ?? exitCodes.done;
}
