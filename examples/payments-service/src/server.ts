import express from "express";

import { config } from "./config.ts";
import { isSettled } from "./ledger.ts";
import { sendReceipt } from "./notify.ts";
import { capture, type Order } from "./payments.ts";
import { rateOf } from "./rates.ts";
import { refund, type Refund } from "./refunds.ts";
import { checkoutToken } from "./session.ts";
import { webhooks } from "./webhooks.ts";

const app = express();
app.use(webhooks);
app.use(express.json());

app.post("/payments", async (request, response) => {
  const { order, email } = request.body as { order: Order; email: string };
  const id = await capture(order);
  await sendReceipt(email, id);
  response.status(201).json({ id, token: checkoutToken(order.id) });
});

app.get("/payments/:id", (request, response) => {
  response.json({ settled: isSettled(request.params.id) });
});

app.post("/refunds", async (request, response) => {
  response.status(201).json({ id: await refund(request.body as Refund) });
});

app.get("/prices/:currency", async (request, response) => {
  response.json({ rate: await rateOf(request.params.currency) });
});

app.listen(config.port);
