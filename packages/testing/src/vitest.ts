// For tests. Each `use…` is called in a `describe` (or at the top of a test file) and readable inside its tests and hooks.
export { startServer } from "./servers/start-server.ts";
export type { RunningServer, ServerRecipe } from "./servers/start-server.ts";
export { until } from "./servers/until.ts";
export { describeWithServers } from "./suites/suite.ts";
export { useKms } from "./suites/kms.ts";
export type { SuiteKms } from "./suites/kms.ts";
export { useMysql } from "./suites/mysql.ts";
export type { SuiteMysql } from "./suites/mysql.ts";
export { useOwnPostgres } from "./suites/own-postgres.ts";
export { usePostgres } from "./suites/postgres.ts";
export type { SuitePostgres } from "./suites/postgres.ts";
export { useOwnRedis } from "./suites/own-redis.ts";
export { useRedis } from "./suites/redis.ts";
export type { SuiteRedis } from "./suites/redis.ts";
export { useSealableVault } from "./suites/sealable-vault.ts";
export { useEditor, useSops } from "./suites/programs.ts";
export { useVault } from "./suites/vault.ts";
export type { SuiteVault } from "./suites/vault.ts";
