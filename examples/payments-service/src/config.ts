export const pspUrl = "https://api.psp.example/v1";

export const config = {
  port: Number(process.env["PORT"] ?? 3000),
  pspApiSecret: "1c7b16e90ab1ec765098a16b3c0cda82",
  sessionSigningKey: process.env["SESSION_SIGNING_KEY"] ?? "",
};
