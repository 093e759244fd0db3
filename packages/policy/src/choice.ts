/** `a, b or c` */
export function choice(options: readonly unknown[]): string {
  const words = options.map(String);
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
