/** A tool the tests need cannot be had on this machine. The message names the tool and what to do; nothing else needs reading. */
export class MissingToolError extends Error {
  override readonly name = "MissingToolError";

  constructor(missing: { tool: string; why: string; remedy: string; cause?: unknown }) {
    super(
      `${missing.tool} is needed by the tests: ${missing.why}.\n  ${missing.remedy}\n  Or leave out what needs it: npm test -- --no-servers`,
      missing.cause === undefined ? undefined : { cause: missing.cause },
    );
  }
}
