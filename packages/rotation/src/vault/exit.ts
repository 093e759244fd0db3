const open = new Set<() => Promise<void>>();
let isListening = false;

/**
 * Closes when the program has nothing left to do, for whoever forgot to. A program that is killed or that calls `process.exit()` ends at once: its tokens
 * then live to the end of their lease.
 * @returns what to call when it was closed otherwise.
 */
export function closeAtExit(close: () => Promise<void>): () => void {
  if (!isListening) process.on("beforeExit", () => void Promise.allSettled([...open].map((each) => each())));
  isListening = true;
  open.add(close);
  return () => void open.delete(close);
}
