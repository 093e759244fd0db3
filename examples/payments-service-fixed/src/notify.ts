import got from "got";
import pRetry from "p-retry";

export async function sendReceipt(email: string, paymentId: string): Promise<void> {
  await pRetry(
    () =>
      got.post("https://hooks.mail.example/v1/messages", {
        json: { to: email, template: "receipt", paymentId },
        headers: { "Idempotency-Key": `receipt-${paymentId}` },
        timeout: { request: 500 },
        retry: { limit: 0 },
      }),
    { retries: 2, minTimeout: 50, randomize: true },
  );
}
