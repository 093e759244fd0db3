import { describeWithServers, useVault } from "@holdfast/testing/vitest";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { RotationError } from "../../src/error.ts";
import { openStore } from "../../src/stores/open-store.ts";
import { type Ask, openSession, type Session, type VaultAuth } from "../../src/vault/session.ts";
import { documentOf } from "../stores/plain.ts";

const approle: VaultAuth = {
  method: "approle",
  mount: "approle",
  roleId: { variable: "ROLE_ID", value: "role" },
  secretId: { variable: "SECRET_ID", value: "secret" },
};
const given: VaultAuth = { method: "token", token: { variable: "VAULT_TOKEN", value: "given" } };

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_000 }));
afterEach(() => void vi.useRealTimers());

const pass = (seconds: number): void => void vi.setSystemTime(Date.now() + seconds * 1000);

/** A session whose logins give leases of 90 s and whose renewals give `renewed` seconds. */
function sessionWith(
  auth: VaultAuth,
  renewed: number | RotationError,
  lookUp: object = { ttl: 90, renewable: true },
): { session: Session; asked: string[] } {
  const asked: string[] = [];
  let logins = 0;
  const ask: Ask = async ({ path, token }) => {
    const last = path.at(-1) ?? "";
    asked.push(last);
    const auth = (client: string, seconds: number): object => ({
      auth: { client_token: client, lease_duration: seconds, renewable: true },
    });
    if (last === "lookup-self") return { status: 200, body: { data: lookUp }, request: undefined };
    if (last === "login") return { status: 200, body: auth(`login ${(logins += 1)}`, 90), request: undefined };
    if (last === "renew-self" && renewed instanceof RotationError) throw renewed;
    return Promise.resolve({ status: 200, body: auth(token?.reveal() ?? "", Number(renewed)), request: undefined });
  };
  return { session: openSession(auth, ask), asked };
}

describe("a session with Vault", () => {
  it("logs in once for many who ask at the same time", async () => {
    const { session, asked } = sessionWith(approle, 90);
    const tokens = await Promise.all([session.token(), session.token(), session.token()]);
    expect(new Set(tokens.map((token) => token.reveal()))).toEqual(new Set(["login 1"]));
    expect(asked).toEqual(["login"]);
  });

  it("renews its token once when two thirds of its life are over", async () => {
    const { session, asked } = sessionWith(approle, 90);
    await session.token();
    pass(59);
    await session.token();
    expect(asked).toEqual(["login"]);
    pass(2);
    const tokens = await Promise.all([session.token(), session.token()]);
    expect(tokens.map((token) => token.reveal())).toEqual(["login 1", "login 1"]);
    expect(asked).toEqual(["login", "renew-self"]);
  });

  it.each<[string, number | RotationError]>([
    ["gives little more, as at the end of its longest life", 5],
    ["is refused", new RotationError("denied", "no")],
  ])("logs in anew when renewal %s", async (_case, renewed) => {
    const { session, asked } = sessionWith(approle, renewed);
    await session.token();
    pass(61);
    expect((await session.token()).reveal()).toBe("login 2");
    expect(asked).toEqual(["login", "renew-self", "login"]);
  });

  it("renews a given token, and uses it to its end when that fails", async () => {
    const { session, asked } = sessionWith(given, new RotationError("denied", "no"));
    await session.token();
    pass(61);
    expect((await session.token()).reveal()).toBe("given");
    expect(asked).toEqual(["lookup-self", "renew-self"]);
  });

  it("leaves a token that does not end alone", async () => {
    const { session, asked } = sessionWith(given, 90, { ttl: 0, renewable: false });
    await session.token();
    pass(1_000_000);
    expect((await session.token()).reveal()).toBe("given");
    expect(asked).toEqual(["lookup-self"]);
  });

  it("replaces a refused token by a new login, but has none for a given one", async () => {
    const app = sessionWith(approle, 90).session;
    expect(await app.replace(await app.token())).toBe(true);
    expect((await app.token()).reveal()).toBe("login 2");
    const fixed = sessionWith(given, 90).session;
    expect(await fixed.replace(await fixed.token())).toBe(false);
  });

  it("revokes what it logged in for, and not what it was given", async () => {
    for (const [auth, revoked] of [
      [approle, true],
      [given, false],
    ] as const) {
      const { session, asked } = sessionWith(auth, 90);
      await session.token();
      await session.close();
      expect(asked.includes("revoke-self")).toBe(revoked);
    }
  });
});

describeWithServers("a session with a real Vault", () => {
  const vault = useVault();

  it("renews the token there", async () => {
    const { client_token: child, accessor } = (await vault.must("POST", "auth/token/create", { ttl: "1h", policies: ["root"] })).body
      .auth as Record<string, string>;
    const policy = { kind: "vault", name: "prod", line: 1, address: vault.address, mount: vault.mount } as const;
    const store = await openStore(policy, { directory: "/", env: { VAULT_TOKEN: child } });
    const renewedAt = async (): Promise<unknown> =>
      (await vault.must("POST", "auth/token/lookup-accessor", { accessor })).body.data.last_renewal_time;
    await store.write("a", documentOf({ value: "x" }), "absent");
    expect(await renewedAt()).toBeUndefined();
    pass(50 * 60);
    await store.read("a");
    expect(await renewedAt()).toBeTypeOf("number");
    await store.close();
  });
});
