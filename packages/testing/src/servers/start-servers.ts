import { startKms } from "./kms.ts";
import { startMysql } from "./mysql.ts";
import { startPostgres } from "./postgres.ts";
import { startRedis } from "./redis.ts";
import { startVault } from "./vault.ts";

/** Every kind of server that can be started by name; a new one is one file and one line here. */
export const serverKinds = {
  vault: startVault,
  kms: startKms,
  postgres: startPostgres,
  redis: startRedis,
  mysql: startMysql,
};

export type ServerKind = keyof typeof serverKinds;
export type Servers = { [Kind in ServerKind]: Awaited<ReturnType<(typeof serverKinds)[Kind]>> };

/**
 * Starts the named servers at the same time: `const { vault, postgres, stop } = await startServers(["vault", "postgres"])`.
 *
 * They end with `stop()`, and at the latest with this process, however it ends. When one cannot start, the others are stopped and its
 * error is thrown.
 */
export async function startServers<Kind extends ServerKind>(
  kinds: readonly Kind[],
): Promise<Pick<Servers, Kind> & { stop: () => Promise<void> }> {
  const starts = await Promise.allSettled(kinds.map(async (kind) => [kind, await serverKinds[kind]()] as const));
  const started = starts.filter((start) => start.status === "fulfilled").map((start) => start.value);
  const stop = async (): Promise<void> => void (await Promise.all(started.map(([, server]) => server.stop())));
  const failure = starts.find((start) => start.status === "rejected");
  if (failure !== undefined) {
    await stop();
    throw failure.reason;
  }
  return { ...(Object.fromEntries(started) as Pick<Servers, Kind>), stop };
}
