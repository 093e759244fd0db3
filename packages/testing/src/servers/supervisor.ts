// Runs one server and outlives whoever asked for it by just long enough to end it: started by server-process.ts, in a process group of its
// own, with an IPC channel. The channel closes when the owner lets go or dies, however it dies; then the server is stopped and its folder
// removed.
import { spawn, type ChildProcess } from "node:child_process";
import { rmSync } from "node:fs";
import type { FromSupervisor, ServerCommand, ToSupervisor } from "./server-process.ts";

const graceMs = 5_000;
let server: ChildProcess | undefined;

process.on("message", (message: ToSupervisor) => {
  if (message.kind === "signal") server?.kill(message.signal);
  else server = start(message.command);
});

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

  const stop = (): void => {
    child.kill(command.stopSignal);
    setTimeout(() => child.kill("SIGKILL"), graceMs).unref();
  };
  for (const signal of ["SIGINT", "SIGHUP", "SIGTERM"] as const) process.on(signal, stop);
  process.on("disconnect", stop);
  return child;
}

/** The server is gone: ends what it left in its group, removes the folder, reports if anybody still listens. */
function end(child: ChildProcess, command: ServerCommand, outcome: string): void {
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
