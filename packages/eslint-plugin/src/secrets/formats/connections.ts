import { fromBase64 } from "../encodings.ts";
import type { SecretFormat } from "../format.ts";
import { looksRandom } from "../randomness.ts";
import { shapeOf } from "../value-shape.ts";
import { isTrivialPassword } from "../trivial-password.ts";

/** Passwords inside addresses and headers. */
export const connectionFormats: readonly SecretFormat[] = [
  {
    provider: "",
    kind: "password in a connection string",
    anchors: ["://"],
    reach: 20,
    pattern: /[a-z][a-z0-9+.-]{1,19}:\/\/[^\s:/@"'`<>{}()|\\]{0,80}:(?<secret>[^\s:/@"'`<>{}()|\\$]{3,120})@[\w.-]{1,120}/i,
    generic: true,
    verify: (password, address) =>
      !isTrivialPassword(password) && !isImage(address) && !isUsersName(address, password) && !isNobodysHost(address, password),
    env: "CONNECTION_STRING",
  },
  {
    provider: "",
    kind: "Basic authorization",
    anchors: ["Basic ", "basic "],
    pattern: /[Bb]asic (?<secret>[0-9A-Za-z+/]{8,400}={0,2})(?![\w+/=-])/,
    generic: true,
    verify: (credentials) => isBasicCredentials(credentials),
    env: "AUTHORIZATION",
  },
  {
    provider: "",
    kind: "password for curl",
    anchors: ["curl "],
    pattern:
      /curl (?:\\\r?\n|[^\n"'|;\\-]|"[^"\n]{0,200}"|'[^'\n]{0,200}'|-(?!u |-user[ =])){0,300}(?:-u |--user[ =])\s{0,3}["']?[^\s:"'$<]{0,80}["']?:["']?(?<secret>[^\s"'<]{6,120})/,
    generic: true,
    verify: (password) => !["word", undefined].includes(shapeOf(password, { kind: "password" })),
    env: "API_PASSWORD",
  },
  {
    provider: "WordPress",
    kind: "authentication key",
    anchors: ["AUTH_KEY'", "AUTH_SALT'", "LOGGED_IN_KEY'", "LOGGED_IN_SALT'", "NONCE_KEY'", "NONCE_SALT'"],
    reach: 7,
    pattern: /(?:SECURE_)?(?:AUTH|LOGGED_IN|NONCE)_(?:KEY|SALT)',\s{1,12}'(?<secret>[\x20-&(-~]{64})'/,
    env: "WORDPRESS_AUTH_KEY",
  },
];

/** `docker://image:tag@sha256` names an image; nobody logs in. */
const isImage = (address: string): boolean => /^(?:docker|oci|docker-image|containers-storage):/i.test(address);

/** `sally:sallypass`, as explanations of an address write it. */
function isUsersName(address: string, password: string): boolean {
  const user = /:\/\/([^:]{3,80}):/.exec(address)?.[1]?.toLowerCase();
  return (
    user !== undefined &&
    password.toLowerCase().startsWith(user) &&
    /^[_-]?(?:pass|password|pwd)?\d{0,3}$/i.test(password.slice(user.length))
  );
}

/** A host of documentation, or this machine with a password that nobody generated. */
function isNobodysHost(address: string, password: string): boolean {
  const host = address.slice(address.lastIndexOf("@") + 1);
  if (
    /^(?:host|hostname|server|domain|ip|address|endpoint|url|cluster|my-?host|your-?host)\b|(?:^|\.)(?:example|test|invalid)(?:\.[a-z]+)?$/i.test(
      host,
    )
  )
    return true;
  return /^(?:localhost|127\.\d|0\.0\.0\.0|host\.docker)/.test(host) && !looksRandom(password);
}

function isBasicCredentials(encoded: string): boolean {
  const [, password] = /^[\x20-\x7e]{0,100}?:([\x20-\x7e]{3,200})$/.exec(fromBase64(encoded) ?? "") ?? [];
  return password !== undefined && !isTrivialPassword(password);
}
