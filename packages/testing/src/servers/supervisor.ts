// Runs one server and outlives whoever asked for it by just long enough to end it: started by server-process.ts, in a process group of its
// own, with an IPC channel. The channel closes when the owner lets go or dies, however it dies; then the server is stopped and its folder removed.
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import type { FromSupervisor, ServerCommand, ToSupervisor } from "./server-process.ts";

const graceMs = 5_000;
const command = JSON.parse(process.argv[2] ?? "") as ServerCommand;

for (const signal of ["SIGINT", "SIGHUP", "SIGTERM"] as const) process.on(signal, stop);
process.on("disconnect", stop);
process.on("message", (message: ToSupervisor) => signalServer(message.signal));

const server = spawn(command.executable, command.args, {
  cwd: command.folder,
  env: command.env,
  stdio: ["ignore", "inherit", "inherit"],
  // Its own group, so that what the server starts (Vault's plugins) can be ended with it and Ctrl-C in a terminal does not reach it first.
  detached: process.platform !== "win32",
  ...(command.runAs === undefined ? {} : { uid: command.runAs, gid: command.runAs }),
});
server.once("spawn", () => tell({ kind: "started", pid: server.pid ?? 0 }));
server.once("error", (error) => end(error.message));
server.once("exit", (code, signal) => end(signal ?? `exit code ${String(code)}`));

function stop(): void {
  signalServer(command.stopSignal);
  setTimeout(() => signalServer("SIGKILL"), graceMs).unref();
}

function signalServer(signal: NodeJS.Signals): void {
  server.kill(signal);
}

/** The server is gone: ends what it left in its group, removes the folder, reports if anybody still listens. */
function end(outcome: string): void {
  try {
    if (server.pid !== undefined && process.platform !== "win32") process.kill(-server.pid, "SIGKILL");
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
