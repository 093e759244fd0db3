import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { RotationContext, Rotator } from "../../src/index.ts";
import { generated } from "../../src/rotators/generated.ts";
import { Secret } from "../../src/secret.ts";

const context = {} as RotationContext;
async function made(rotator: Rotator): Promise<string> {
  return (await rotator.prepare(context)).value!.reveal();
}

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
        const rotator = generated(policy);
        const text = await made(rotator);
        const verify = (changed: string) => rotator.verify({ value: Secret.of(changed), fields: {}, notes: {} }, context);
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
    const rotator = generated({ with: "generated", bytes: 16, encoding: "hex", prefix: "whsec_" });
    const values = await Promise.all(Array.from({ length: 50 }, () => made(rotator)));
    expect(new Set(values).size).toBe(50);
    for (const value of values) expect(value).toMatch(/^whsec_[0-9a-f]{32}$/u);
  });

  it("has 32 bytes in base64url unless the policy says otherwise", async () => {
    expect(await made(generated({ with: "generated" }))).toMatch(/^[\w-]{43}$/u);
  });
});
