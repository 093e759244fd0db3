import { z } from "zod";

import { duration, environmentName, filePath, name } from "../scalars.ts";

const userName = z.string().regex(/^[A-Za-z_][\w$-]{0,31}$/u, {
  error: "expected the name of a database user: up to 32 letters, digits and _ $ -",
});

const users = z
  .array(userName)
  .min(1, { error: "expected one or two users" })
  .max(2, { error: "expected one or two users" })
  .refine((names) => new Set(names).size === names.length, { error: "expected two different users" })
  .meta({
    description: "The users that take turns, so that programs are never refused. With one user there is no overlap.",
    examples: [["app_a", "app_b"]],
  });

const admin = z
  .strictObject({
    secret: name.optional().describe("The secret that holds the administrator's password, and the name in its field `username`."),
    username: userName.optional().describe("The administrator's name, where the secret has no field `username`."),
    urlEnv: environmentName.optional().meta({
      description: "Or the environment variable with a URL of user, password, host, port and database.",
      examples: ["DATABASE_ADMIN_URL"],
    }),
  })
  .describe("Who changes the users' passwords.");

/** What any SQL server needs to be reached. */
const server = {
  users,
  admin,
  host: z
    .string()
    .regex(/^[A-Za-z0-9:][\w.:-]*$/u, { error: "expected a host name or an IP address" })
    .optional()
    .describe("Where the server is; that of `urlEnv` without it."),
  port: z
    .int({ error: "expected a port" })
    .min(1, { error: "expected a port above 0" })
    .max(65_535, { error: "expected a port up to 65535" })
    .optional()
    .describe("The port; the server's usual one without it."),
  database: z
    .string()
    .regex(/^[^\s/?#%\\]{1,64}$/u, { error: "expected the name of a database" })
    .optional()
    .describe("The database to log in to."),
  tls: z
    .enum(["require", "verify-full"])
    .optional()
    .describe(
      "TLS with a certificate that is verified, chain and name: both words say the same. Always on, except towards this machine, where it is on when asked for.",
    ),
  ca: filePath.optional().describe("PEM file with the certificate authorities to trust; those of the system without it."),
  terminate: z
    .literal(true)
    .optional()
    .describe("Ends the sessions of the previous user when its password is revoked; they go on without it."),
  timeout: duration.optional().describe("How long a connection or a statement may take; `10s` without it."),
};

export const postgres = z
  .strictObject({ with: z.literal("postgres").describe("Two PostgreSQL roles that take turns."), ...server })
  .describe("The password of a PostgreSQL role.");
