import { RotationError } from "../../error.ts";

/** What was tried, for people: `log in to PostgreSQL at db:5432 as app_a`. */
export interface Attempt {
  readonly doing: string;
  /** Whether the answer that is missing is that of a change, which may have happened. */
  readonly changes: "nothing" | "perhaps";
}

/** An error of the connection, not of the database: nobody answered, or nobody who can be trusted. Its text is not repeated, only its code. */
export function brokenConnection(error: unknown, { doing, changes }: Attempt): RotationError {
  const code = codeOf(error);
  if (/CERT|SIGNATURE|ERR_TLS_/u.test(code)) {
    return new RotationError(
      "unreachable",
      `Could not ${doing}: the server's certificate is not trusted (${code}). Nothing was sent. Name its certificate authority with "ca:", and the host as the certificate does.`,
    );
  }
  if (changes === "perhaps") {
    return new RotationError(
      "unknown-outcome",
      `The connection broke before the server answered (${code}) when it was asked to ${doing}. The next run looks whether it did.`,
    );
  }
  return new RotationError(
    "unreachable",
    `Could not ${doing}: the server did not answer (${code}). The phase is kept. Try again when it does.`,
  );
}

export function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code === "string") return code;
  return typeof message === "string" && /time-?d?\s?out/iu.test(message) ? "time-out" : "connection closed";
}
