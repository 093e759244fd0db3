const interrupts = ["SIGINT", "SIGTERM", "SIGHUP"] as const satisfies readonly NodeJS.Signals[];

/** Runs `work` with a signal that the first Ctrl-C aborts, so that it can stop where it is safe. The second one ends this process at once. */
export async function untilInterrupted<Result>(
  onFirst: (signal: NodeJS.Signals) => void,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const interrupted = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) {
      release();
      process.kill(process.pid, signal);
      return;
    }
    controller.abort();
    onFirst(signal);
  };
  const release = () => {
    for (const signal of interrupts) process.off(signal, interrupted);
  };
  for (const signal of interrupts) process.on(signal, interrupted);
  try {
    return await work(controller.signal);
  } finally {
    release();
  }
}
