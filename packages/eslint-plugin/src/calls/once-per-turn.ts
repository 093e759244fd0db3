/**
 * Makes a value once in a turn of the event loop. What the disk says is asked that often: code that runs without a pause sees one state of it, and a run over a
 * project, where files are linted one after the other, does not ask for the same folders thousands of times; in an editor every event is a turn of its own.
 */
export function oncePerTurn<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    if (!made) {
      made = { value: make() };
      setImmediate(() => (made = undefined));
    }
    return made.value;
  };
}
