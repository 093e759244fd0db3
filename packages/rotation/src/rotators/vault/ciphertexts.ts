import { RotationError } from "../../error.ts";
import type { Document, Store, Version } from "../../roles.ts";
import { Secret } from "../../secret.ts";
import { readSnapshot, replaceFile, type Snapshot, withFileLock } from "../../stores/atomic-file.ts";

export interface Ciphertext {
  /** As in `cards.jsonl:12` or `orders/cards: number`. */
  readonly place: string;
  /** `vault:v1:…` */
  readonly text: string;
  /** Of `vault:v1:…`: 1. */
  readonly version: number;
  /** Of a derived key, in base64. */
  readonly context: string | undefined;
}

/** Where ciphertexts are kept. `read` comes first. */
export interface Source {
  readonly name: string;
  read(): Promise<{ readonly ciphertexts: readonly Ciphertext[]; readonly broken: readonly { place: string; error: string }[] }>;
  /** @throws RotationError `conflict` when somebody else wrote there since it was read; nothing was overwritten. */
  save(renewed: ReadonlyMap<Ciphertext, string>): Promise<void>;
}

const noCiphertext = "expected a ciphertext of Transit, which starts with vault:v";

function versionOf(text: string): number | undefined {
  const [, version] = /^vault:v(\d{1,9}):./u.exec(text) ?? [];
  return version === undefined ? undefined : Number(version);
}

/** Fields of one document; a field that is not there is none of its ciphertexts. */
export function documentSource(store: Store, path: string, fields: readonly string[]): Source {
  let known: { document: Document; version: Version } | undefined;
  let saved = 0;
  return {
    name: path,
    async read() {
      saved = 0;
      known = await store.read(path);
      const ciphertexts: Ciphertext[] = [];
      const broken: { place: string; error: string }[] = [];
      for (const field of fields) {
        const value = known?.document[field];
        if (value === undefined || value === null) continue;
        const text = value instanceof Secret ? value.reveal() : "";
        const [place, version] = [placeOf(path, field), versionOf(text)];
        if (version === undefined) broken.push({ place, error: noCiphertext });
        else ciphertexts.push({ place, text, version, context: undefined });
      }
      return { ciphertexts, broken };
    },
    async save(renewed) {
      if (!known || renewed.size === saved) return;
      const fresh = [...renewed].map(([{ place }, text]) => [place.slice(placeOf(path, "").length), Secret.of(text)] as const);
      const document = { ...known.document, ...Object.fromEntries(fresh) };
      const { version } = await store.write(path, document, known.version);
      known = { document, version };
      saved = renewed.size;
    },
  };
}

function placeOf(path: string, field: string): string {
  return `${path}: ${field}`;
}

interface Line {
  readonly raw: string;
  readonly ciphertext: Ciphertext | undefined;
}

/** A file with a JSON text, or a map with `ciphertext`, in each line; other entries of a map, empty lines and the order stay. */
export function fileSource(file: string): Source {
  let snapshot: Snapshot | undefined;
  let lines: readonly Line[] = [];
  let saved = 0;
  return {
    name: file,
    async read() {
      saved = 0;
      snapshot = await readSnapshot(file);
      if (!snapshot)
        throw new RotationError(
          "invalid",
          `The file of ciphertexts ${file} is not there. Nothing was changed in it. Correct "rewrap" in the policy.`,
        );
      const broken: { place: string; error: string }[] = [];
      lines = snapshot.bytes
        .toString("utf8")
        .split("\n")
        .map((raw, index) => {
          const read = raw.trim() === "" ? undefined : readLine(raw, `${file}:${index + 1}`);
          if (read && "error" in read) broken.push(read);
          return { raw, ciphertext: read && "text" in read ? read : undefined };
        });
      return { ciphertexts: lines.flatMap(({ ciphertext }) => ciphertext ?? []), broken };
    },
    async save(renewed) {
      if (renewed.size === saved) return;
      const text = lines.map(({ raw, ciphertext }) => renewedLine(raw, ciphertext && renewed.get(ciphertext))).join("\n");
      await withFileLock(file, async (holdsLock) => {
        await replaceFile(file, text, snapshot, holdsLock);
        snapshot = await readSnapshot(file);
        if (snapshot?.bytes.toString("utf8") !== text)
          throw new RotationError("conflict", `${file} was written by somebody else while it was rewrapped. Try again.`);
      });
      saved = renewed.size;
    },
  };
}

function readLine(raw: string, place: string): Ciphertext | { readonly place: string; readonly error: string } {
  let read: unknown;
  try {
    read = JSON.parse(raw);
  } catch {
    return { place, error: "expected JSON in the line" };
  }
  const entry = typeof read === "string" ? { ciphertext: read } : ((read ?? {}) as { ciphertext?: unknown; context?: unknown });
  const { ciphertext: text, context }: { ciphertext?: unknown; context?: unknown } = entry;
  const version = typeof text === "string" ? versionOf(text) : undefined;
  if (typeof text !== "string" || version === undefined) return { place, error: noCiphertext };
  return { place, text, version, context: typeof context === "string" ? context : undefined };
}

function renewedLine(raw: string, renewed: string | undefined): string {
  if (renewed === undefined) return raw;
  const read: unknown = JSON.parse(raw);
  const end = raw.endsWith("\r") ? "\r" : "";
  return JSON.stringify(typeof read === "string" ? renewed : { ...(read as object), ciphertext: renewed }) + end;
}
