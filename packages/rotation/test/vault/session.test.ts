import { describeWithServers, useVault } from "@holdfast/testing/vitest";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { RotationError } from "../../src/error.ts";
import { Secret } from "../../src/secret.ts";
import { openStore } from "../../src/stores/open-store.ts";
import type { Ask, LoginMethod } from "../../src/vault/logins/login.ts";
import { openSession, type Session } from "../../src/vault/session.ts";
import { documentOf } from "../stores/plain.ts";

const login: LoginMethod = {
  kind: "login",
  logIn: async (ask) => ask({ method: "POST", path: ["auth", "approle", "login"], token: undefined, what: "log in" }),
};
const given = (...tokens: readonly string[]): LoginMethod => {
  let next = 0;
  return { kind: "given", read: async () => Secret.of(tokens[Math.min(next++, tokens.length - 1)] ?? "") };
};
const refusal = new RotationError("denied", "no");

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout", "performance"], now: 1_800_000_000_000 }));
afterEach(() => void vi.useRealTimers());

/** Time goes by while nobody asks for the token. */
const pass = async (seconds: number): Promise<void> => void (await vi.advanceTimersByTimeAsync(seconds * 1000));
/** The clock is set; timers do not notice. */
const setClock = (seconds: number): void => void vi.setSystemTime(Date.now() + seconds * 1000);

interface Behaviour {
  /** Seconds that a renewal gives. */
  readonly renewed?: number | RotationError;
  readonly lookUp?: object | RotationError;
  readonly loggedIn?: (count: number) => RotationError | undefined;
}

/** A session whose logins give leases of 90 s. */
function sessionWith(method: LoginMethod, behaviour: Behaviour = {}): { session: Session; asked: string[]; revoked: string[] } {
  const { renewed = 90, lookUp = { ttl: 90, renewable: true }, loggedIn } = behaviour;
  const asked: string[] = [];
  const revoked: string[] = [];
  let logins = 0;
  const answer = (body: object) => ({ status: 200, body, request: undefined });
  const auth = (client: string, seconds: number) => answer({ auth: { client_token: client, lease_duration: seconds, renewable: true } });
  const ask: Ask = async ({ path, token }) => {
    const last = path.at(-1) ?? "";
    asked.push(last);
    switch (last) {
      case "lookup-self":
        if (lookUp instanceof RotationError) throw lookUp;
        return answer({ data: lookUp });
      case "login": {
        logins += 1;
        const error = loggedIn?.(logins);
        if (error) throw error;
        return auth(`login ${logins}`, 90);
      }
      case "revoke-self":
        revoked.push(token?.reveal() ?? "");
        return answer({});
      default:
        if (renewed instanceof RotationError) throw renewed;
        return auth(token?.reveal() ?? "", renewed);
    }
  };
  return { session: openSession(method, ask), asked, revoked };
}

describe("a session with Vault", () => {
  it("logs in once for many who ask at the same time", async () => {
    const { session, asked } = sessionWith(login);
    const tokens = await Promise.all([session.token(), session.token(), session.token()]);
    expect(new Set(tokens.map((token) => token.reveal()))).toEqual(new Set(["login 1"]));
    expect(asked).toEqual(["login"]);
  });

  it("renews its token when two thirds of its life are over, although nobody asks for it", async () => {
    const { session, asked } = sessionWith(login);
    await session.token();
    await pass(59);
    expect(asked).toEqual(["login"]);
    await pass(2);
    expect(asked).toEqual(["login", "renew-self"]);
    await pass(60);
    expect(asked).toEqual(["login", "renew-self", "renew-self"]);
    expect((await session.token()).reveal()).toBe("login 1");
  });

  it("renews it once for many who ask, when the machine slept and no timer ran", async () => {
    const { session, asked } = sessionWith(login);
    await session.token();
    setClock(61);
    const tokens = await Promise.all([session.token(), session.token()]);
    expect(tokens.map((token) => token.reveal())).toEqual(["login 1", "login 1"]);
    expect(asked).toEqual(["login", "renew-self"]);
  });

  it("keeps the time when the clock is set back by an hour", async () => {
    const { session, asked } = sessionWith(login);
    await session.token();
    setClock(-3600);
    await pass(61);
    expect(asked).toEqual(["login", "renew-self"]);
  });

  it("does not keep the process alive for it", async () => {
    vi.useRealTimers();
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = timers();
    const { session } = sessionWith(login);
    await session.token();
    expect(timers()).toBe(before);
  });

  it.each<[string, number | RotationError]>([
    ["gives little more, as at the end of its longest life", 5],
    ["is refused", refusal],
  ])("logs in anew when renewal %s", async (_case, renewed) => {
    const { session, asked, revoked } = sessionWith(login, { renewed });
    await session.token();
    await pass(61);
    expect((await session.token()).reveal()).toBe("login 2");
    expect(asked).toEqual(["login", "renew-self", "login"]);
    // A request under way may still use the first one.
    expect(revoked).toEqual([]);
    await session.close();
    expect(revoked).toEqual(["login 1", "login 2"]);
  });

  it("uses a token that can neither be renewed nor replaced to its end, trying again now and then", async () => {
    const { session, asked } = sessionWith(login, { renewed: refusal, loggedIn: (count) => (count > 1 ? refusal : undefined) });
    await session.token();
    await pass(61);
    expect((await session.token()).reveal()).toBe("login 1");
    expect(asked).toEqual(["login", "renew-self", "login"]);
    await pass(28);
    expect((await session.token()).reveal()).toBe("login 1");
    expect(asked.length).toBeLessThan(20);
  });

  it("renews a given token, and uses it to its end when that fails", async () => {
    const { session, asked } = sessionWith(given("given"), { renewed: refusal });
    await session.token();
    await pass(61);
    expect((await session.token()).reveal()).toBe("given");
    expect(asked).toEqual(["lookup-self", "renew-self"]);
  });

  it("takes another given token when its agent put one in its place", async () => {
    const { session } = sessionWith(given("given", "newer"), { lookUp: { ttl: 90, renewable: false } });
    await session.token();
    await pass(61);
    expect((await session.token()).reveal()).toBe("newer");
  });

  it("leaves a token that does not end alone", async () => {
    const { session, asked } = sessionWith(given("given"), { lookUp: { ttl: 0, renewable: false } });
    await session.token();
    await pass(1_000_000);
    expect((await session.token()).reveal()).toBe("given");
    expect(asked).toEqual(["lookup-self"]);
  });

  it("replaces a token that Vault does not know any more by a new login, but has none for a given one", async () => {
    const app = sessionWith(login, { lookUp: refusal }).session;
    expect(await app.replace(await app.token())).toBe(true);
    expect((await app.token()).reveal()).toBe("login 2");
    const fixed = sessionWith(given("given")).session;
    expect(await fixed.replace(await fixed.token())).toBe(false);
  });

  it("does not log in for every refusal of a token that only lacks a right, but does once it is a minute old, as rights come with a login", async () => {
    const { session, asked } = sessionWith(login);
    const token = await session.token();
    const refusals = [await session.replace(token), await session.replace(token), await session.replace(token)];
    expect(refusals).toEqual([false, false, false]);
    expect(asked.filter((what) => what === "login")).toHaveLength(1);
    await pass(61);
    expect(await session.replace(token)).toBe(true);
  });

  it("revokes what it logged in for, and not what it was given", async () => {
    for (const [method, expected] of [
      [login, ["login 1"]],
      [given("given"), []],
    ] as const) {
      const { session, revoked } = sessionWith(method);
      await session.token();
      await session.close();
      expect(revoked).toEqual(expected);
    }
  });
});

describeWithServers("a session with a real Vault", () => {
  const vault = useVault();
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: Date.now() }));

  it("renews the token there", async () => {
    const { client_token: child, accessor } = (await vault.must("POST", "auth/token/create", { ttl: "1h", policies: ["root"] })).body
      .auth as Record<string, string>;
    const policy = { kind: "vault", name: "prod", line: 1, address: vault.address, mount: vault.mount } as const;
    const store = await openStore(policy, { directory: "/", env: { VAULT_TOKEN: child } });
    const renewedAt = async (): Promise<unknown> =>
      (await vault.must("POST", "auth/token/lookup-accessor", { accessor })).body.data.last_renewal_time;
    await store.write("a", documentOf({ value: "x" }), "absent");
    expect(await renewedAt()).toBeUndefined();
    vi.setSystemTime(Date.now() + 50 * 60_000);
    await store.read("a");
    expect(await renewedAt()).toBeTypeOf("number");
    await store.close();
  });
});
