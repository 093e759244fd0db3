/** A name or message from outside cannot move the cursor or write into another line. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/gu, (character) => (character === "\n" || character === "\t" ? " " : "\ufffd"));
}
