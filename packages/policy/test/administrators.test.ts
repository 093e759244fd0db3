import { describe, expect, it } from "vitest";

import { parsePolicy } from "../src/index.ts";

const problemsOf = (rotate: string) =>
  parsePolicy(
    [
      "version: 1",
      'stores: { local: { kind: vault, address: "https://vault.internal" } }',
      "secrets:",
      "  db/admin: { store: local, path: admin }",
      `  db/app: { store: local, path: app, rotate: ${rotate} }`,
      "",
    ].join("\n"),
    { file: "holdfast.yaml" },
  ).problems.map(({ code, message }) => `${code}: ${message}`);

describe("who changes the passwords of a database", () => {
  it("is a secret of the file, or a URL in the environment", () => {
    expect(problemsOf("{ with: postgres, users: [a, b], admin: { secret: db/admin }, host: db.internal }")).toEqual([]);
    expect(problemsOf("{ with: postgres, users: [a], admin: { urlEnv: DATABASE_ADMIN_URL } }")).toEqual([]);
  });

  it.each([
    ["{ secret: db/admni }", "unknown-secret: no secret is called `db/admni`: did you mean `db/admin`?"],
    ["{ username: root }", "incomplete: `admin` lacks `secret` (a secret of this file) or `urlEnv` (an environment variable)"],
    ["{ secret: db/admin, urlEnv: URL }", "wrong-value: `urlEnv` and another administrator are both given: keep one"],
  ])("is not %s", (admin, problem) => {
    expect(problemsOf(`{ with: postgres, users: [a, b], admin: ${admin}, host: db.internal }`)).toEqual([problem]);
  });

  it("is to be found at an address that is known", () => {
    expect(problemsOf("{ with: postgres, users: [a, b], admin: { secret: db/admin } }")).toEqual([
      "incomplete: `rotate` lacks `host`: where the server is, unless `admin` has `urlEnv`",
    ]);
  });

  it.each(["[]", "[a, b, c]", "[a, a]", "[a b]"])("does so for one or two users, not for %s", (users) => {
    expect(problemsOf(`{ with: postgres, users: ${users}, admin: { urlEnv: URL } }`)).toHaveLength(1);
  });
});
