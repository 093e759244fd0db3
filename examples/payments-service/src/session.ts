import { createHmac } from "node:crypto";

import { config } from "./config.ts";

/** A token that ties a checkout page to one order. */
export function checkoutToken(orderId: string): string {
  return `${orderId}.${createHmac("sha256", config.sessionSigningKey).update(orderId).digest("base64url")}`;
}
