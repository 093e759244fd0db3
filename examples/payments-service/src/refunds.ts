import { psp } from "./psp-client.ts";

export interface Refund {
  id: string;
  paymentId: string;
  amount: number;
}

export async function refund({ paymentId, amount }: Refund): Promise<string> {
  const { data } = await psp.post<{ id: string }>("/refunds", { payment: paymentId, amount });
  return data.id;
}
