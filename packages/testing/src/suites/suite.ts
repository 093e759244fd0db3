import { afterAll, beforeAll, describe, inject } from "vitest";
import type { ServerKind } from "../servers/start-servers.ts";
import { askBroker } from "./broker.ts";
import type { Shared } from "./broker.ts";
import "../vitest-setup.ts";

/** `describe` for suites that need a server or a program from outside npm: with `npm test -- --no-servers` they are reported as skipped. */
export const describeWithServers = describe.skipIf(process.env["HOLDFAST_NO_SERVERS"] === "1");

/** Getting a tool for the first time can take minutes; that must not count as a hanging hook. */
const firstTimeMs = 20 * 60_000;

/** Makes something before the tests of the suite and removes it after them. The result can be read inside tests and hooks only. */
export function forSuite<T extends object>(open: () => Promise<{ value: T; close: () => Promise<void> }>): T {
  let opened: Awaited<ReturnType<typeof open>> | undefined;
  beforeAll(async () => {
    refuseWithoutServers();
    opened = await open();
  }, firstTimeMs);
  afterAll(async () => opened?.close());
  return new Proxy({} as T, {
    get: (_, property) => {
      if (opened === undefined)
        throw new Error(`"${String(property)}" was read before the suite's server was started: read it inside a test or hook`);
      return Reflect.get(opened.value, property) as unknown;
    },
  });
}

export async function sharedServer<Kind extends ServerKind>(kind: Kind): Promise<Shared<Kind>> {
  return askBroker(inject("serverBroker"), kind);
}

function refuseWithoutServers(): void {
  if (process.env["HOLDFAST_NO_SERVERS"] === "1")
    throw new Error("--no-servers was given: put suites that need a server in describeWithServers");
}
