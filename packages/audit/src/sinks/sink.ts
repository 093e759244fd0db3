/** Receives a copy of every record line after it is on disk. It may be slow or fail: the log never waits for it. */
export interface Sink {
  readonly name: string;
  /** `line` is one JSON line without its newline. */
  write(line: string): Promise<void> | void;
}

/** Copies records to a stream, standard output unless given. */
export function stdoutSink(stream: NodeJS.WritableStream = process.stdout): Sink {
  return {
    name: "stdout",
    write: (line) => new Promise((done, failed) => stream.write(`${line}\n`, (error) => (error ? failed(error) : done()))),
  };
}

/** A sink behind a bounded queue. */
export interface QueuedSink {
  readonly name: string;
  offer(line: string): void;
  /** How many lines the sink did not get since the last call; 0 while the queue is still full, so that a loss is told once. */
  takeLost(): number;
  /** Waits until the queue is empty, at most this long; what is left then counts as lost. */
  drain(timeoutMs: number): Promise<void>;
}

export function queueSink(sink: Sink, capacity = 1_000): QueuedSink {
  const queue: string[] = [];
  let lost = 0;
  let running: Promise<void> | undefined;
  let stopped = false;

  async function pump(): Promise<void> {
    while (queue.length > 0) {
      try {
        await sink.write(queue[0]!);
      } catch {
        lost += 1;
      }
      queue.shift();
    }
    running = undefined;
  }

  return {
    name: sink.name,
    offer(line) {
      if (stopped || queue.length >= capacity) lost += 1;
      else {
        queue.push(line);
        running ??= Promise.resolve().then(pump);
      }
    },
    takeLost() {
      if (queue.length >= capacity) return 0;
      const count = lost;
      lost = 0;
      return count;
    },
    async drain(timeoutMs) {
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([running, new Promise<void>((done) => (timer = setTimeout(done, timeoutMs)))]);
      clearTimeout(timer);
      stopped = true;
      lost += queue.splice(0).length;
    },
  };
}
