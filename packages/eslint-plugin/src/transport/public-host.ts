/**
 * The host of a URL that leaves the company's network in plain text; undefined for any other URL, and where the host is not known whole. Names without a dot
 * are those of containers and of machines nearby.
 */
export function publicPlainTextHost([first = "", ...others]: readonly (string | undefined)[]): string | undefined {
  const match = /^http:\/\/(?<host>[^/?#:]+)(?<rest>[/?#:])?/iu.exec(first.replace(/^(http:\/\/)[^/?#]*@/iu, "$1"));
  const host = match?.groups?.["host"]?.toLowerCase();
  if (host === undefined || (match?.groups?.["rest"] === undefined && others.length > 0)) return undefined;
  return isPrivateHost(host) ? undefined : host;
}

/** A host, in lower case and without its port, that only machines of the same network know. */
export function isPrivateHost(host: string): boolean {
  if (host.startsWith("[") || !host.includes(".")) return true;
  if (/^\d+(?:\.\d+){3}$/u.test(host)) return isPrivateAddress(host);
  return privateSuffix.test(host) || /(?:^|\.)svc\./u.test(host);
}

/** RFC 6761 and 8375, and what container platforms and company networks use. */
const privateSuffix =
  /\.(?:localhost|local|localdomain|internal|intranet|private|corp|home|lan|arpa|test|invalid|svc|consul|onion|docker|nip\.io|sslip\.io|lvh\.me)$/u;

/** RFC 1918, 3927, 6598 and loopback. */
function isPrivateAddress(address: string): boolean {
  const [a = 0, b = 0] = address.split(".").map(Number);
  return (
    a === 10 ||
    a === 127 ||
    a === 0 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b < 128)
  );
}
