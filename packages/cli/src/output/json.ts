/** Version of the shape of all JSON answers: another number when a field goes away or changes its meaning; new fields may come at any time. */
export const jsonVersion = 1;

/** One answer of a command, laid out for people too. */
export function answer(body: object): string {
  return `${JSON.stringify({ holdfast: jsonVersion, ...body }, undefined, 2)}\n`;
}

/** One of several answers, on a line of its own. */
export function answerLine(body: object): string {
  return `${JSON.stringify({ holdfast: jsonVersion, ...body })}\n`;
}
