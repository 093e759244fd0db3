import { startOwnPostgres } from "../servers/own-postgres.ts";
import type { OwnPostgres } from "../servers/own-postgres.ts";
import { forSuite } from "./suite.ts";

/** A PostgreSQL of the suite's own, to kill, to start again, and to read the log of. */
export function useOwnPostgres(): Omit<OwnPostgres, "stop"> {
  return forSuite(async () => {
    const value = await startOwnPostgres();
    return { value, close: value.stop };
  });
}
