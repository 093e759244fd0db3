// Runs one server and outlives whoever asked for it by just long enough to end it: started by server-process.ts, in a process group of its
// own, with an IPC channel. The channel closes when the owner lets go or dies, however it dies; then the server is stopped and its folder
// removed.
import { spawn, type ChildProcess } from "node:child_process";
import { rmSync } from "node:fs";
import type { FromSupervisor, ServerCommand, ToSupervisor } from "./server-process.ts";

const graceMs = 5_000;
let server: ChildProcess | undefined;
let isHalting = false;

process.on("message", (message: ToSupervisor) => {
  switch (message.kind) {
    case "start":
      server = start(message.command);
      return;
    case "signal":
      server?.kill(message.signal);
      return;
    case "halt":
      isHalting = true;
      server?.kill("SIGKILL");
  }
});

for (const signal of ["SIGINT", "SIGHUP", "SIGTERM"] as const) process.on(signal, () => stop());
process.on("disconnect", () => stop());
let stop = (): void => process.exit(0);

function start(command: ServerCommand): ChildProcess {
  const child = spawn(command.executable, command.args, {
    cwd: command.folder,
    env: command.env,
    stdio: ["ignore", "inherit", "inherit"],
    // Its own group, so that what the server starts (Vault's plugins) can be ended with it and Ctrl-C in a terminal does not reach it first.
    detached: process.platform !== "win32",
    ...(command.runAs === undefined ? {} : { uid: command.runAs, gid: command.runAs }),
  });
  child.once("spawn", () => tell({ kind: "started", pid: child.pid ?? 0 }));
  child.once("error", (error) => end(child, command, error.message));
  child.once("exit", (code, signal) => end(child, command, signal ?? `exit code ${String(code)}`));

  stop = () => {
    // A server that was halted leaves only its folder.
    if (server === undefined) return end(child, command, "halted");
    isHalting = false;
    child.kill(command.stopSignal);
    setTimeout(() => child.kill("SIGKILL"), graceMs).unref();
  };
  return child;
}

/** The server is gone: ends what it left in its group, removes the folder, reports if anybody still listens. */
function end(child: ChildProcess, command: ServerCommand, outcome: string): void {
  if (isHalting) {
    isHalting = false;
    server = undefined;
    return tell({ kind: "halted" });
  }
  try {
    if (child.pid !== undefined && process.platform !== "win32") process.kill(-child.pid, "SIGKILL");
  } catch {
    // Nothing was left in the group.
  }
  rmSync(command.folder, { recursive: true, force: true, maxRetries: 5 });
  tell({ kind: "ended", outcome });
  process.exit(0);
}

function tell(message: FromSupervisor): void {
  if (process.connected) process.send?.(message);
}
