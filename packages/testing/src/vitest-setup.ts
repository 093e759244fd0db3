import type { TestProject } from "vitest/node";
import { startBroker } from "./suites/broker.ts";

declare module "vitest" {
  interface ProvidedContext {
    serverBroker: string;
  }
}

/** Vitest's global setup: one broker a run. It starts nothing before a suite asks, and ends everything after the last suite. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const broker = await startBroker();
  project.provide("serverBroker", broker.url);
  return broker.stop;
}
