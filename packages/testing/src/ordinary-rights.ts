/**
 * A command that runs with the rights of an ordinary user over files, as root too: root keeps its files and loses the right to ignore their modes.
 * Another user would do as well, were the checkout readable to it; one below a private folder is not.
 */
export function withOrdinaryRights(command: readonly [program: string, ...args: string[]]): [program: string, ...args: string[]] {
  if (process.getuid?.() !== 0) return [...command];
  const lost = "-dac_override,-dac_read_search";
  return ["setpriv", `--inh-caps=${lost}`, `--bounding-set=${lost}`, ...command];
}
