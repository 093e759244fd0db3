import { RotationError } from "../../error.ts";
import { dataOf, isCode, type Mount, type MountRequest, textOf } from "./data.ts";
import type { TransitKey } from "./transit.ts";

/** What is encrypted, signed or authenticated to see whether a version works; no secret. */
const text = Buffer.from("holdfast").toString("base64");

type Use = "encrypt" | "sign" | "hmac";

/** Something that only the newest version of the key can have made, such as `vault:v3:…`. */
export async function makeProbe(mount: Mount, key: TransitKey): Promise<string> {
  const use = useOf(key);
  const body = { ...(use === "encrypt" ? { plaintext: text } : { input: text }), ...contextOf(key), key_version: key.latest };
  const answer = await mount.ask({ ...harmless(use, key), body });
  return textOf(dataOf(answer), { encrypt: "ciphertext", sign: "signature", hmac: "hmac" }[use], mount);
}

/** Whether the key still takes it. @throws RotationError for anything but a refusal. */
export async function tryProbe(mount: Mount, key: TransitKey, probe: string): Promise<"accepted" | "refused"> {
  const use = useOf(key);
  try {
    if (use === "encrypt") {
      const answer = await mount.ask({ ...harmless("decrypt", key), body: { ciphertext: probe, ...contextOf(key) } });
      return dataOf(answer)["plaintext"] === text ? "accepted" : "refused";
    }
    const body = { input: text, [use === "sign" ? "signature" : "hmac"]: probe, ...contextOf(key) };
    const answer = await mount.ask({ ...harmless("verify", key), body });
    return dataOf(answer)["valid"] === true ? "accepted" : "refused";
  } catch (error) {
    if (error instanceof RotationError && isCode(error, "invalid")) return "refused";
    throw error;
  }
}

function useOf({ encrypts, signs }: TransitKey): Use {
  if (encrypts) return "encrypt";
  return signs ? "sign" : "hmac";
}

/** A derived key makes a key of its own for each context. */
function contextOf({ isDerived }: TransitKey): { context?: string } {
  return isDerived ? { context: text } : {};
}

function harmless(operation: Use | "decrypt" | "verify", { name }: TransitKey): Omit<MountRequest, "body"> {
  return { method: "POST", path: [operation, name], effect: "read", what: `${operation} with the key ${name}` };
}
