import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "./ports.ts";
import { startProcess } from "./server-process.ts";
import type { ServerCommand, ServerProcess } from "./server-process.ts";

export interface ServerRecipe {
  /** Name for people: "Vault". */
  label: string;
  /** How many neighbouring ports it binds. */
  ports: number;
  /** Writes what the server needs into its folder and says how to run it. */
  prepare: (place: { folder: string; port: number }) => Promise<Omit<ServerCommand, "folder">>;
  /** Whether it answers; asked again and again until it does. A rejection means "not yet"; the signal ends a question that hangs. */
  isReady: (running: { folder: string; port: number; output: string; signal: AbortSignal }) => Promise<boolean>;
}

export interface RunningServer extends ServerProcess {
  host: "127.0.0.1";
  port: number;
  folder: string;
}

const attempts = 5;
const pollMs = 25;
const questionMs = 5_000;
const giveUpAfterMs = 120_000;

/**
 * Starts a server on free loopback ports in a new temporary folder and resolves when it answers.
 *
 * A port that was free a moment ago may be taken by the time the server binds it; it is then started again on another.
 */
export async function startServer(recipe: ServerRecipe): Promise<RunningServer> {
  for (let attempt = 1; ; attempt += 1) {
    const folder = await mkdtemp(join(tmpdir(), "holdfast-"));
    const port = await freePort(recipe.ports);
    const server = await launch(recipe, folder, port);
    const problem = await waitUntilReady(recipe, server, { folder, port });
    if (problem === undefined) return { ...server, host: "127.0.0.1", port, folder };
    await server.stop();
    if (attempt === attempts || !portWasTaken(server.output())) {
      throw new Error(`${recipe.label} did not start: ${problem}\n${server.output().trimEnd()}`);
    }
  }
}

async function launch(recipe: ServerRecipe, folder: string, port: number): Promise<ServerProcess> {
  try {
    const command = await recipe.prepare({ folder, port });
    if (command.runAs !== undefined) await chown(folder, command.runAs, command.runAs);
    return await startProcess({ ...command, folder });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Resolves to the problem, or to undefined when the server answers. */
async function waitUntilReady(
  recipe: ServerRecipe,
  server: ServerProcess,
  place: { folder: string; port: number },
): Promise<string | undefined> {
  const deadline = performance.now() + giveUpAfterMs;
  while (performance.now() < deadline) {
    if (server.outcome() !== undefined) return server.outcome();
    if (portWasTaken(server.output())) return "its port was taken";
    const running = { ...place, output: server.output(), signal: AbortSignal.timeout(questionMs) };
    if (await recipe.isReady(running).catch(() => false)) return undefined;
    await delay(pollMs);
  }
  return `no answer within ${giveUpAfterMs / 1000} s`;
}

function portWasTaken(output: string): boolean {
  return /address already in use|only one usage of each socket address/i.test(output);
}
