/** What a server gets of the developer's environment: enough to run, nothing that would configure it (VAULT_*, AWS_*, PG*, proxies). */
export function serverEnvironment(folder: string): NodeJS.ProcessEnv {
  const { PATH, TMPDIR, TEMP, SystemRoot } = process.env;
  const inherited = { PATH, TMPDIR, TEMP, SystemRoot };
  return { ...Object.fromEntries(Object.entries(inherited).filter(([, value]) => value !== undefined)), HOME: folder, LC_ALL: "C" };
}
