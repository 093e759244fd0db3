import { expect, it } from "vitest";
import { describeWithServers, useRedis, useVault } from "../src/vitest.ts";

describeWithServers("the shared Redis", () => {
  const redis = useRedis();
  const vault = useVault();

  it("lets nobody in without the right password", async () => {
    const login = await redis.createUser();
    expect(await redis.logIn(login)).toBe(login.user);
    await expect(redis.logIn({ ...login, password: "wrong" })).rejects.toThrow("WRONGPASS");
    await expect(redis.logIn({ user: "default", password: "" })).rejects.toThrow("NOAUTH");
  });

  it("accepts two passwords of one user until the old one is taken away", async () => {
    const old = await redis.createUser();
    const renewed = { user: old.user, password: "the-new-password" };
    await redis.command("ACL", "SETUSER", old.user, `>${renewed.password}`);
    expect([await redis.logIn(old), await redis.logIn(renewed)]).toEqual([old.user, old.user]);
    await redis.command("ACL", "SETUSER", old.user, `<${old.password}`);
    await expect(redis.logIn(old)).rejects.toThrow("WRONGPASS");
    expect(await redis.logIn(renewed)).toBe(old.user);
  });

  it("has its passwords changed by Vault's database engine", async () => {
    const engine = await vault.enableEngine("database");
    await vault.must("POST", `${engine}/config/redis`, {
      plugin_name: "redis-database-plugin",
      allowed_roles: "*",
      host: redis.host,
      port: redis.port,
      username: "default",
      password: redis.password,
    });
    const login = await redis.createUser();
    await vault.must("POST", `${engine}/static-roles/app`, { db_name: "redis", username: login.user, rotation_period: "24h" });
    const { password } = (await vault.must("GET", `${engine}/static-creds/app`)).body.data;
    expect(await redis.logIn({ user: login.user, password })).toBe(login.user);
    await expect(redis.logIn(login)).rejects.toThrow("WRONGPASS");
  });
});
