import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

import { RotationError } from "../error.ts";
import type { Key } from "../roles.ts";
import { Secret } from "../secret.ts";
import { openPlainAgeFile, x25519Scalar } from "./age-x25519.ts";

/** Loaded when it is needed: opening a file with an X25519 identity needs nothing of it. */
const library = () => import("age-encryption");

/**
 * An age key: wraps for one recipient (`age1…`), unwraps what any of the identities can open.
 * @throws RotationError `key-unavailable` from `unwrap` when none fits, `invalid` when the recipient is not one.
 */
export function ageKey(options: { readonly recipient: string; readonly identities: readonly Secret[] }): Key {
  const { recipient, identities } = options;
  return {
    kind: "age",
    wrap: async (plaintext) => {
      const { Encrypter } = await library();
      const encrypter = new Encrypter();
      try {
        encrypter.addRecipient(recipient);
      } catch {
        throw new RotationError(
          "invalid",
          `${recipient} is not an age recipient: its checksum does not fit. Nothing was written. Copy it again from its owner.`,
        );
      }
      return { key: recipient, ciphertext: await encrypter.encrypt(plaintext) };
    },
    unwrap: async ({ key, ciphertext }) => {
      const plain = openPlainAgeFile(
        ciphertext,
        identities.map((identity) => identity.reveal()),
      );
      if (plain) return plain;
      const { Decrypter } = await library();
      const decrypter = new Decrypter();
      for (const identity of identities) decrypter.addIdentity(identity.reveal());
      try {
        return await decrypter.decrypt(ciphertext);
      } catch {
        throw new RotationError("key-unavailable", `None of the age identities opens what was encrypted to ${key}.`);
      }
    },
  };
}

/** The armoured text (`-----BEGIN AGE ENCRYPTED FILE-----`) of an age file and back. */
export const ageArmor = {
  encode(bytes: Uint8Array): string {
    const lines =
      Buffer.from(bytes)
        .toString("base64")
        .match(/.{1,64}/gu) ?? [];
    return [armorStart, ...lines, armorEnd, ""].join("\n");
  },
  /** Strict, as the format is. @throws Error for anything else. */
  decode(text: string): Uint8Array {
    const lines = text.trim().replaceAll("\r\n", "\n").split("\n");
    const [first, last, body] = [lines.shift(), lines.pop(), lines.join("")];
    const bytes = Buffer.from(body, "base64");
    const whole = lines.every(({ length }, at) => length === 64 || (at === lines.length - 1 && length > 0 && length < 64));
    if (first !== armorStart || last !== armorEnd || !whole || bytes.toString("base64") !== body)
      throw new Error("not an armoured age file");
    return bytes;
  },
};

const armorStart = "-----BEGIN AGE ENCRYPTED FILE-----";
const armorEnd = "-----END AGE ENCRYPTED FILE-----";

/**
 * Makes an age identity in a new file of mode 0600, as `age-keygen -o` does, and gives its recipient.
 * @throws RotationError `invalid` when the file exists: it may be the only key to something.
 */
export async function createAgeIdentity(file: string): Promise<{ readonly recipient: string }> {
  const { generateX25519Identity, identityToRecipient } = await library();
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const handle = await openNew(file);
  try {
    await handle.writeFile(`# created: ${new Date().toISOString().replace(/\.\d+Z$/u, "Z")}\n# public key: ${recipient}\n${identity}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { recipient };
}

/**
 * The identities of a text as `age-keygen` writes it: one a line, empty lines and `#` comments between them.
 * @throws RotationError `key-unavailable`; its message never holds a piece of a key.
 */
export async function parseAgeIdentities(text: string, origin: string): Promise<Secret[]> {
  const identities = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  if (identities.length === 0)
    throw unavailable(`${origin} holds no age identity`, "It should have a line that starts with AGE-SECRET-KEY-.");
  if (identities.some((line) => line.startsWith("-----BEGIN"))) {
    throw unavailable(
      `${origin} is encrypted with a passphrase`,
      "Decrypt it with `age --decrypt` into a file of mode 0600, or name another one.",
    );
  }
  for (const identity of identities) {
    if (x25519Scalar(identity)) continue;
    const { identityToRecipient } = await library();
    // What the library throws quotes the identity, so nothing of it is passed on.
    await identityToRecipient(identity).catch(() => {
      throw unavailable(
        `${origin} has a line that is not an age identity`,
        "Each line is AGE-SECRET-KEY-1… or AGE-SECRET-KEY-PQ-1…, or a comment.",
      );
    });
  }
  return identities.map((identity) => Secret.of(identity));
}

/** @throws RotationError `key-unavailable` when the file is missing, or readable by others than its user. */
export async function readAgeIdentities(file: string): Promise<Secret[]> {
  const handle = await open(file, constants.O_RDONLY).catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code;
    throw unavailable(
      `The age identity ${file} cannot be read (${code})`,
      "Check the path and its rights, or make one with `holdfast init`.",
    );
  });
  try {
    await requirePrivate(handle, file);
    return await parseAgeIdentities(await handle.readFile("utf8"), file);
  } finally {
    await handle.close();
  }
}

async function requirePrivate(handle: FileHandle, file: string): Promise<void> {
  const status = await handle.stat();
  if (!status.isFile()) throw unavailable(`The age identity ${file} is not a file`, "Check the path.");
  if (process.platform === "win32" || (status.mode & 0o077) === 0) return;
  const mode = (status.mode & 0o777).toString(8).padStart(4, "0");
  throw unavailable(
    `The age identity ${file} has mode ${mode}: other users can read it. It was not used`,
    `Run \`chmod 600 ${file}\`; if somebody may have read it, replace it and rotate what it protects.`,
  );
}

async function openNew(file: string): Promise<FileHandle> {
  return open(file, "wx", 0o600).catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "EEXIST") {
      throw new RotationError(
        "invalid",
        `${file} exists already and was left as it was: it may be the only key to a file. Name another one, or move it away.`,
      );
    }
    throw new RotationError(
      code === "EROFS" ? "read-only" : "denied",
      `Cannot create the age identity ${file} (${code}). Nothing was written. Check the folder and its rights.`,
    );
  });
}

function unavailable(what: string, advice: string): RotationError {
  return new RotationError("key-unavailable", `${what}. ${advice}`);
}
