import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface ServerCommand {
  executable: string;
  args: readonly string[];
  /** The server's own temporary folder: its working directory, removed when it ends. */
  folder: string;
  env: NodeJS.ProcessEnv;
  /** How the server is asked to end; after 5 seconds it is killed. */
  stopSignal: NodeJS.Signals;
  /** User and group to run as, for servers that refuse root. */
  runAs?: number;
}

export type ToSupervisor = { kind: "start"; command: ServerCommand } | { kind: "signal"; signal: NodeJS.Signals } | { kind: "halt" };
export type FromSupervisor = { kind: "started"; pid: number } | { kind: "halted" } | { kind: "ended"; outcome: string };

export interface ServerProcess {
  pid: number;
  /** The end of what it printed on stdout and stderr. */
  output: () => string;
  /** Set once the server has ended: "exit code 1", "SIGKILL". */
  outcome: () => string | undefined;
  signal: (signal: NodeJS.Signals) => void;
  /** Kills the server and keeps its folder, as a crash does. */
  halt: () => Promise<void>;
  /** Starts a halted server again, with the same command in the same folder; it may not answer yet. */
  startAgain: () => Promise<void>;
  /** Ends the server and waits until it is gone and its folder removed. */
  stop: () => Promise<void>;
}

/** Starts a server that cannot outlive this process, whichever way this process ends. Resolves as soon as it runs; it may not answer yet. */
export async function startProcess(command: ServerCommand): Promise<ServerProcess> {
  const supervisor = spawn(process.execPath, [fileURLToPath(new URL("supervisor.ts", import.meta.url))], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    detached: true,
  });
  // By message: an argument would show the server's passwords to every user of the machine.
  supervisor.send({ kind: "start", command } satisfies ToSupervisor);
  const output = collectOutput(supervisor);
  const ended = endOf(supervisor);
  let outcome: string | undefined;
  const pid = await new Promise<number>((settle, reject) => {
    supervisor.on("message", (message: FromSupervisor) => {
      if (message.kind === "started") settle(message.pid);
      else if (message.kind === "ended") outcome = message.outcome;
    });
    void ended.then((how) => {
      outcome ??= how;
      reject(new Error(`${command.executable} did not start: ${outcome}\n${output()}`));
    });
  });
  return {
    pid,
    output,
    outcome: () => outcome,
    signal: (signal) => void supervisor.send({ kind: "signal", signal } satisfies ToSupervisor),
    halt: () => told(supervisor, { kind: "halt" }, "halted"),
    startAgain: () => told(supervisor, { kind: "start", command }, "started"),
    stop: async () => {
      if (supervisor.connected) supervisor.disconnect();
      await ended;
    },
  };
}

/** Tells the supervisor something and waits until it says that it is done. */
async function told(supervisor: ChildProcess, message: ToSupervisor, done: FromSupervisor["kind"]): Promise<void> {
  await new Promise<void>((settle) => {
    const hear = ({ kind }: FromSupervisor): void => {
      if (kind !== done) return;
      supervisor.off("message", hear);
      settle();
    };
    supervisor.on("message", hear);
    supervisor.send(message);
  });
}

/** Resolves when the supervisor is gone and all of its output has arrived; its own "close" event does not come after a disconnect. */
async function endOf(supervisor: ChildProcess): Promise<string> {
  const streams = [supervisor.stdout, supervisor.stderr].filter((stream) => stream !== null);
  const drained = Promise.all(streams.map((stream) => new Promise((settle) => stream.once("close", settle))));
  const how = await new Promise<string>((settle) => {
    supervisor.once("error", (error) => settle(error.message));
    supervisor.once("exit", () => settle("its supervisor ended"));
  });
  await drained;
  return how;
}

function collectOutput(process: ChildProcess): () => string {
  const kept = 64 * 1024;
  let text = "";
  for (const stream of [process.stdout, process.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => (text = (text + chunk).slice(-kept)));
  }
  return () => text;
}
