import type { RotationError } from "@holdfast/rotation";
import { CommanderError } from "commander";

import { exitCodes, Failure, type FailureText } from "../failure.ts";
import { rotationExitCode } from "../rotation-exit-code.ts";
import { shownPath } from "./shown-path.ts";

/** Anything thrown, as what ends the command. */
export function failureOf(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure(textOf(error), { cause: error });
}

function textOf(error: unknown): FailureText {
  if (error instanceof CommanderError) return usageText(error);
  if (!(error instanceof Error)) return defectText(String(error));
  if (isPolicyError(error)) return policyText(error);
  if (isRotationError(error)) return rotationText(error);
  const code = codeOf(error);
  if (error.name === "AuditError") return { code: code ?? "audit", exitCode: exitCodes.audit, what: error.message };
  if ("syscall" in error) return { code: code ?? "system", exitCode: exitCodes.usage, what: error.message };
  return defectText(error.message);
}

function defectText(message: string): FailureText {
  return {
    code: "unexpected",
    exitCode: exitCodes.usage,
    // Node quotes the argument it refuses, which may be anything.
    what: message.replace(/ Received .*$/su, ""),
    next: "This is a defect of Holdfast; please report it with the command you ran",
  };
}

/** Told by its name: importing the rotation package here would cost every start its parts. */
function isRotationError(error: Error): error is RotationError {
  return error.name === "RotationError";
}

function rotationText({ code, message, secret }: RotationError): FailureText {
  return { code, exitCode: rotationExitCode(code), what: message, ...(secret !== undefined && { detail: { secret } }) };
}

function usageText(error: CommanderError): FailureText {
  if (error.exitCode === 0) return { code: "help", exitCode: exitCodes.done, what: "help" };
  if (error.code === "commander.help") return { code: "help", exitCode: exitCodes.usage, what: "help" };
  const [, what = error.message, suggestion] = /^(?:error: )?(?<what>[^\n]*)(?:\n\((?<suggestion>[^\n]*)\))?/u.exec(error.message) ?? [];
  return {
    code: "usage",
    exitCode: exitCodes.usage,
    // A mistyped option may carry a value that nobody wants in a log: `--token=…`.
    what: what.replace(/(?<option>'--?[\w-]+)=[^']*'/u, "$<option>'"),
    next: suggestion ?? "Run holdfast --help for what there is",
  };
}

interface PolicyErrorLike extends Error {
  readonly problems: readonly { file: string; line: number; column: number; message: string; severity: string }[];
}

/** Told by its code: importing the policy package here would cost every start its parser. */
function isPolicyError(error: Error): error is PolicyErrorLike {
  return codeOf(error) === "policy-invalid" && "problems" in error;
}

function policyText({ problems }: PolicyErrorLike): FailureText {
  const file = shownPath(problems[0]?.file ?? "holdfast.yaml");
  const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
  return {
    code: "policy-invalid",
    exitCode: exitCodes.usage,
    what: `${file} has ${count}`,
    left: "Nothing was done",
    next: "Correct what these lines say:",
    lines: problems.map(({ line, column, message }) => `${file}:${line}:${column}  ${message}`),
    detail: { problems },
  };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
