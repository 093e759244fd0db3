import type { TSESTree } from "@typescript-eslint/utils";

import type { ReadProgram } from "../calls/read-program.ts";
import { textParts } from "../calls/value.ts";
import { isOptedInto } from "./conditions.ts";
import { publicPlainTextHost } from "./public-host.ts";
import { memberName } from "./syntax.ts";

/** A call that by itself makes a connection nobody checks. */
export interface UnverifiedCall {
  readonly node: TSESTree.CallExpression;
  readonly says: string;
  readonly means: string;
}

/** superagent's switch (superagent@10.3.0 lib/node/index.js: disableTLSCerts) and gRPC without TLS to another machine. */
export function unverifiedCall(node: TSESTree.CallExpression, program: () => ReadProgram | undefined): UnverifiedCall | undefined {
  if (node.callee.type !== "MemberExpression") return undefined;
  const name = memberName(node.callee);
  if (name !== "disableTLSCerts" && name !== "createInsecure") return undefined;
  const read = program();
  if (!read || isOptedInto(node, read.text)) return undefined;
  if (name === "disableTLSCerts")
    return /["']superagent["']|["']supertest["']/u.test(read.text)
      ? { node, says: "disableTLSCerts()", means: "any certificate is accepted, so whoever is on the way can read and change everything" }
      : undefined;
  const host = addressBeside(node, read);
  return host === undefined
    ? undefined
    : {
        node,
        says: `createInsecure() for ${host}`,
        means: "gRPC goes there without TLS, so whoever is on the way can read and change everything",
      };
}

/** `new Client("psp.example:443", credentials.createInsecure())` */
function addressBeside(node: TSESTree.CallExpression, { evaluator, file }: ReadProgram): string | undefined {
  const call = node.parent;
  const [address] = call.type === "NewExpression" || call.type === "CallExpression" ? call.arguments : [];
  if (!address || address === node) return undefined;
  const [first, ...others] = textParts(evaluator.evaluate(address, file)) ?? [];
  return first === undefined
    ? undefined
    : publicPlainTextHost([
        `http://${first.replace(/^[a-z]+:\/*/u, (scheme) => (/^(?:dns|https?):/u.test(scheme) ? "" : scheme))}`,
        ...others,
      ]);
}
