import type { SecretStatus } from "../holdfast/answers.ts";

/** `vscode.l10n.t`; these functions take it so that they can be tested without an editor. */
export type Translate = (message: string, ...args: (string | number)[]) => string;

export interface Wording {
  readonly t: Translate;
  /** BCP 47, such as `es`. */
  readonly language: string;
  readonly now: Date;
}

export interface SecretItem {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  readonly status: SecretStatus;
}

/** A secret as a row of a list: its name, when it is due, and what is kept where. */
export function secretItem(status: SecretStatus, wording: Wording): SecretItem {
  const { t } = wording;
  const facts = [
    t("store {0}", status.store),
    ...(status.generation === null ? [] : [t("generation {0}", status.generation)]),
    ...(status.rotatedAt === null ? [] : [t("rotated {0}", ago(status.rotatedAt, wording))]),
  ];
  return {
    label: `$(${icon(status)}) ${status.secret}`,
    description: state(status, wording),
    detail: status.error?.message ?? facts.join(" · "),
    status,
  };
}

function icon({ state }: SecretStatus): string {
  switch (state) {
    case "overdue":
    case "missing":
      return "warning";
    case "unfinished":
      return "debug-pause";
    case "overlap":
      return "history";
    case "unknown":
      return "error";
    case "manual":
      return "person";
    case "fresh":
      return "pass";
  }
}

function state({ state, dueAt, overlapEndsAt }: SecretStatus, wording: Wording): string {
  const { t } = wording;
  switch (state) {
    case "overdue":
      return dueAt === null ? t("overdue") : t("was due {0}", ago(dueAt, wording));
    case "missing":
      return t("no value yet");
    case "unfinished":
      return t("unfinished: resume it");
    case "overlap":
      return overlapEndsAt === null ? t("previous value still valid") : t("previous value ends {0}", ago(overlapEndsAt, wording));
    case "unknown":
      return t("could not be read");
    case "manual":
      return t("rotated by hand");
    case "fresh":
      return dueAt === null ? t("fresh") : t("due {0}", ago(dueAt, wording));
  }
}

const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

/** `in 12 days`, `3 hours ago`. */
export function ago(instant: string, { language, now }: Wording): string {
  const distance = Date.parse(instant) - now.getTime();
  const [unit, size] = units.find(([, size]) => Math.abs(distance) >= size) ?? ["minute", 60_000];
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(Math.round(distance / size), unit);
}
