import type { OutcomeEvent, RotationEvent, StepEvent } from "../holdfast/answers.ts";
import type { Translate, Wording } from "./secret-text.ts";

/** What the progress notification says while a step runs; undefined for events that change nothing there. */
export function progressText(event: RotationEvent, t: Translate): string | undefined {
  switch (event.event) {
    case "step":
      return event.when === "before" ? stepText(event, t) : undefined;
    case "stopping":
      return t("stopping after the step that runs now …");
    case "outcome":
      return undefined;
  }
}

function stepText({ step }: StepEvent, t: Translate): string {
  switch (step) {
    case "prepare":
      return t("storing a new value as pending …");
    case "apply":
      return t("making the new value valid …");
    case "verify":
      return t("trying the new value …");
    case "promote":
      return t("giving the new value to programs …");
    case "overlap":
      return t("keeping the previous value valid …");
    case "retire":
      return t("revoking the previous value …");
  }
}

/** The end of one rotation, and what a person can do next. */
export interface RotationEnd {
  readonly severity: "information" | "warning" | "error";
  readonly text: string;
  readonly next: "verify-audit-log" | "resume" | "show-output";
}

export function rotationEnd({ secret, result, generation, phase, note, error }: OutcomeEvent, { t, language }: Wording): RotationEnd {
  const aside = note === null ? "" : ` (${withLocalTimes(note, language)})`;
  switch (result) {
    case "rotated":
    case "resumed":
      return {
        severity: "information",
        text:
          t("{0} has a new value, generation {1}{2}.", secret, generation ?? "?", aside) +
          " " +
          (phase === "overlap"
            ? t("Restart the programs that read it before the previous value ends.")
            : t("Restart the programs that read it: the previous value is no longer valid.")),
        next: "verify-audit-log",
      };
    case "retired":
      return { severity: "information", text: t("The previous value of {0} is revoked{1}.", secret, aside), next: "verify-audit-log" };
    case "skipped":
      return { severity: "information", text: t("{0} was left as it is{1}.", secret, aside), next: "show-output" };
    case "busy":
      return {
        severity: "warning",
        text: t("{0} is being rotated by another runner{1}. Nothing was done.", secret, aside),
        next: "show-output",
      };
    case "failed":
      return failedEnd({ secret, phase, error }, aside, t);
  }
}

function failedEnd({ secret, phase, error }: Pick<OutcomeEvent, "secret" | "phase" | "error">, aside: string, t: Translate): RotationEnd {
  switch (error?.code) {
    case "aborted":
      return {
        severity: "warning",
        text: t("The rotation of {0} was stopped before it began. Nothing was changed.", secret),
        next: "show-output",
      };
    case "unfinished":
      return {
        severity: "warning",
        text: t("The rotation of {0} was stopped between two steps; no value was lost. Resume it when you are ready.", secret),
        next: "resume",
      };
    default:
      return {
        severity: "error",
        text: error?.message ?? t("The rotation of {0} failed{1}.", secret, aside),
        next: phase === null || phase === "overlap" || phase === "retired" ? "show-output" : "resume",
      };
  }
}

/** The command tells instants in ISO 8601; a person reads them in the language and time zone of the editor. */
function withLocalTimes(text: string, language: string): string {
  const format = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  return text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (instant) => format.format(new Date(instant)));
}
