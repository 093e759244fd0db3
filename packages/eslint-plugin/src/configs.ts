import type { ESLint, Linter } from "eslint";

import type { RuleDocs } from "./create-rule.ts";
import { rules } from "./rules.ts";

export type ConfigName = "recommended" | "strict" | "secrets" | "policy";

/** Text files in which secrets are looked for; code files are searched by `recommended`. */
const textFiles = [
  "**/.env",
  "**/.env.*",
  "**/*.{env,yaml,yml,json,jsonc,json5,toml,ini,cfg,conf,config,properties,xml,md,mdx,txt,log,csv,html,ipynb,http,rest}",
  "**/*.{sh,bash,zsh,ps1,bat,tf,tfvars,hcl,bicep,dockerfile,sql,py,rb,go,java,kt,kts,gradle,scala,cs,php,rs,swift}",
  "**/*.{pem,key,p8,ppk,asc}",
  "**/{Dockerfile,Containerfile,Makefile,Procfile,Jenkinsfile}{,.*}",
  "**/{.npmrc,.netrc,.pypirc,.yarnrc.yml,.git-credentials,.pgpass,.envrc,.s3cfg,.htpasswd,.bashrc,.zshrc,.bash_profile,.profile}",
  "**/{credentials,id_rsa,id_dsa,id_ecdsa,id_ed25519}",
];

/** Rules that judge against defaults until a policy declares budgets: a default that nobody chose only warns (docs/decisions/0003). */
export const judgedByBudget: readonly string[] = ["latency-budget", "max-timeout"];

/** `namespace` is how the configurations name the plugin: `holdfast/max-retries`. */
export function configsOf(plugin: object): Record<ConfigName, Linter.Config[]> {
  const plugins = { holdfast: plugin as ESLint.Plugin };
  const recommended: Linter.Config[] = [{ name: "holdfast/recommended", plugins, rules: levels(["recommended"]) }];
  return {
    recommended,
    strict: [...recommended, { name: "holdfast/strict", plugins, rules: levels(["strict"]), settings: { holdfast: { upstreams: "all" } } }],
    secrets: [
      {
        name: "holdfast/secrets",
        files: textFiles,
        plugins,
        language: "holdfast/text",
        rules: { "holdfast/no-hardcoded-secrets": "error" },
      },
    ],
    policy: [{ name: "holdfast/policy", plugins, rules: Object.fromEntries(judgedByBudget.map((name) => [`holdfast/${name}`, "error"])) }],
  };
}

function levels(sets: readonly RuleDocs["set"][]): Partial<Linter.RulesRecord> {
  const chosen = Object.entries(rules).filter(([, { meta }]) => meta.docs && sets.includes(meta.docs.set));
  return Object.fromEntries(chosen.map(([name]) => [`holdfast/${name}`, judgedByBudget.includes(name) ? "warn" : "error"]));
}
