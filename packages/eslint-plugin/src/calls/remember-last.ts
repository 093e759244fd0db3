/**
 * A function that keeps the answer to its last question. All rules judge one file after the other, so that is enough; and an answer that was kept for
 * as long as a tree is would hold the trees of other files, which the memory is bounded for.
 */
export function rememberLast<Key extends object, Answer>(answer: (key: Key) => Answer): (key: Key) => Answer {
  let last: { readonly key: Key; readonly answer: Answer } | undefined;
  return (key) => {
    if (last?.key !== key) last = { key, answer: answer(key) };
    return last.answer;
  };
}
