import { isPrivateHost } from "../transport/public-host.ts";
import type { OutboundCall } from "./outbound-call.ts";
import { hostOf, pathOf, publicAddress } from "./upstream.ts";

/**
 * Whether a server's request goes to another service of its own project, as far as the code tells: over a private network, to what the code calls internal,
 * or to an unknown address in a way that no other company's API is called. It may hang like any other; what it does with a repeated request is up to
 * the project itself.
 */
export function isOwnService(call: OutboundCall): boolean {
  if (isNamedOwn(call)) return true;
  const host = hostOf(call.url);
  if (host !== undefined && !host.includes("*")) return isPrivateHost(host.replace(/:\d+$/u, ""));
  return internalPath.test(pathOf(call.url)) || tellsItsOwn(call) || needsNoCredentials(call);
}

const internalPath = /\/_?internal(?:\/|$)/iu;

/**
 * `${env.RESOLVER_INTERNAL_URL}/register`, `${getInternalApiUrl()}/jobs`, and what the project's pages are told: `${process.env.NEXT_PUBLIC_API_URL}/jobs`. Also
 * through the variable that holds the address.
 */
function isNamedOwn({ url }: OutboundCall): boolean {
  if (url.kind !== "known" || !url.origin) return false;
  const { file, node } = url.origin;
  const first = node.type === "TemplateLiteral" ? node.expressions[0] : node.type === "BinaryExpression" ? node.left : node;
  if (!first || first.type === "Literal") return false;
  const definition = first.type === "Identifier" ? file.variableOf(first)?.defs[0]?.node : undefined;
  const init = definition?.type === "VariableDeclarator" ? definition.init : undefined;
  const words = [first, init].map((expression) => (expression?.range ? file.text.slice(...expression.range) : "")).join(" ");
  return publicAddress.test(words) || /internal(?![a-z])/iu.test(words.replace(/[a-z]+(?=[A-Z])/gu, "$&_"));
}

/** The cookie of a user of the same site, or the name that services give one another. */
function tellsItsOwn({ headers }: OutboundCall): boolean {
  return headers.kind === "known" && [...headers.value.keys()].some((name) => /^(?:cookie|x-(?:service|internal)-.*)$/u.test(name));
}

/** Nothing around a request in plain sight says who sends it: whoever reaches the address may write there. */
function needsNoCredentials({ url, headers, instance, origin, through }: OutboundCall): boolean {
  if (url.kind === "unknown" || url.value.parts[0] !== undefined || headers.kind === "unknown" || instance?.created) return false;
  const said = [origin, ...through, ...(url.kind === "known" && url.origin ? [url.origin] : [])];
  return (
    said.every(({ file, node }) => !credentials.test(file.text.slice(...node.range))) &&
    ![...headers.value.keys()].some((name) => credentials.test(name))
  );
}

const credentials = /auth|key|token|secret|signature|hmac|password|passwd|credential|cookie|session|jwt|bearer/iu;
