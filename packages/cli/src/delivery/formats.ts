import { exitCodes, Failure } from "../failure.ts";

export type PullFormat = "dotenv" | "json" | "yaml" | "k8s";

/** Environment names and values, in the order they are written. */
export type Values = readonly (readonly [name: string, value: string])[];

/** The text that `pull` writes. Throws `Failure` when a value cannot be written in the format without changing it. */
export function render(format: PullFormat, values: Values, name: string): string {
  switch (format) {
    case "dotenv":
      return values.map(([key, value]) => `${key}=${dotenvValue(key, value)}\n`).join("");
    case "json":
      return `${JSON.stringify(Object.fromEntries(values), undefined, 2)}\n`;
    case "yaml":
      return values.length === 0 ? "{}\n" : values.map(([key, value]) => `${key}: ${yamlString(value)}\n`).join("");
    case "k8s":
      return [
        "apiVersion: v1",
        "kind: Secret",
        "metadata:",
        `  name: ${yamlString(name)}`,
        "type: Opaque",
        values.length === 0 ? "data: {}" : "data:",
        ...values.map(([key, value]) => `  ${key}: ${Buffer.from(value, "utf8").toString("base64")}`),
        "",
      ].join("\n");
  }
}

/** A spelling that Node's --env-file, dotenv and a POSIX shell all read as the same value. */
function dotenvValue(key: string, value: string): string {
  if (/^[\w./:@%+,=-]+$/u.test(value)) return value;
  if (!/['\r]/u.test(value)) return `'${value}'`;
  if (!/["$`\\\r\n]/u.test(value)) return `"${value}"`;
  throw new Failure({
    code: "not-representable",
    exitCode: exitCodes.usage,
    what: `The value of ${key} holds characters that programs reading dotenv files disagree about`,
    left: "Nothing was written",
    next: "Use --format json, or holdfast exec",
  });
}

/** A double-quoted JSON string is one in YAML 1.2 too, except for line separators, which JSON leaves as they are. */
function yamlString(value: string): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
