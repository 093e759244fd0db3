import { RotationError } from "../../error.ts";
import { Secret } from "../../secret.ts";
import { type Limits, openTransport } from "../transport.ts";
import { requireSafeAddress } from "../safe-address.ts";

/**
 * An ID token of this job of GitHub Actions: `GET $ACTIONS_ID_TOKEN_REQUEST_URL&audience=…` with `Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN`
 * answers `{ "value": "<JWT>" }` (docs.github.com/actions/reference/openid-connect-reference).
 */
export async function githubIdToken(
  audience: string | undefined,
  { env, limits }: { readonly env: NodeJS.ProcessEnv; readonly limits: Limits },
): Promise<Secret> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: address, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = env;
  if (!address || !token || !URL.canParse(address)) {
    throw new RotationError(
      "invalid",
      "GitHub Actions gives this job no ID token: ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN are not set. Nothing was sent. Give the job `permissions: { id-token: write }`.",
    );
  }
  const url = new URL(address);
  const who = `GitHub Actions at ${url.origin}`;
  requireSafeAddress(url.origin, who);
  if (audience !== undefined) url.searchParams.set("audience", audience);
  const transport = openTransport({ ca: undefined, limits });
  try {
    const outcome = await transport.send({ method: "GET", uri: url.href, headers: { Authorization: `bearer ${token}` } });
    const failed = (why: string): RotationError =>
      new RotationError("unreachable", `${who} gave no ID token: ${why}. Nothing was sent to Vault. Try the job again.`);
    if (outcome.kind === "failed") throw failed(outcome.why);
    if (outcome.status !== 200) throw failed(`it answered ${outcome.status}`);
    const value = valueIn(outcome.text);
    if (value === undefined) throw failed("its answer has none");
    return Secret.of(value);
  } finally {
    transport.close();
  }
}

function valueIn(text: string): string | undefined {
  try {
    const { value } = JSON.parse(text) as { value?: unknown };
    return typeof value === "string" && value !== "" ? value : undefined;
  } catch {
    return undefined;
  }
}
