import { Secret } from "../secret.ts";

/** JSON to send, in which what must not be told is a `Secret`. */
export type Sent = Secret | string | number | boolean | null | readonly Sent[] | { readonly [key: string]: Sent };

export type Body = Readonly<Record<string, Sent>>;

/** The JSON as it travels. */
export function inClear(sent: Sent): unknown {
  if (sent instanceof Secret) return sent.reveal();
  if (Array.isArray(sent)) return (sent as readonly Sent[]).map(inClear);
  if (typeof sent === "object" && sent !== null)
    return Object.fromEntries(Object.entries(sent).map(([key, value]) => [key, inClear(value)]));
  return sent;
}

export function secretsIn(sent: Sent): Secret[] {
  if (sent instanceof Secret) return [sent];
  return typeof sent === "object" && sent !== null ? Object.values(sent).flatMap((value: Sent) => secretsIn(value)) : [];
}
