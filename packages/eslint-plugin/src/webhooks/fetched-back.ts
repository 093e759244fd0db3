import { nodesWithin } from "../calls/source-file.ts";
import { codeOf, namesOf } from "./names.ts";
import type { Provider } from "./provider.ts";
import type { RequestFlow } from "./request-flow.ts";

/** The handler asks the provider about what it was sent, so that a forged request says nothing: Mollie's way, and PayPal's for IPN. */
export function isFetchedBack({ reached }: RequestFlow, provider: Provider | undefined): boolean {
  return reached.some(({ node, file }) => {
    if (/_notify-validate|verify-webhook-signature|events\.retrieve|sns-validator/u.test(codeOf(node, file))) return true;
    return nodesWithin(file.calls, node).some(({ callee }) => provider?.asks?.test(namesOf(callee).join(".")));
  });
}
