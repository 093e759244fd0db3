/** The candidate that was probably meant: the same but for case and signs, a beginning of it, or a few letters off. */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  const plain = letters(text);
  if (plain === "" || text.length > 40) return undefined;
  const ranked = candidates
    .slice(0, 100)
    .map((candidate) => ({ candidate, distance: distanceTo(plain, letters(candidate)) }))
    .filter(({ candidate, distance }) => distance <= Math.floor(Math.min(text.length, candidate.length) / 3))
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
}

function letters(text: string): string {
  return text.toLowerCase().replace(/[^a-z\d]/gu, "");
}

/** Edits (insert, remove, replace, swap two neighbours); 1 when most of the beginning is the same, as of `retry` and `retries`. */
function distanceTo(a: string, b: string): number {
  if (a !== b && commonBeginning(a, b) >= Math.max(4, Math.max(a.length, b.length) / 2)) return 1;
  let [beforeLast, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? beforeLast[j - 2]! + 1 : Infinity;
      row.push(Math.min(last[j]! + 1, row[j - 1]! + 1, replace, swap));
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length]!;
}

function commonBeginning(a: string, b: string): number {
  const differsAt = [...a].findIndex((letter, at) => letter !== b[at]);
  return differsAt === -1 ? a.length : differsAt;
}
