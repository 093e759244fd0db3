import { randomUUID } from "node:crypto";
import { createServer } from "node:net";
import { once } from "node:events";

import { describeWithServers, useOwnPostgres, usePostgres } from "@holdfast/testing/vitest";
import { Client } from "pg";
import { describe, expect, it, onTestFinished } from "vitest";

import { type Credential, Secret } from "../../src/index.ts";
import { scramVerifier } from "../../src/rotators/databases/scram-verifier.ts";
import {
  describeCrashes,
  describeLoad,
  expectClean,
  expectRotatedOnce,
  expectUsable,
  put,
  read,
  resume,
  rotate,
  rotated,
  type RotatorUnderTest,
  run,
  type Scene,
  scene,
  type SetUp,
} from "./crash-harness.ts";
import { logIn } from "./logins/postgres.ts";

const DAY_MS = 86_400_000;

describe("a SCRAM verifier", () => {
  it("is the one of RFC 7677, in the form of RFC 5803", async () => {
    const salt = Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64");
    // Its user `user` has the password `pencil`; the keys follow from the example's proof and server signature.
    expect(await scramVerifier(Secret.of("pencil"), salt, 4096)).toBe(
      "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
    );
  });
});

describeWithServers("the rotator postgres", () => {
  const postgres = useOwnPostgres();
  const withoutTls = usePostgres();

  interface Roles {
    readonly admin: string;
    readonly password: string;
    readonly users: readonly string[];
  }

  /** An administrator with no more rights than it needs, and the users that it rotates. */
  async function roles(...names: string[]): Promise<Roles> {
    const id = randomUUID().slice(0, 8);
    const users = names.map((name) => `${name}_${id}`);
    const [admin, password] = [`holdfast_${id}`, randomUUID()];
    await postgres.query(`CREATE ROLE ${admin} LOGIN CREATEROLE PASSWORD '${await scramVerifier(Secret.of(password))}'`);
    for (const user of users) {
      await postgres.query(`CREATE ROLE ${user} NOLOGIN`);
      await postgres.query(`GRANT ${user} TO ${admin} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`);
    }
    return { admin, password, users };
  }

  const loginOf = ({ value, fields }: Credential) => ({ user: fields["username"]!.reveal(), password: value.reveal() });

  function rotatorFor({ admin, password, users }: Roles, address: string, more = ""): RotatorUnderTest {
    return {
      rotate: `{ with: postgres, users: [${users.join(", ")}], admin: { secret: db/admin }, ${address}${more} }`,
      others: { "db/admin": { value: password, username: admin } },
      use: async (credential) => logIn(credential, postgres),
      written: postgres.readLog,
      async accepted() {
        const list = users.map((user) => `'${user}'`).join(", ");
        const able = `SELECT count(*) FROM pg_authid WHERE rolname IN (${list}) AND rolcanlogin AND rolpassword IS NOT NULL`;
        return Number((await postgres.query(able))[0]?.["count"]);
      },
    };
  }

  const alternating =
    (...names: string[]): SetUp =>
    async (through) => {
      const { host, port } = await through(postgres);
      return rotatorFor(await roles(...names), `host: ${host}, port: ${port}`);
    };

  /** A scene without a proxy. */
  async function direct(made: Roles, more = "", overlap: "0s" | "1d" = "0s"): Promise<Scene> {
    return scene(async () => rotatorFor(made, `host: 127.0.0.1, port: ${postgres.port}`, more), overlap);
  }

  describeCrashes("two roles", "both in the overlap", alternating("app_a", "app_b"));
  describeCrashes("one role", "one at a time", alternating("app"));
  describeCrashes("an administrator that rotates itself", "one at a time", async (through) => {
    const { admin, password } = await roles();
    const { host, port } = await through(postgres);
    return {
      ...rotatorFor({ admin, password, users: [admin] }, `host: ${host}, port: ${port}`),
      rotate: `{ with: postgres, users: [${admin}], admin: { secret: ${rotated} }, host: ${host}, port: ${port} }`,
      others: {},
      initial: { value: password, username: admin },
    };
  });

  describeLoad("two roles", alternating("app_a", "app_b"), () => ({
    module: new URL("logins/postgres.ts", import.meta.url),
    options: { host: postgres.host, port: postgres.port },
  }));

  describe("what the server is told", () => {
    it("is a verifier: the password itself is in no log, with every statement in it", async () => {
      const made = await roles("app_a", "app_b");
      const place = await direct(made);
      expect(await rotate(place)).toMatchObject({ result: "rotated" });
      const { value } = await expectUsable(place);
      const log = await postgres.readLog();
      expect(log).toMatch(new RegExp(`ALTER ROLE "${made.users[0]}" LOGIN PASSWORD 'SCRAM-SHA-256\\$4096:`, "u"));
      expect(log.includes(value.reveal())).toBe(false);
      // The search finds what is sent in clear.
      await postgres.query(`ALTER ROLE ${made.users[1]} PASSWORD '${value.reveal()}'`);
      expect((await postgres.readLog()).includes(value.reveal())).toBe(true);
    });
  });

  describe("the previous role", () => {
    it("keeps its sessions", async () => {
      expect(await sessionAfterRetirement("")).toBe("goes on");
    });

    it("loses them where the policy says so", async () => {
      expect(await sessionAfterRetirement(", terminate: true")).toBe("ended");
    });

    async function sessionAfterRetirement(more: string): Promise<"goes on" | "ended"> {
      const made = await roles("app_a", "app_b");
      await postgres.query(`GRANT pg_signal_backend TO ${made.admin}`);
      const place = await direct(made, more);
      await rotate(place);
      const client = new Client({ host: "127.0.0.1", port: postgres.port, database: "postgres", ...loginOf(await read(place)) });
      client.on("error", () => undefined);
      await client.connect();
      onTestFinished(async () => client.end());
      expect(await rotate(place)).toMatchObject({ result: "rotated", phase: "retired" });
      return client.query("SELECT 1").then(
        () => "goes on",
        () => "ended",
      );
    }

    it("is left alone, and told of, when the policy does not name it", async () => {
      const made = await roles("app_a", "app_b");
      const place = await direct(made);
      const legacy = { user: `legacy_${randomUUID().slice(0, 8)}`, password: randomUUID() };
      await postgres.query(`CREATE ROLE ${legacy.user} LOGIN PASSWORD '${await scramVerifier(Secret.of(legacy.password))}'`);
      await put(place, rotated, { value: legacy.password, username: legacy.user });
      const said: string[] = [];
      expect(await rotate(place, { onWarning: (message) => said.push(message) })).toMatchObject({ result: "rotated" });
      expect(said).toEqual([expect.stringContaining(legacy.user)]);
      expect(await postgres.query("SELECT 1", legacy)).toHaveLength(1);
      await expectClean(place, said);
    });

    it("is found by its password when the store does not say whose that is", async () => {
      const made = await roles("app_a", "app_b");
      const place = await direct(made, "", "1d");
      const password = randomUUID();
      await postgres.query(`ALTER ROLE ${made.users[0]} LOGIN PASSWORD '${await scramVerifier(Secret.of(password))}'`);
      await put(place, rotated, { value: password });
      expect(await rotate(place)).toMatchObject({ result: "rotated", phase: "overlap" });
      expect((await expectUsable(place)).fields["username"]?.reveal()).toBe(made.users[1]);
      const before: Credential = { value: Secret.of(password), fields: { username: Secret.of(made.users[0]!) } };
      expect(await logIn(before, postgres)).toBe("accepted");
      expect(await resume(place, { now: () => Date.now() + DAY_MS + 1 })).toMatchObject({ result: "retired" });
      expect(await logIn(before, postgres)).toBe("refused");
    });
  });

  describe("a candidate that is refused", () => {
    it("leaves the old value in use, and is given up by force", async () => {
      const place = await direct(await roles("app_a", "app_b"));
      await rotate(place);
      const before = await expectUsable(place);
      const [other] = (place.made.policy.policy.secrets[0]!.rotate as { users: string[] }).users.filter(
        (user) => user !== before.fields["username"]?.reveal(),
      );
      const lockOut = async ({ step, when }: { step: string; when: string }) => {
        if (`${when} ${step}` === "after apply") await postgres.query(`ALTER ROLE ${other} PASSWORD NULL`);
      };
      const refused = await rotate(place, { onStep: lockOut });
      expect(refused).toMatchObject({ result: "failed", phase: "applied", error: { code: "refused" } });
      expect((await expectUsable(place)).value.equals(before.value)).toBe(true);
      expect(await rotate(place)).toMatchObject({ result: "rotated", generation: 3, note: expect.stringContaining("gave up") });
      await expectClean(place, refused);
    });

    it("gives a single role its old password back", async () => {
      const place = await direct(await roles("app"));
      await rotate(place);
      const before = await expectUsable(place);
      const stopped = await rotate(place, {
        onStep: async ({ step, when }) => {
          if (`${when} ${step}` !== "after apply") return;
          await put(place, rotated, { value: before.value.reveal(), note: "written by somebody else" });
          throw new Error("stopped here");
        },
      });
      expect(stopped.phase).toBe("applied");
      // The next rotation begins with the candidate given up: until it is applied, the old password works again.
      const seen: string[] = [];
      const watching = async ({ step, when }: { step: string; when: string }) => {
        if (`${when} ${step}` === "after prepare") seen.push(await logIn(before, postgres));
      };
      await postgres.query(`ALTER ROLE ${before.fields["username"]!.reveal()} PASSWORD NULL`);
      expect(await rotate(place, { onStep: watching })).toMatchObject({ result: "rotated" });
      expect(seen).toEqual(["accepted"]);
      await expectUsable(place);
    });
  });

  describe("a server that is down", () => {
    it.each(["after prepare", "after apply", "after verify", "after promote"])(
      "%s: the phase is kept, and resume goes on",
      async (boundary) => {
        const place = await direct(await roles("app_a", "app_b"));
        await rotate(place);
        const before = await expectUsable(place);
        const down = await rotate(place, {
          onStep: async ({ step, when }) => {
            if (`${when} ${step}` === boundary) await postgres.kill();
          },
        });
        onTestFinished(postgres.start);
        expect(down).toMatchObject({ result: "failed", error: { code: "unreachable" } });
        const again = await resume(place);
        expect(again).toMatchObject({ result: "failed", phase: down.phase, error: { code: "unreachable" } });
        expect(again.error?.message).toContain(`PostgreSQL at 127.0.0.1:${postgres.port}`);
        await postgres.start();
        expect((await resume(place)).error).toBeUndefined();
        await expectRotatedOnce(place, before);
        await expectClean(place, down, again);
      },
    );

    it("and one that says nothing end by a time-out", async () => {
      const place = await direct(await roles("app_a", "app_b"), ", timeout: 300ms");
      await rotate(place);
      const before = await expectUsable(place);
      const frozen = await rotate(place, { onStep: ({ step, when }) => void (`${when} ${step}` === "after prepare" && postgres.freeze()) });
      postgres.thaw();
      expect(frozen).toMatchObject({ result: "failed", phase: "prepared", error: { code: "unreachable" } });
      expect((await resume(place)).error).toBeUndefined();
      await expectRotatedOnce(place, before);
    });

    it("begins nothing where nobody listens", async () => {
      const port = await freePort();
      const made = await roles("app_a", "app_b");
      const place = await scene(async () => rotatorFor(made, `host: 127.0.0.1, port: ${port}`));
      expect(await rotate(place)).toMatchObject({ result: "failed", phase: undefined, error: { code: "unreachable" } });
      expect(await run(place, (rotation) => rotation.status([rotated]))).toMatchObject([{ state: "missing", phase: undefined }]);
    });
  });

  describe("rights", () => {
    const without: readonly (readonly [string, (made: Roles) => string, (made: Roles) => string])[] = [
      ["to alter roles", ({ admin }) => `ALTER ROLE ${admin} NOCREATEROLE`, ({ admin }) => `ALTER ROLE "${admin}" CREATEROLE;`],
      [
        "over the role",
        ({ admin, users }) => `REVOKE ${users[0]} FROM ${admin}`,
        ({ admin, users }) => `GRANT "${users[0]}" TO "${admin}" WITH ADMIN OPTION;`,
      ],
    ];

    it.each(without)(
      "that are missing %s are named by plan with the SQL that gives them, and resume goes on",
      async (_right, take, give) => {
        const made = await roles("app_a", "app_b");
        await postgres.query(take(made));
        const place = await direct(made);
        const denied = await rotate(place);
        expect(denied).toMatchObject({ result: "failed", phase: "prepared", error: { code: "denied" } });
        const obstacles = await obstaclesOf(place);
        expect(obstacles).not.toEqual([]);
        for (const obstacle of obstacles) await postgres.query(obstacle.slice(obstacle.indexOf(": ") + 2));
        expect(obstacles.join("\n")).toContain(give(made));
        expect(await obstaclesOf(place)).toEqual([]);
        expect((await resume(place)).error).toBeUndefined();
        await expectUsable(place);
        await expectClean(place, denied, obstacles);
      },
    );

    it("of the administrator's login are told apart from an outage", async () => {
      const made = await roles("app_a", "app_b");
      await postgres.query(`ALTER ROLE ${made.admin} PASSWORD NULL`);
      expect((await rotate(await direct(made))).error).toMatchObject({ code: "denied" });
    });

    it("do not make up for a role that is missing: the SQL that creates it is said", async () => {
      const made = await roles("app_a", "app_b");
      await postgres.query(`DROP ROLE ${made.users[1]}`);
      const place = await direct(made);
      const missing = await rotate(place);
      expect(missing).toMatchObject({ phase: undefined, error: { code: "invalid" } });
      expect(missing.error?.message).toContain(`CREATE ROLE "${made.users[1]}" NOLOGIN;`);
      expect(await obstaclesOf(place)).toEqual([expect.stringContaining(`CREATE ROLE "${made.users[1]}" NOLOGIN;`)]);
    });

    const obstaclesOf = async (place: Scene) => (await run(place, (rotation) => rotation.plan([rotated])))[0]!.obstacles;
  });

  describe("TLS", () => {
    const certified = (more: string) => async () => {
      const made = await roles("app_a", "app_b");
      return scene(async () => rotatorFor(made, `host: localhost, port: ${postgres.port}`, more));
    };

    it("is used when it is asked for, with the certificate authority of the policy", async () => {
      const place = await certified(`, tls: verify-full, ca: ${postgres.caFile}`)();
      expect(await rotate(place)).toMatchObject({ result: "rotated" });
      expect(await postgres.readLog()).toMatch(/connection authorized: user=app_a_\w+ .*SSL enabled/u);
    });

    it.each(["require", "verify-full"])("is refused with a certificate that nobody vouches for (%s)", async (tls) => {
      const place = await certified(`, tls: ${tls}`)();
      const outcome = await rotate(place);
      expect(outcome).toMatchObject({ result: "failed", phase: undefined, error: { code: "unreachable" } });
      expect(outcome.error?.message).toContain("certificate is not trusted");
    });

    it("is refused from a server that has none", async () => {
      const made = await roles("app_a", "app_b");
      const place = await scene(async () => rotatorFor(made, `host: 127.0.0.1, port: ${withoutTls.port}`, ", tls: require"));
      expect((await rotate(place)).error).toMatchObject({ code: "invalid", message: expect.stringContaining("offers no TLS") });
    });
  });

  it("takes the administrator from a URL in the environment", async () => {
    const made = await roles("app_a", "app_b");
    const place = await scene(async () => ({
      ...rotatorFor(made, ""),
      rotate: `{ with: postgres, users: [${made.users.join(", ")}], admin: { urlEnv: ADMIN_URL } }`,
      env: { ADMIN_URL: `postgres://${made.admin}:${made.password}@127.0.0.1:${postgres.port}/postgres?sslmode=require` },
    }));
    expect(await rotate(place)).toMatchObject({ result: "rotated" });
    await expectUsable(place);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
