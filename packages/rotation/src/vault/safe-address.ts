import { RotationError } from "../error.ts";

/** @throws RotationError `invalid` when what is sent there could be read on the way. */
export function requireSafeAddress(address: string, who: string): void {
  const { protocol, hostname } = new URL(address);
  if (protocol === "https:" || hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/u.test(hostname)) return;
  throw new RotationError(
    "invalid",
    `${who} would be reached without TLS, so everyone on the way could read the secrets. Nothing was sent. Let the address start with https://.`,
  );
}
