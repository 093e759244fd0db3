import got from "got";
import pRetry from "p-retry";

export async function sendReceipt(email: string, paymentId: string): Promise<void> {
  await pRetry(() => got.post("https://hooks.mail.example/v1/messages", { json: { to: email, template: "receipt", paymentId } }), {
    retries: 5,
  });
}
