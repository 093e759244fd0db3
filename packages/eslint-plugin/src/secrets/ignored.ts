import { createHash } from "node:crypto";

export interface IgnoreOptions {
  readonly ignore?: readonly string[];
}

const digestPrefix = /^sha256:([0-9a-f]{8,64})$/i;

/** Whether the options dismiss a value: by the start of its SHA-256, so that the configuration does not repeat it, or by a pattern of the whole. */
export function ignoredBy({ ignore = [] }: IgnoreOptions): (value: string) => boolean {
  const digests = ignore.flatMap((entry) => digestPrefix.exec(entry)?.[1]?.toLowerCase() ?? []);
  const patterns = ignore.filter((entry) => !digestPrefix.test(entry)).map((entry) => new RegExp(`^(?:${entry})$`));
  return (value) => {
    if (patterns.some((pattern) => pattern.test(value))) return true;
    if (digests.length === 0) return false;
    const digest = createHash("sha256").update(value).digest("hex");
    return digests.some((start) => digest.startsWith(start));
  };
}
