export const pspUrl = "https://api.psp.example/v1";

export const config = {
  port: Number(process.env["PORT"] ?? 3000),
  pspApiSecret: required("PSP_API_SECRET"),
  pspWebhookSecret: required("PSP_WEBHOOK_SECRET"),
  sessionSigningKey: required("SESSION_SIGNING_KEY"),
};

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start the service with holdfast exec`);
  return value;
}
