import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { basename, join, resolve } from "node:path";

import type { AuditError, AuditLog, AuditRecord } from "@holdfast/audit";
import type { AuditPolicy, PolicyFile } from "@holdfast/policy";

import { RotationError } from "../error.ts";
import { isRunning } from "../protocol/holder.ts";
import type { Secret } from "../secret.ts";
import { ciJob } from "./ci-job.ts";

/** Loaded with the first record: who asks for the age of a secret writes none. */
const library = () => import("@holdfast/audit");

/** What may be said about an act; there is no field for a value. */
export interface ActFacts {
  readonly action: string;
  readonly secret?: string | undefined;
  readonly store: string;
  readonly generation?: number | undefined;
  readonly phase?: string | undefined;
  readonly rotation?: string | undefined;
  readonly trace?: string | undefined;
  readonly value?: Secret | undefined;
}

export interface Ending {
  readonly result: "done" | "failed" | "unknown";
  readonly error?: string | undefined;
  /** The store's id of the request. */
  readonly request?: string | undefined;
}

/** An announced act. Undefined when the log could not be written and the policy says to go on. */
export type Announced = { readonly sequence: number; readonly facts: ActFacts } | undefined;

/** The audit log of one policy, opened when the first act is announced. */
export interface Trail {
  /** Resolves when the intent is on the disk. @throws RotationError `audit`: the act must not begin. */
  announce(facts: ActFacts): Promise<Announced>;
  conclude(announced: Announced, ending: Ending): Promise<void>;
  /** Records that a value is handed out. @throws RotationError `audit`: it must not be. */
  read(facts: Omit<ActFacts, "action">): Promise<void>;
  /** Intents of processes of this host that ended without telling what became of them. */
  abandoned(secret: string): Promise<readonly AuditRecord[]>;
  /** The newest checkpoint, made now; undefined when nothing was recorded through this trail. */
  checkpoint(): Promise<string | undefined>;
  close(): Promise<void>;
}

export interface TrailOptions {
  readonly policy: PolicyFile;
  readonly env: NodeJS.ProcessEnv;
  readonly warn: (message: string) => void;
  /** Where the sink `stdout` writes. */
  readonly records: NodeJS.WritableStream;
  /** Refuses a log that does not hold what was anchored. */
  readonly checkAnchor: (log: AuditLog, verifierKey: string) => Promise<void>;
}

export function openTrail(options: TrailOptions): Trail {
  const audit = options.policy.policy.audit;
  const directory = logDirectory(options.policy);
  let opening: Promise<AuditLog> | undefined;

  const log = (): Promise<AuditLog> => {
    opening ??= openLog(options).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };

  let scanned: { readonly atMs: number; readonly open: ReturnType<typeof scan> } | undefined;

  function openIntents(): ReturnType<typeof scan> {
    if (scanned && performance.now() - scanned.atMs < SCAN_SERVES_MS) return scanned.open;
    const open = scan(directory);
    scanned = { atMs: performance.now(), open };
    open.catch(() => (scanned = undefined));
    return open;
  }

  /** Does `work` with the log; when the log fails, the policy says whether that stops everything. */
  async function recorded<T>(work: (log: AuditLog) => Promise<T>, consequence: string): Promise<T | undefined> {
    try {
      return await work(await log());
    } catch (error) {
      const failure = auditFailure(error, consequence);
      if (audit.on === "fail-closed") throw failure;
      options.warn(`${failure.message} The policy says "on: warn", so it went on without a record.`);
      return undefined;
    }
  }

  return {
    announce: (facts) =>
      recorded(async (log) => {
        const { sequence } = await log.intent(await recordOf(log, facts));
        underWay.add(`${directory}#${sequence}`);
        return { sequence, facts };
      }, "Nothing was done."),

    async conclude(announced, ending) {
      if (announced === undefined) return;
      const { value: _value, ...facts } = announced.facts;
      const act = `${directory}#${announced.sequence}`;
      underWay.delete(act);
      justEnded.set(act, performance.now());
      await recorded(
        (log) => log.outcome({ sequence: announced.sequence }, { ...facts, ...ending }),
        `The step "${announced.facts.action}" had ended as ${ending.result} when its outcome could not be recorded.`,
      );
    },

    async read(facts) {
      await recorded(async (log) => log.read({ ...(await recordOf(log, { ...facts, action: "read" })) }), "The value was not handed out.");
    },

    async abandoned(secret) {
      if (opening === undefined && !existsSync(join(directory, FILE))) return [];
      const open = (await recorded(openIntents, "Nothing was done."))?.get(secret) ?? [];
      return open.filter((intent) => {
        const act = `${directory}#${intent.sequence}`;
        return !underWay.has(act) && !justEnded.has(act) && isOfDead(intent);
      });
    },

    async checkpoint() {
      return opening === undefined ? undefined : (await (await opening).checkpoint()).text;
    },

    async close() {
      const opened = await opening?.catch(() => undefined);
      try {
        await opened?.close();
      } catch (error) {
        options.warn(auditFailure(error, "Its records are on the disk, the newest ones not signed.").message);
      }
    },
  };
}

const FILE = "records.jsonl";
/** How long a reading of the log serves: over a thousand secrets it is read a few times, not a thousand. Who dies meanwhile is found by the next run. */
const SCAN_SERVES_MS = 5_000;

/** Intents without outcome, by the secret. */
async function scan(directory: string): Promise<ReadonlyMap<string | undefined, AuditRecord[]>> {
  for (const [act, atMs] of justEnded) if (performance.now() - atMs > 4 * SCAN_SERVES_MS) justEnded.delete(act);
  const open = new Map<number, AuditRecord>();
  const { readRecords } = await library();
  for await (const record of readRecords(directory)) {
    if (record.kind === "intent") open.set(record.sequence, record);
    if (record.kind === "outcome") open.delete(record.intent ?? -1);
  }
  const bySecret = new Map<string | undefined, AuditRecord[]>();
  for (const record of open.values()) bySecret.set(record.secret, [...(bySecret.get(record.secret) ?? []), record]);
  return bySecret;
}

/** This process counts as dead: what of it is under way is not asked about. */
function isOfDead({ actor }: AuditRecord): boolean {
  return actor.host === hostname() && (actor.pid === process.pid || !isRunning(actor.pid));
}

/** Intents of this process whose acts have not ended, so that none is taken for one of a dead process with the same id. */
const underWay = new Set<string>();
/** Those that ended lately, and when: a reading of the log from before still shows them without outcome. */
const justEnded = new Map<string, number>();

export function logDirectory({ directory, policy }: PolicyFile): string {
  return resolve(directory, policy.audit.log);
}

/** First line of every checkpoint: the policy's word for the log, or the name of the folder the policy is in. */
export function originOf({ directory, policy }: PolicyFile): string {
  return policy.audit.origin ?? (basename(resolve(directory)) || "holdfast");
}

export function signingKey(policy: PolicyFile): { readonly file: string; readonly name: string } {
  return { file: resolve(policy.directory, policy.policy.audit.key), name: originOf(policy).replaceAll(/[\s+]/gu, "-") };
}

async function openLog({ policy, env, records, checkAnchor }: TrailOptions): Promise<AuditLog> {
  const { createSigner, openAuditLog } = await library();
  const signer = await createSigner(signingKey(policy));
  const ci = ciJob(env);
  const log = await openAuditLog({
    directory: logDirectory(policy),
    origin: originOf(policy),
    signer,
    actor: ci === undefined ? {} : { ci },
    sinks: await sinksOf(policy.policy.audit, records),
  });
  try {
    await checkAnchor(log, signer.verifierKey);
  } catch (error) {
    await log.close().catch(() => undefined);
    throw error;
  }
  return log;
}

async function sinksOf({ sinks }: AuditPolicy, records: NodeJS.WritableStream) {
  const { stdoutSink } = await library();
  return sinks.map((sink) => {
    switch (sink) {
      case "stdout":
        return stdoutSink(records);
    }
  });
}

async function recordOf(log: AuditLog, { value, ...facts }: ActFacts) {
  return { ...facts, ...(value && { fingerprint: await log.fingerprint(value.reveal()) }) };
}

function auditFailure(error: unknown, consequence: string): RotationError {
  if (error instanceof RotationError) return error;
  const ofLog = isAuditError(error) ? error : undefined;
  return new RotationError("audit", `${ofLog?.message ?? "The audit log could not be written."} ${consequence}`, { cause: ofLog });
}

/** Told by its name: the class is loaded with the library only. */
function isAuditError(error: unknown): error is AuditError {
  return error instanceof Error && error.name === "AuditError";
}
