import type { Finding } from "../finding.ts";

/** Longer files are something else that was given the name. */
export const largestBytes = 1_000_000;

export const tooLarge = `the file is above ${largestBytes / 1_000_000} MB: a holdfast.yaml holds budgets and names, not data`;

/** Text that is no YAML whatever it says. */
export function unreadableText(source: string): Finding | undefined {
  if (source.length > largestBytes) return { code: "unreadable", severity: "error", span: { start: 0, end: 0 }, message: tooLarge };
  const control = /[\0-\x08\v\f\x0e-\x1f\x7f\ufffe\uffff]/u.exec(source);
  if (control) {
    const what = `U+${control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
    return {
      code: "unreadable",
      severity: "error",
      span: { start: control.index, end: control.index + 1 },
      message: `the file holds the control character ${what}: expected UTF-8 text`,
    };
  }
  if (source.replace(/#.*$/gmu, "").replaceAll("---", "").trim() !== "") return undefined;
  return {
    code: "incomplete",
    severity: "error",
    span: { start: 0, end: 0 },
    message:
      "the file says nothing: expected at least `version: 1`, then what a request may spend, such as `budgets: { slo: 400ms, timeout: 300ms }`",
  };
}
