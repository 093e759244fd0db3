import { createHash } from "node:crypto";
import { inspect } from "node:util";

import { describeWithServers, useOwnRedis, useRedis } from "@holdfast/testing/vitest";
import { describe, expect, it } from "vitest";

import { startRunner } from "../runner-process.ts";
import { underConstantLoad } from "./constant-load.ts";
import { authenticates, type Fault, faultyWay, monitor } from "./redis-wire.ts";
import { auditIsWhole, type RotatedSecret, rotatedSecret } from "./rotated-secret.ts";

const canary = ["canary", "of", "redis"].join("_");

interface Server {
  readonly port: number;
  readonly password: string;
}

/** The policy of a user on these ports. */
function rotate(user: string, ports: readonly number[], more = ", tls: none"): string {
  const addresses = ports.map((port) => `"127.0.0.1:${port}"`).join(", ");
  return `{ with: redis, user: ${user}, addresses: [${addresses}], admin: { secret: redis/admin }, prefix: ${canary}${more} }`;
}

const admin = ({ password }: Server) => ({ "redis/admin": { value: password } });

/** A secret that holds the password a user has now. */
async function secretOf(
  user: string,
  password: string,
  server: Server,
  { ports = [server.port], overlap = undefined as string | undefined, more = ", tls: none" } = {},
) {
  const secret = await rotatedSecret({
    rotate: rotate(user, ports, more),
    ...(overlap !== undefined && { overlap }),
    beside: admin(server),
  });
  await secret.put("app", { value: password });
  return secret;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hashesIn(reply: unknown): unknown {
  const parts: unknown[] = Array.isArray(reply) ? reply : Object.entries(reply as object).flat();
  return parts[parts.indexOf("passwords") + 1];
}

describeWithServers("the password of an ACL user of Redis", () => {
  const redis = useRedis();
  const hashesOf = async (user: string) => hashesIn(await redis.command("ACL", "GETUSER", user));

  /** What must be true once nothing is under way: one password, the one that programs have, of one new generation. */
  async function expectAtRest(secret: RotatedSecret, user: string, former: string, generation = 1): Promise<void> {
    const { value } = (await secret.inUse())!;
    expect(value.reveal()).toContain(canary);
    expect(await authenticates(redis.port, user, value.reveal())).toBe(true);
    expect(await authenticates(redis.port, user, former)).toBe(false);
    expect(await hashesOf(user)).toEqual([sha256(value.reveal())]);
    expect((await secret.document("app"))?.["generation"]).toBe(generation);
    expect(await auditIsWhole(secret)).toBe(true);
  }

  it("is made, tried, given to programs with its user, and the old one refused", async () => {
    const { user, password } = await redis.createUser();
    const secret = await secretOf(user, password, redis);
    expect(await secret.rotate()).toMatchObject({ result: "rotated", generation: 1, phase: "retired" });
    expect((await secret.inUse())?.fields["username"]?.reveal()).toBe(user);
    await expectAtRest(secret, user, password);
  });

  it("is accepted beside the old one until the overlap is over", async () => {
    const { user, password } = await redis.createUser();
    const secret = await secretOf(user, password, redis, { overlap: "1h" });
    expect(await secret.rotate()).toMatchObject({ result: "rotated", phase: "overlap" });
    const { value, previous } = (await secret.inUse())!;
    expect(previous).toBe(password);
    for (const each of [value.reveal(), password]) expect(await authenticates(redis.port, user, each)).toBe(true);
    expect(await secret.resume({ now: () => Date.now() + 3_600_001 })).toMatchObject({ result: "retired", phase: "retired" });
    await expectAtRest(secret, user, password);
  });

  it("is in nothing that Redis or Holdfast shows: MONITOR, slow log, ACL log, outcomes, warnings, files", async () => {
    const { user, password } = await redis.createUser();
    const secret = await secretOf(user, password, redis);
    await redis.command("CONFIG", "SET", "slowlog-log-slower-than", "0");
    const watched = await monitor(redis.port, redis.password);
    const outcomes = [await secret.rotate(), await secret.force()];
    await redis.command("PING", "the-end");
    await expect.poll(watched.seen).toContain("the-end");
    expect(await authenticates(redis.port, user, password)).toBe(false);
    const shown = {
      monitor: watched.seen(),
      slowLog: inspect(await redis.command("SLOWLOG", "GET", "1000"), { depth: 9 }),
      aclLog: inspect(await redis.command("ACL", "LOG"), { depth: 9 }),
      outcomes: inspect(outcomes, { depth: 9 }) + JSON.stringify(outcomes),
      said: secret.said.join("\n"),
      files: Object.entries(secret.contents())
        .map(([, bytes]) => bytes.replaceAll(`prefix: ${canary}`, ""))
        .join("\n"),
    };
    await redis.command("CONFIG", "SET", "slowlog-log-slower-than", "10000");
    for (const [where, text] of Object.entries(shown))
      for (const value of [canary, password]) expect(text.includes(value), where).toBe(false);
    // The search looks where something is to be seen.
    expect(shown.aclLog).toContain(user);
    expect(shown.monitor).toContain("the-end");
  });

  it("is changed by an administrator who may do nothing else, and a right that is missing is named", async () => {
    const { user, password } = await redis.createUser();
    const name = `admin-of-${user}`;
    await redis.command("ACL", "SETUSER", name, "on", ">fake-admin", "+acl|getuser", "+acl|setuser", "+acl|save");
    const secret = await rotatedSecret({
      rotate: rotate(user, [redis.port]),
      beside: { "redis/admin": { value: "fake-admin", username: name } },
    });
    await secret.put("app", { value: password });
    expect(await secret.rotate()).toMatchObject({ result: "rotated" });
    await expectAtRest(secret, user, password);
    const { value } = (await secret.inUse())!;
    await redis.command("ACL", "SETUSER", name, "-acl|setuser");
    const outcome = await secret.force();
    expect(outcome).toMatchObject({ result: "failed", phase: "prepared", error: { code: "denied" } });
    expect(outcome.error?.message).toMatch(new RegExp(`the user ${name} lacks a right.*Grant it with ACL SETUSER ${name}`, "u"));
    expect(await authenticates(redis.port, user, value.reveal())).toBe(true);
    await redis.command("ACL", "SETUSER", name, "+acl|setuser");
    expect(await secret.resume()).toMatchObject({ result: "resumed", phase: "retired" });
    await expectAtRest(secret, user, value.reveal(), 2);
    await redis.command("ACL", "DELUSER", name);
  });

  it.each([
    ["is not there", [], "has no ACL user"],
    ["is let in with any password", ["on", "nopass"], "with any password"],
    ["is switched off", ["off", ">something"], "has switched the user"],
  ])("is left alone, and plan says so, for a user who %s", async (_what, rules, words) => {
    const user = `odd-${rules.join("").replaceAll(/\W/gu, "")}`;
    if (rules.length > 0) await redis.command("ACL", "SETUSER", user, "reset", ...rules);
    const secret = await secretOf(user, "former", redis);
    const [plan] = await secret.run((rotation) => rotation.plan(["app"]));
    expect(plan?.obstacles.join()).toContain(words);
    const outcome = await secret.rotate();
    expect(outcome).toMatchObject({ result: "failed", phase: "prepared", error: { code: "invalid" } });
    expect(outcome.error?.message).toContain(words);
    if (rules.length > 0) await redis.command("ACL", "DELUSER", user);
  });

  it("is told to a wrong administrator or an unreachable node as that, with the value in use kept", async () => {
    const { user, password } = await redis.createUser();
    const wrong = await secretOf(user, password, { port: redis.port, password: "wrong-admin-password" });
    const refused = await wrong.rotate();
    expect(refused).toMatchObject({ result: "failed", error: { code: "denied" } });
    expect(inspect(refused, { depth: 9 })).not.toContain("wrong-admin-password");
    const nowhere = await secretOf(user, password, redis, { ports: [redis.port, 1] });
    expect(await nowhere.rotate()).toMatchObject({ result: "failed", phase: "prepared", error: { code: "unreachable" } });
    expect((await nowhere.inUse())?.value.reveal()).toBe(password);
    expect(await authenticates(redis.port, user, password)).toBe(true);
  });

  it("is given up whole when a rotation that cannot go on is forced", async () => {
    const { user, password } = await redis.createUser();
    const secret = await secretOf(user, password, redis);
    const stop = new AbortController();
    const abort = ({ step, when }: { step: string; when: string }) => (step === "apply" && when === "after" ? stop.abort() : undefined);
    expect(await secret.rotate({ signal: stop.signal, onStep: abort })).toMatchObject({ result: "failed", phase: "applied" });
    await secret.put("app", { value: password, note: "as before" });
    await redis.command("ACL", "SETUSER", user, ">by-hand");
    await secret.put("app", { value: "by-hand" });
    expect(await secret.force()).toMatchObject({ result: "rotated", generation: 2 });
    expect(await authenticates(redis.port, user, "by-hand")).toBe(false);
    const { value } = (await secret.inUse())!;
    // The password of before is nobody's business any more, but Holdfast did not put it there: it is told of.
    expect(await hashesOf(user)).toEqual(expect.arrayContaining([sha256(value.reveal()), sha256(password)]));
    expect(secret.said.join()).toContain(`accepts 1 more password of ${user} that Holdfast did not make`);
  });

  it("never is refused to a program that logs in every 10 ms, during 50 rotations", { timeout: 120_000 }, async () => {
    const { user, password } = await redis.createUser();
    const secret = await secretOf(user, password, redis, { overlap: "1h" });
    const logIn = ({ value }: { value: { reveal(): string } }) => authenticates(redis.port, user, value.reveal());
    const load = await underConstantLoad(secret, logIn, async (refreshed) => {
      for (let time = 1; time <= 50; time += 1) {
        expect(await secret.force()).toMatchObject({ result: "rotated", generation: time, phase: "overlap" });
        await refreshed();
      }
    });
    expect(load.refusals).toBe(0);
    expect(load.logins).toBeGreaterThan(200);
  });

  describe("killed at a boundary", () => {
    const steps = ["prepare", "apply", "verify", "promote", "retire"];
    it.each(steps.flatMap((step) => [`before ${step}`, `after ${step}`]))("%s: resume finishes what was begun", async (boundary) => {
      const { user, password } = await redis.createUser();
      const secret = await secretOf(user, password, redis);
      const killed = startRunner(secret.policy.file, "app", { mode: "die", boundary });
      await killed.ended();
      expect(killed.child.signalCode).toBe("SIGKILL");
      const between = (await secret.inUse())!;
      expect(await authenticates(redis.port, user, between.value.reveal()), "programs are locked out").toBe(true);
      expect((await secret.resume()).error).toBeUndefined();
      if (boundary === "before prepare") expect((await secret.inUse())?.value.reveal()).toBe(password);
      else await expectAtRest(secret, user, password);
    });
  });

  describe("with an answer that is lost", () => {
    const words = ["AUTH", "GETUSER", "SETUSER", "SAVE"];
    const faults: Fault[] = ["lost", "dropped"];
    it.each(words.flatMap((word) => faults.map((fault) => [word, fault] as const)))(
      "%s %s: resume finishes what was begun",
      async (word, fault) => {
        const { user, password } = await redis.createUser();
        const way = await faultyWay(redis.port, word, fault);
        const secret = await secretOf(user, password, redis, { ports: [way.port] });
        expect(await secret.rotate()).toMatchObject({ result: "failed", error: { code: "unreachable" } });
        expect(way.struck()).toBe(true);
        expect(await authenticates(redis.port, user, password)).toBe(true);
        expect(await secret.resume()).toMatchObject({ result: "resumed", phase: "retired" });
        await expectAtRest(secret, user, password);
      },
    );

    it("is not waited for without end", { timeout: 40_000 }, async () => {
      const { user, password } = await redis.createUser();
      const way = await faultyWay(redis.port, "SETUSER", "silent");
      const secret = await secretOf(user, password, redis, { ports: [way.port] });
      const outcome = await secret.rotate();
      expect(outcome.error?.message).toContain("did not answer within");
      expect(await secret.resume()).toMatchObject({ result: "resumed", phase: "retired" });
      await expectAtRest(secret, user, password);
    });
  });
});

describeWithServers("the password of a user on several nodes, one of which keeps its users in a file", () => {
  const [first, second] = [useOwnRedis({ users: "file" }), useOwnRedis({ users: "memory" })];
  const user = "app";

  /** Both nodes accept `password` only, and share the administrator's. */
  async function begin(password: string): Promise<RotatedSecret> {
    for (const node of [first, second]) {
      await node.command(["ACL", "SETUSER", "root", "reset", "on", ">fake-root", "+@all", "~*"]);
      await node.command(["ACL", "SETUSER", user, "reset", "on", `>${password}`, "+@all", "~*"]);
    }
    await first.command(["ACL", "SAVE"]);
    const secret = await rotatedSecret({
      rotate: rotate(user, [first.port, second.port]),
      beside: { "redis/admin": { value: "fake-root", username: "root" } },
    });
    await secret.put("app", { value: password });
    return secret;
  }

  async function accepted(password: string): Promise<boolean[]> {
    return Promise.all([first, second].map((node) => authenticates(node.port, user, password)));
  }

  it("is changed on each, and a node that forgets its users at a restart is told of", async () => {
    const secret = await begin("former");
    expect(await secret.rotate()).toMatchObject({ result: "rotated", phase: "retired" });
    const { value } = (await secret.inUse())!;
    expect(await accepted(value.reveal())).toEqual([true, true]);
    expect(await accepted("former")).toEqual([false, false]);
    expect(secret.said.join("\n")).toContain(`Redis at 127.0.0.1:${second.port} keeps its users in no file`);
    expect(secret.said.join("\n")).not.toContain(`127.0.0.1:${first.port}`);
    await first.kill();
    await first.start();
    expect(await authenticates(first.port, user, value.reveal())).toBe(true);
    expect(await authenticates(first.port, user, "former")).toBe(false);
  });

  it("waits in its phase while a node is down, and goes on when it is back", async () => {
    const secret = await begin("former");
    await second.kill();
    expect(await secret.rotate()).toMatchObject({ result: "failed", phase: "prepared", error: { code: "unreachable" } });
    expect(await authenticates(first.port, user, "former")).toBe(true);
    await second.start();
    for (const [name, password] of [
      ["root", "fake-root"],
      [user, "former"],
    ] as const)
      await second.command(["ACL", "SETUSER", name, "reset", "on", `>${password}`, "+@all", "~*"]);
    expect(await secret.resume()).toMatchObject({ result: "resumed", phase: "retired" });
    expect(await accepted((await secret.inUse())!.value.reveal())).toEqual([true, true]);
    expect(await accepted("former")).toEqual([false, false]);
  });

  it.each(["verify", "promote", "retire"])("gives a node back what a restart before %s took from it", async (step) => {
    const secret = await begin("former");
    const forget = async (told: { step: string; when: string }) => {
      if (told.step !== step || told.when !== "before") return;
      // As a restart without a file does: what was set since then is gone.
      await second.command(["ACL", "SETUSER", user, "reset", "on", ">former", "+@all", "~*"]);
    };
    expect(await secret.rotate({ onStep: forget })).toMatchObject({ result: "rotated", phase: "retired" });
    expect(await accepted((await secret.inUse())!.value.reveal())).toEqual([true, true]);
    expect(await accepted("former")).toEqual([false, false]);
  });
});

describeWithServers("the password of a user behind TLS", () => {
  const redis = useOwnRedis({ tls: "require" });

  it("is changed with the certificate authority of the policy, and not without it", async () => {
    await redis.command(["ACL", "SETUSER", "app", "on", ">former", "+@all", "~*"]);
    const trusted = await secretOf("app", "former", redis, { more: `, ca: ${redis.caFile}` });
    expect(await trusted.rotate()).toMatchObject({ result: "rotated", phase: "retired" });
    const value = (await trusted.inUse())!.value.reveal();
    expect(await redis.command(["ACL", "WHOAMI"], { user: "app", password: value })).toBe("app");
    const untrusted = await secretOf("app", value, redis, { more: "" });
    const outcome = await untrusted.rotate();
    expect(outcome).toMatchObject({ result: "failed", error: { code: "unreachable" } });
    expect(outcome.error?.message).toContain("its certificate is not trusted");
    const plain = await secretOf("app", value, redis);
    expect(await plain.rotate()).toMatchObject({ result: "failed", error: { code: "unreachable" } });
  });
});
