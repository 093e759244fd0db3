import { startOwnRedis } from "../servers/own-redis.ts";
import type { OwnRedis, OwnRedisOptions } from "../servers/own-redis.ts";
import { forSuite } from "./suite.ts";

/** A Redis of the suite's own, to kill, to start again, and to change as a whole. */
export function useOwnRedis(options: OwnRedisOptions = {}): Omit<OwnRedis, "stop"> {
  return forSuite(async () => {
    const value = await startOwnRedis(options);
    return { value, close: value.stop };
  });
}
