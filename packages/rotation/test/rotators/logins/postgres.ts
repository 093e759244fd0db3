import { Client } from "pg";

import type { Credential } from "../../../src/index.ts";

/** A login and a query, as a program does them. */
export async function logIn(
  { value, fields }: Credential,
  place: { readonly host: string; readonly port: number },
): Promise<"accepted" | "refused"> {
  const { host, port } = place;
  const client = new Client({ host, port, database: "postgres", user: fields["username"]?.reveal() ?? "", password: value.reveal() });
  client.on("error", () => undefined); // The rejection carries the same error.
  try {
    await client.connect();
    await client.query("SELECT 1");
    return "accepted";
  } catch (error) {
    if (/^28/u.test((error as { code?: string }).code ?? "")) return "refused";
    throw error;
  } finally {
    await client.end();
  }
}
