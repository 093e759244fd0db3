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
  const opened = {} as T;
  let close: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    refuseWithoutServers();
    const suite = await open();
    Object.assign(opened, suite.value);
    close = suite.close;
  }, firstTimeMs);
  afterAll(async () => close?.());
  const requireOpened = (): void => {
    if (close === undefined) throw new Error("a suite's server was used before it was started: use it inside a test or a hook");
  };
  return new Proxy(opened, {
    get: (target, property) => {
      requireOpened();
      return Reflect.get(target, property) as unknown;
    },
    ownKeys: (target) => {
      requireOpened();
      return Reflect.ownKeys(target);
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
