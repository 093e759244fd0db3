import { randomUUID } from "node:crypto";

import { describeWithServers, usePostgres } from "@holdfast/testing/vitest";

import type { Credential } from "../../src/index.ts";
import { describeCrashes, type SetUp } from "./crash-harness.ts";

describeWithServers("the rotator postgres", () => {
  const postgres = usePostgres();

  /** An administrator with no more rights than it needs, and the users that it rotates. */
  async function roles(names: readonly string[]): Promise<{ readonly admin: string; readonly password: string; readonly users: string[] }> {
    const id = randomUUID().slice(0, 8);
    const users = names.map((name) => `${name}_${id}`);
    const [admin, password] = [`holdfast_${id}`, randomUUID()];
    await postgres.query(`CREATE ROLE ${admin} LOGIN CREATEROLE PASSWORD '${password}'`);
    for (const user of users) {
      await postgres.query(`CREATE ROLE ${user} NOLOGIN`);
      await postgres.query(`GRANT ${user} TO ${admin} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`);
    }
    return { admin, password, users };
  }

  async function use({ value, fields }: Credential): Promise<"accepted" | "refused"> {
    try {
      await postgres.logIn({ user: fields["username"]!.reveal(), password: value.reveal() });
      return "accepted";
    } catch (error) {
      if (/^28/u.test((error as { code: string }).code)) return "refused";
      throw error;
    }
  }

  const setUp =
    (names: readonly string[]): SetUp =>
    async (through) => {
      const { admin, password, users } = await roles(names);
      const { host, port } = await through(postgres);
      return {
        rotate: `{ with: postgres, users: [${users.join(", ")}], admin: { secret: db/admin }, host: ${host}, port: ${port}, database: ${postgres.database} }`,
        others: { "db/admin": { value: password, username: admin } },
        use,
        async accepted() {
          const list = users.map((user) => `'${user}'`).join(", ");
          const able = `SELECT count(*) FROM pg_authid WHERE rolname IN (${list}) AND rolcanlogin AND rolpassword IS NOT NULL`;
          return Number((await postgres.query(able))[0]?.["count"]);
        },
      };
    };

  describeCrashes("two roles", "both in the overlap", setUp(["app_a", "app_b"]));
  describeCrashes("one role", "one at a time", setUp(["app"]));
});
