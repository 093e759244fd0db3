import { createHash, randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Who runs a rotation: one run of one process. */
export interface Holder {
  readonly host: string;
  readonly pid: number;
  /** Equal only where process ids mean the same processes: one boot of one machine, one container. */
  readonly machine: string;
  /** Random, so that neither a process id used again nor a second run of the same process is taken for this one. */
  readonly run: string;
}

export function thisRunner(): Holder {
  return { host: hostname(), pid: process.pid, machine: machine(), run: randomBytes(8).toString("hex") };
}

/** Runs of this process that ended; one that could not let go of its rotation, because the store was away, is then not waited for. */
const ended = new Set<string>();

export function endRun({ run }: Holder): void {
  ended.add(run);
}

export function printHolder({ host, pid }: Pick<Holder, "host" | "pid">): string {
  return `process ${pid} on ${host}`;
}

/**
 * Whether the run of `holder` is certainly over: it was one of this process, or its process is gone, which only its own machine can tell.
 * A wrong yes would cost the other runner its lease and nothing else: every write is fenced by the version of the state document.
 */
export function isGone(holder: Holder, self: Holder): boolean {
  if (ended.has(holder.run)) return true;
  if (holder.machine !== self.machine || holder.machine === "") return false;
  if (holder.pid === self.pid) return false;
  return !isRunning(holder.pid);
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** Empty where the system does not tell: then only the end of its lease shows that a holder is dead. */
function machine(): string {
  return (known ??= askMachine());
}

let known: string | undefined;

function askMachine(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const processes = readlinkSync("/proc/self/ns/pid");
    return createHash("sha256").update(`${boot} ${processes}`).digest("hex").slice(0, 16);
  } catch {
    return "";
  }
}
