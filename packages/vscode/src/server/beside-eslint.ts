/** A problem as far as it takes to tell whether two tools report the same one. */
export interface Reported {
  readonly source: string | undefined;
  /** `max-retries`, or `holdfast/max-retries` as ESLint names it. */
  readonly code: string;
  readonly line: number;
}

/** Which of our problems the ESLint extension shows as well, because the project's own configuration has the plugin. */
export function reportedByEslint(all: readonly Reported[]): (ours: Reported) => boolean {
  const theirs = new Set(
    all
      .filter(({ source, code }) => source === "eslint" && code.includes("/"))
      .map(({ line, code }) => `${line}:${code.slice(code.lastIndexOf("/") + 1)}`),
  );
  return ({ line, code }) => theirs.has(`${line}:${code}`);
}
