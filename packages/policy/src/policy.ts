import type { Milliseconds } from "./duration.ts";
import type { PolicyInput } from "./schema/policy-file.ts";

/** A value of the policy and the line (from 1) that says it. */
export interface Placed<T> {
  readonly value: T;
  readonly line: number;
}

export interface Bounds {
  readonly slo?: Placed<Milliseconds>;
  readonly timeout?: Placed<Milliseconds>;
  readonly retries?: Placed<number>;
  readonly concurrency?: Placed<number>;
}

export interface Upstream extends Bounds {
  readonly name: string;
  readonly line: number;
  readonly match: readonly string[];
  readonly packages: readonly string[];
  readonly idempotency: { readonly header?: string; readonly safe: readonly string[] };
}

type StoreInput = NonNullable<PolicyInput["stores"]>[string];
/** A store as holdfast.yaml declares it; relative paths are still relative to the file's folder. */
export type StorePolicy = StoreInput & { readonly name: string; readonly line: number };
export type VaultStorePolicy = Extract<StorePolicy, { kind: "vault" }>;
export type SopsStorePolicy = Extract<StorePolicy, { kind: "sops" }>;
export type RotatorPolicy = NonNullable<NonNullable<PolicyInput["secrets"]>[string]["rotate"]>;

export interface SecretPolicy {
  readonly name: string;
  readonly line: number;
  readonly store: string;
  readonly path: string;
  readonly rotate?: RotatorPolicy;
  readonly every?: Milliseconds;
  /** 0 when the policy names none: the previous value is retired at once. */
  readonly overlap: Milliseconds;
  readonly env?: string;
}

/** Paths are relative to the folder of holdfast.yaml. */
export interface AuditPolicy {
  /** Folder of the log; `.holdfast/audit` when the policy names none. */
  readonly log: string;
  /** File of the Ed25519 signing key; `.holdfast/audit-key.pem` when the policy names none. */
  readonly key: string;
  /** Verifier keys (`name+hex+base64`) of those who may have signed; undefined when the policy pins none. */
  readonly trust?: readonly string[];
  /** Name of the log; undefined when the reader is to make one from the folder's name. */
  readonly origin?: string;
  readonly anchor?: { readonly store: string; readonly path: string };
  readonly on: "fail-closed" | "warn";
  readonly sinks: readonly "stdout"[];
}

/** holdfast.yaml as read: plain data, so that it can travel in ESLint settings and to other threads. */
export interface Policy {
  readonly file: string;
  readonly defaults: Bounds;
  readonly upstreams: readonly Upstream[];
  readonly webhooks: { readonly freshness?: Placed<Milliseconds> };
  readonly stores: readonly StorePolicy[];
  readonly secrets: readonly SecretPolicy[];
  readonly audit: AuditPolicy;
}
