/** One line for the person who waits. It goes to stderr, so that results on stdout stay clean. */
export function progress(line: string): void {
  process.stderr.write(`holdfast: ${line}\n`);
}
