import { psp } from "./psp-client.ts";

export interface Order {
  id: string;
  amount: number;
  currency: string;
}

export async function capture(order: Order): Promise<string> {
  const { data } = await psp.post<{ id: string }>(
    "/payments",
    { amount: order.amount, currency: order.currency, reference: order.id },
    { headers: { "Idempotency-Key": `capture-${order.id}` } },
  );
  return data.id;
}
