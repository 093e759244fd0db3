import { access } from "node:fs/promises";
import { resolve } from "node:path";

import { AuditError, createSigner, verifyAuditLog, type Verification } from "@holdfast/audit";
import type { PolicyFile } from "@holdfast/policy";

import { RotationError } from "../error.ts";
import { openStores } from "../open-stores.ts";
import { readAnchor } from "./anchor.ts";
import { logDirectory, signingKey } from "./trail.ts";

export interface VerifyAuditOptions {
  /** Another folder than the policy's, such as a copy of the log; relative to the working directory. */
  readonly log?: string | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
}

export interface AuditVerification extends Verification {
  readonly directory: string;
  /** `key-file`: the policy pins no key, so the public half of the local signing key was taken; who can write that file can forge the log. */
  readonly trustedFrom: "policy" | "key-file";
  /** Whether a checkpoint kept outside the log was compared with it. */
  readonly anchored: "compared" | "none-yet" | "not-configured";
}

/**
 * Verifies the audit log of a policy against the keys it trusts and the checkpoint it anchors.
 * What the log holds is in the findings, never an error.
 * @throws RotationError `audit` when there is no key to trust or a file cannot be read, and what reading the anchor's store throws.
 */
export async function verifyAudit(policy: PolicyFile, options: VerifyAuditOptions = {}): Promise<AuditVerification> {
  const directory = options.log === undefined ? logDirectory(policy) : resolve(options.log);
  const trusted = await trustedKeys(policy);
  const anchor = await anchorOf(policy, options.env ?? process.env);
  try {
    const verification = await verifyAuditLog({ directory, trust: trusted.keys, anchor: anchor.text });
    return { ...verification, directory, trustedFrom: trusted.from, anchored: anchor.kind };
  } catch (error) {
    if (error instanceof AuditError) throw new RotationError("audit", error.message, { cause: error });
    throw error;
  }
}

async function trustedKeys(policy: PolicyFile): Promise<{ keys: readonly string[]; from: AuditVerification["trustedFrom"] }> {
  const { trust } = policy.policy.audit;
  if (trust !== undefined && trust.length > 0) return { keys: trust, from: "policy" };
  const key = signingKey(policy);
  // `createSigner` would make a key, and a new key verifies nothing.
  const exists = await access(key.file).then(
    () => true,
    () => false,
  );
  if (!exists) {
    throw new RotationError(
      "audit",
      `There is no key to verify the audit log with: the policy pins none and ${key.file} does not exist. Nothing was checked. ` +
        `On the machine that writes the log, copy the line in verifier.pub of the log's folder, and pin it in holdfast.yaml as "audit: trust: [<line>]".`,
    );
  }
  try {
    return { keys: [(await createSigner(key)).verifierKey], from: "key-file" };
  } catch (error) {
    throw new RotationError("audit", error instanceof AuditError ? error.message : `The key ${key.file} cannot be read.`, {
      cause: error instanceof AuditError ? error : undefined,
    });
  }
}

interface Anchor {
  readonly kind: AuditVerification["anchored"];
  readonly text?: string;
}

async function anchorOf(policy: PolicyFile, env: NodeJS.ProcessEnv): Promise<Anchor> {
  const { anchor } = policy.policy.audit;
  if (anchor === undefined) return { kind: "not-configured" };
  const stores = openStores(policy, env);
  try {
    const text = await readAnchor({ store: await stores.open(anchor.store), path: anchor.path });
    return text === undefined ? { kind: "none-yet" } : { kind: "compared", text };
  } finally {
    await stores.close();
  }
}
