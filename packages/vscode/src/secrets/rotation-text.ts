import type { OutcomeEvent, RotationEvent, StepEvent } from "../holdfast/answers.ts";
import type { Translate } from "./secret-text.ts";

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

export function rotationEnd({ secret, result, generation, phase, note, error }: OutcomeEvent, t: Translate): RotationEnd {
  const aside = note === null ? "" : ` (${note})`;
  switch (result) {
    case "rotated":
    case "resumed":
      return {
        severity: "information",
        text:
          t("{0} has a new value, generation {1}{2}.", secret, generation ?? "?", aside) +
          " " +
          (phase === "overlap"
            ? t("Restart the programs that read it while the previous value is still valid.")
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
      if (error?.code === "aborted")
        return {
          severity: "warning",
          text: t("The rotation of {0} was stopped between two steps; no value was lost. Resume it when you are ready.", secret),
          next: "resume",
        };
      return {
        severity: "error",
        text: error?.message ?? t("The rotation of {0} failed{1}.", secret, aside),
        next: phase === null || phase === "overlap" || phase === "retired" ? "show-output" : "resume",
      };
  }
}
