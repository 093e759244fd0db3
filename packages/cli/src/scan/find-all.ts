/** Finds many words in one pass, whatever their number (Aho and Corasick, 1975). */
export interface Finder<Word> {
  /** Calls `found` with each word and the place after its last character. */
  search(text: string, found: (word: Word, end: number) => void): void;
}

interface State<Word> {
  readonly next: Map<number, State<Word>>;
  fallback: State<Word> | undefined;
  readonly words: Word[];
}

export function finderOf<Word>(words: Iterable<readonly [spelling: string, word: Word]>): Finder<Word> {
  const root = newState<Word>();
  for (const [spelling, word] of words) {
    let state = root;
    for (let at = 0; at < spelling.length; at += 1) {
      const code = spelling.charCodeAt(at);
      const next = state.next.get(code) ?? newState<Word>();
      state.next.set(code, next);
      state = next;
    }
    state.words.push(word);
  }
  linkFallbacks(root);
  return {
    search(text, found) {
      let state = root;
      for (let at = 0; at < text.length; at += 1) {
        state = follow(state, text.charCodeAt(at), root);
        for (const word of state.words) found(word, at + 1);
      }
    },
  };
}

function newState<Word>(): State<Word> {
  return { next: new Map(), fallback: undefined, words: [] };
}

/** Breadth first, so that the fallback of a state is complete before it is needed. */
function linkFallbacks<Word>(root: State<Word>): void {
  const pending = [...root.next.values()];
  for (const state of pending) state.fallback = root;
  for (const state of pending) {
    for (const [code, next] of state.next) {
      next.fallback = follow(state.fallback ?? root, code, root);
      next.words.push(...next.fallback.words);
      pending.push(next);
    }
  }
}

function follow<Word>(from: State<Word>, code: number, root: State<Word>): State<Word> {
  for (let state: State<Word> | undefined = from; state; state = state.fallback) {
    const next = state.next.get(code);
    if (next) return next;
  }
  return root;
}
