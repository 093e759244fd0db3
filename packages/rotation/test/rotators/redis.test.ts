import { createHash } from "node:crypto";

import { describeWithServers, useRedis } from "@holdfast/testing/vitest";
import { expect, it } from "vitest";

import { auditIsWhole, rotatedSecret } from "./rotated-secret.ts";

const canary = ["canary", "of", "redis"].join("_");

describeWithServers("the password of an ACL user of Redis", () => {
  const redis = useRedis();
  const admin = () => ({ "redis/admin": { value: redis.password } });
  const rotate = (user: string, more = "") =>
    `{ with: redis, user: ${user}, addresses: ["127.0.0.1:${redis.port}"], tls: none, admin: { secret: redis/admin }, prefix: ${canary}${more} }`;

  it("is made, tried, given to programs with its user, and the old one refused", async () => {
    const { user, password } = await redis.createUser();
    const secret = await rotatedSecret({ rotate: rotate(user), beside: admin() });
    await secret.put("app", { value: password });
    expect(await secret.rotate()).toMatchObject({ result: "rotated", generation: 1, phase: "retired" });
    const { value, fields } = (await secret.inUse())!;
    expect(fields["username"]?.reveal()).toBe(user);
    expect(await redis.logIn({ user, password: value.reveal() })).toBe(user);
    await expect(redis.logIn({ user, password })).rejects.toThrow("WRONGPASS");
    expect(await hashesOf(user)).toEqual([sha256(value.reveal())]);
    expect(await auditIsWhole(secret)).toBe(true);
  });

  it("is accepted beside the old one until the overlap is over", async () => {
    const { user, password } = await redis.createUser();
    const secret = await rotatedSecret({ rotate: rotate(user), overlap: "1h", beside: admin() });
    await secret.put("app", { value: password });
    expect(await secret.rotate()).toMatchObject({ result: "rotated", phase: "overlap" });
    const { value, previous } = (await secret.inUse())!;
    expect(previous).toBe(password);
    for (const each of [value.reveal(), password]) expect(await redis.logIn({ user, password: each })).toBe(user);
    expect(await secret.resume({ now: () => Date.now() + 3_600_001 })).toMatchObject({ result: "retired", phase: "retired" });
    await expect(redis.logIn({ user, password })).rejects.toThrow("WRONGPASS");
    expect(await redis.logIn({ user, password: value.reveal() })).toBe(user);
  });

  async function hashesOf(user: string): Promise<unknown> {
    const reply = (await redis.command("ACL", "GETUSER", user)) as unknown;
    const parts = Array.isArray(reply) ? reply : Object.entries(reply as object).flat();
    return parts[parts.indexOf("passwords") + 1] as unknown;
  }
});

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
