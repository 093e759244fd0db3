import express, { Router } from "express";

import { settle } from "./ledger.ts";

export const webhooks = Router();

webhooks.post("/webhooks/psp", express.json(), (request, response) => {
  const event = request.body as { type: string; paymentId: string };
  if (event.type === "payment.settled") settle(event.paymentId);
  response.sendStatus(204);
});
