import type { ESLint, Linter } from "eslint";

/** What others offer for the same errors. */
export const peers = ["security", "sonarjs", "no-secrets"] as const;
/** What is measured beside each other, each in a process of its own. */
export const contestants = ["parse", ...peers, "all three peers", "holdfast"] as const;
/** `catalogue` is every rule with its own defaults; `rule:max-retries` is that rule alone. */
export type Contestant = (typeof contestants)[number] | "catalogue" | `rule:${string}`;

/** What each is, for the table. */
export const descriptions: Readonly<Record<(typeof contestants)[number], string>> = {
  parse: "ESLint with no rules",
  security: "eslint-plugin-security, recommended",
  sonarjs: "eslint-plugin-sonarjs: no-hardcoded-passwords, no-hardcoded-secrets, hardcoded-secret-signatures",
  "no-secrets": "eslint-plugin-no-secrets: no-secrets",
  "all three peers": "the three above together",
  holdfast: "eslint-plugin-holdfast, recommended",
};

/** Loaded one by one, so that a process pays only for the plugin it measures. */
export async function configOf(contestant: Contestant): Promise<Linter.Config[]> {
  switch (contestant) {
    case "parse":
      return [];
    case "security": {
      // @ts-expect-error it publishes no types
      const { default: security } = (await import("eslint-plugin-security")) as { default: { configs: { recommended: Linter.Config } } };
      return [security.configs.recommended];
    }
    case "sonarjs": {
      const { default: sonarjs } = (await import("eslint-plugin-sonarjs")) as unknown as { default: ESLint.Plugin };
      const names = ["no-hardcoded-passwords", "no-hardcoded-secrets", "hardcoded-secret-signatures"];
      return [{ plugins: { sonarjs }, rules: Object.fromEntries(names.map((name) => [`sonarjs/${name}`, "error"])) }];
    }
    case "no-secrets": {
      const { default: noSecrets } = (await import("eslint-plugin-no-secrets")) as unknown as { default: ESLint.Plugin };
      return [{ plugins: { "no-secrets": noSecrets }, rules: { "no-secrets/no-secrets": "error" } }];
    }
    case "all three peers":
      return (await Promise.all(peers.map(configOf))).flat();
    case "holdfast": {
      const { default: holdfast } = await import("eslint-plugin-holdfast");
      return [holdfast.configs.recommended].flat() as unknown as Linter.Config[];
    }
    case "catalogue": {
      const { default: holdfast } = await import("eslint-plugin-holdfast");
      return [holdfast.configs.strict].flat() as unknown as Linter.Config[];
    }
    default: {
      const { default: holdfast } = await import("eslint-plugin-holdfast");
      const rule = `holdfast/${contestant.slice("rule:".length)}`;
      return [{ plugins: { holdfast: holdfast as unknown as ESLint.Plugin }, rules: { [rule]: "error" } }];
    }
  }
}
