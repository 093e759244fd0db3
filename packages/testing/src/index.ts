// For programs (the demo, benchmarks). Tests use "@holdfast/testing/vitest", which shares the servers between suites.
export { MissingToolError } from "./obtain/missing-tool.ts";
export { tools } from "./obtain/tools.ts";
export { withOrdinaryRights } from "./ordinary-rights.ts";
export { kmsClient } from "./servers/kms-client.ts";
export type { KmsClient } from "./servers/kms-client.ts";
export type { KmsServer } from "./servers/kms.ts";
export type { MysqlServer } from "./servers/mysql.ts";
export type { PostgresServer } from "./servers/postgres.ts";
export type { RedisServer } from "./servers/redis.ts";
export { startSealableVault } from "./servers/sealable-vault.ts";
export type { SealableVault } from "./servers/sealable-vault.ts";
export { startServers } from "./servers/start-servers.ts";
export type { ServerKind, Servers } from "./servers/start-servers.ts";
export { vaultClient } from "./servers/vault-client.ts";
export type { VaultAnswer, VaultClient } from "./servers/vault-client.ts";
export type { VaultServer } from "./servers/vault.ts";
