import type { TSESTree } from "@typescript-eslint/utils";

import { basename } from "node:path";

import { createRule } from "../create-rule.ts";
import { type IgnoredVariables, ignoreVariablesSchema, secretVariables } from "../secrets/environment/secret-variable.ts";
import { destructuredReads, memberName, readsEnvironment, variableRead } from "../secrets/environment/variable-read.ts";
import { fileKind } from "../secrets/file-kind.ts";
import { settingsOf } from "../settings.ts";

/** A secret that the program reads and nobody rotates. */
export const requireManagedSecret = createRule<"unmanaged", readonly [IgnoredVariables]>({
  name: "require-managed-secret",
  set: "recommended",
  description: "Require every secret of the environment to be listed in holdfast.yaml",
  meta: {
    type: "problem",
    languages: ["*"],
    schema: [{ type: "object", properties: { ignore: ignoreVariablesSchema }, additionalProperties: false }],
    defaultOptions: [{}],
    messages: {
      unmanaged: "`{{variable}}` is read as a secret, but no secret in {{policy}} has that `env`: nobody rotates it or sees who reads it.",
    },
  },
  create(context) {
    const { sourceCode, filename, cwd } = context;
    const { policy } = settingsOf(context);
    if (!policy || !readsEnvironment.test(sourceCode.text) || fileKind(filename, cwd).purpose !== "product") return {};
    const isSecret = secretVariables(context.options[0]);
    const done = new Set(policy.secrets.flatMap(({ env }) => env ?? []));
    const judge = (variable: string, node: TSESTree.Node) => {
      if (done.has(variable) || issuedPerRun.has(variable) || !isSecret(variable)) return;
      done.add(variable);
      context.report({ node, messageId: "unmanaged", data: { variable, policy: basename(policy.file) } });
    };
    const visit = (node: TSESTree.Node) => {
      const read = variableRead(node, sourceCode);
      if (read) judge(read.variable, read.node);
    };
    return {
      MemberExpression(node) {
        // What the object is costs more to tell.
        if (isSecret(memberName(node) ?? "")) visit(node);
      },
      CallExpression: visit,
      ObjectPattern(node) {
        for (const { variable, node: property } of destructuredReads(node, sourceCode)) judge(variable, property);
      },
    };
  },
});

/** Tokens that a platform makes anew for each run. */
const issuedPerRun = new Set([
  "GITHUB_TOKEN",
  "CI_JOB_TOKEN",
  "ACTIONS_RUNTIME_TOKEN",
  "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
  "AWS_SESSION_TOKEN",
  "SYSTEM_ACCESSTOKEN",
]);
