import type { OutboundCall } from "./outbound-call.ts";
import { hostOf, pathOf } from "./upstream.ts";

/**
 * Whether a write that comes twice leaves something twice, as far as the code tells: its SDK or host takes keys for it, its path names what people notice
 * when there are two (a payment, an order, a message), or it makes something new at a host in plain sight. A write to `${base}/state` may be of any kind,
 * and one to an id of a thing sets it.
 */
export function leavesDuplicates(call: OutboundCall): boolean {
  if (call.library.vendor !== undefined || call.effect === "writes") return true;
  const host = hostOf(call.url);
  if (host !== undefined && takesKeys.test(host)) return true;
  const path = pathOf(call.url);
  if (countedThings.test(path)) return true;
  const isCreation = call.method.kind === "known" && call.method.value === "POST" && !endsInId.test(path);
  return isCreation && host !== undefined && !host.startsWith("*");
}

const endsInId = /\/(?:[^/]*\*[^/]*|\d[\w-]*)\/?$/u;

/** APIs whose reference says that they take one: by header (Stripe, Adyen, PayPal, Resend, Zendesk, GoCardless …) or in the body (Square, Plaid, Wise). */
const takesKeys =
  /(?:^|\.)(?:stripe|paypal|squareup(?:sandbox)?|adyen|adyenpayments|resend|zendesk|gocardless|checkout|mollie|plaid|wise|transferwise|dwolla|lob|increase|svix|novu)\.(?:com|co|io)$/iu;

/** The last parts of a path that name it: `/v1/payments`, `/orders/7/capture`, `/sms/send`. */
const countedThings =
  /\/(?:[\w.]+[-_])?(?:payments?|pay|payouts?|charges?|refunds?|transfers?|captures?|transactions?|deposits?|withdrawals?|debits?|credits?|donations?|orders?|checkouts?|purchases?|invoices?|subscriptions?|mandates?|vouchers?|bookings?|reservations?|appointments?|shipments?|envelopes?|tickets?|messages?|sms|e?mails?|notifications?|customers?|contacts?|leads?)(?:[-_.](?:create|send|new|batch|json))?(?:\/(?:\*|\w+))?\/?$/iu;
