import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { RotationContext } from "../../src/index.ts";
import { rotatorOf } from "../../src/rotators/index.ts";
import { Secret } from "../../src/secret.ts";

const context: RotationContext = { secret: "s", rotation: "r", generation: 1, current: undefined, signal: undefined };
const policies = fc.record({
  with: fc.constant("generated" as const),
  bytes: fc.integer({ min: 16, max: 1024 }),
  encoding: fc.constantFrom("base64url" as const, "base64" as const, "hex" as const),
  prefix: fc.stringMatching(/^[!-~]{0,32}$/u),
});

describe("a generated value", () => {
  it("is accepted in every form a policy can ask for, and refused with anything cut, added or altered", async () => {
    await fc.assert(
      fc.asyncProperty(policies, async (policy) => {
        const rotator = rotatorOf(policy);
        const { value } = await rotator.prepare(context);
        const text = value.reveal();
        const verify = (changed: string) => rotator.verify(Secret.of(changed), context);
        expect(await verify(text)).toBe("accepted");
        expect(await verify(text.slice(0, -1))).toBe("refused");
        expect(await verify(`${text}A`)).toBe("refused");
        expect(await verify(`${text}\n`)).toBe("refused");
        expect(await verify(`${text.slice(0, policy.prefix.length)} ${text.slice(policy.prefix.length + 1)}`)).toBe("refused");
        expect(await verify("")).toBe("refused");
      }),
    );
  });

  it("is another one each time, of as many random bytes as the policy says", async () => {
    const rotator = rotatorOf({ with: "generated", bytes: 16, encoding: "hex", prefix: "whsec_" });
    const made = await Promise.all(Array.from({ length: 50 }, async () => (await rotator.prepare(context)).value.reveal()));
    expect(new Set(made).size).toBe(50);
    for (const value of made) expect(value).toMatch(/^whsec_[0-9a-f]{32}$/u);
  });

  it("has 32 bytes in base64url unless the policy says otherwise", async () => {
    expect((await rotatorOf({ with: "generated" }).prepare(context)).value.reveal()).toMatch(/^[\w-]{43}$/u);
  });
});
