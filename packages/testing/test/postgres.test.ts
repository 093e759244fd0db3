import { expect, it } from "vitest";
import { describeWithServers, usePostgres, useVault } from "../src/vitest.ts";

describeWithServers("the shared PostgreSQL", () => {
  const postgres = usePostgres();
  const neighbour = usePostgres();
  const vault = useVault();

  it("keeps passwords as SCRAM-SHA-256 and refuses a wrong one", async () => {
    const login = await postgres.createUser();
    expect(await postgres.logIn(login)).toBe(login.user);
    await expect(postgres.logIn({ ...login, password: "wrong" })).rejects.toMatchObject({ code: "28P01" });
    const [row] = await postgres.query(`SELECT rolpassword FROM pg_authid WHERE rolname = '${login.user}'`);
    expect(row?.["rolpassword"]).toMatch(/^SCRAM-SHA-256\$/);
  });

  it("gives each suite a database of its own", async () => {
    await postgres.query("CREATE TABLE orders (id int)");
    expect(neighbour.port).toBe(postgres.port);
    await expect(neighbour.query("SELECT * FROM orders")).rejects.toMatchObject({ code: "42P01" });
  });

  it("has its passwords changed by Vault's database engine", async () => {
    const login = await postgres.createUser();
    const engine = await vault.enableEngine("database");
    await vault.must("POST", `${engine}/config/pg`, {
      plugin_name: "postgresql-database-plugin",
      allowed_roles: "*",
      username: postgres.admin.user,
      password: postgres.admin.password,
      connection_url: `postgresql://{{username}}:{{password}}@${postgres.host}:${postgres.port}/${postgres.database}?sslmode=disable`,
      password_authentication: "scram-sha-256",
    });
    await vault.must("POST", `${engine}/static-roles/app`, { db_name: "pg", username: login.user, rotation_period: "24h" });
    const { password } = (await vault.must("GET", `${engine}/static-creds/app`)).body.data;
    expect(await postgres.logIn({ user: login.user, password })).toBe(login.user);
    await expect(postgres.logIn(login)).rejects.toMatchObject({ code: "28P01" });
  });
});
