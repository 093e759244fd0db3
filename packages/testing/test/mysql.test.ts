import { expect, it } from "vitest";
import { describeWithServers, useMysql } from "../src/vitest.ts";

describeWithServers("the shared MariaDB", () => {
  const mysql = useMysql();
  const neighbour = useMysql();

  it("lets nobody in without the right password", async () => {
    await mysql.query(`CREATE USER '${mysql.database}'@'%' IDENTIFIED BY 'right'`);
    expect(await mysql.logIn({ user: mysql.database, password: "right" })).toBe(`${mysql.database}@%`);
    for (const [user, password] of [[mysql.database, "wrong"] as const, ["root", ""] as const, ["", ""] as const])
      await expect(mysql.logIn({ user, password })).rejects.toMatchObject({ errno: 1045 });
    await mysql.query(`DROP USER '${mysql.database}'@'%'`);
  });

  it("gives each suite a database of its own, and the log of all statements", async () => {
    await mysql.query("CREATE TABLE orders (id int)");
    expect(neighbour.port).toBe(mysql.port);
    await expect(neighbour.query("SELECT * FROM orders")).rejects.toMatchObject({ errno: 1146 });
    expect(await mysql.readLog()).toContain("CREATE TABLE orders (id int)");
  });
});
