import express, { Router } from "express";

import { config } from "./config.ts";
import { settle } from "./ledger.ts";
import { isGenuine } from "./webhook-signature.ts";

export const webhooks = Router();
const seen = new Set<string>();

webhooks.post("/webhooks/psp", express.raw({ type: "application/json" }), (request, response) => {
  const body = request.body as Buffer;
  const id = request.get("webhook-id") ?? "";
  const signed = { id, timestamp: request.get("webhook-timestamp") ?? "", body, signature: request.get("webhook-signature") ?? "" };
  if (!isGenuine(signed, config.pspWebhookSecret)) {
    response.sendStatus(401);
    return;
  }
  if (!seen.has(id)) {
    const event = JSON.parse(body.toString("utf8")) as { type: string; paymentId: string };
    if (event.type === "payment.settled") settle(event.paymentId);
    seen.add(id);
  }
  response.sendStatus(204);
});
