/**
 * Questions that may lead back to themselves. An answer that was cut off at one which is still being worked out holds for that way of asking only: kept, it would
 * answer whoever asks next, and what is found would depend on who asked first.
 */
export interface Underway<Question> {
  /** Whether the question is being worked out right now; the answers between there and here are then provisional. */
  leadsBackTo(question: Question): boolean;
  /** Makes the answers on the way here provisional. */
  giveUp(): void;
  /** Works an answer out, and keeps it unless it is provisional. */
  answer<Answer>(question: Question, work: () => Answer, keep: (answer: Answer) => void): Answer;
}

/** More than code by people has; beyond it provisional answers are kept, so that none is worked out without end. */
const maximumProvisional = 5_000;

export function createUnderway<Question>(): Underway<Question> {
  const levels = new Map<Question, number>();
  /** The level of the outermost open question that the answer being worked out depends on. */
  let outermost = Infinity;
  let provisional = 0;
  return {
    leadsBackTo(question) {
      const level = levels.get(question);
      if (level !== undefined) outermost = Math.min(outermost, level);
      return level !== undefined;
    },
    giveUp() {
      outermost = -1;
    },
    answer(question, work, keep) {
      const level = levels.size;
      const before = outermost;
      outermost = Infinity;
      levels.set(question, level);
      try {
        const answer = work();
        if (outermost >= level || (provisional += 1) > maximumProvisional) keep(answer);
        return answer;
      } finally {
        levels.delete(question);
        outermost = Math.min(before, outermost < level ? outermost : Infinity);
      }
    },
  };
}
