/** Keeps the table of keys in docs/policy.md current. `--check` only compares. */
import { fileURLToPath } from "node:url";

import { durationPattern } from "../src/duration.ts";
import { type JsonSchema, policyJsonSchema } from "../src/json-schema.ts";
import { keepCurrent } from "./generated-file.ts";

const [begin, end] = ["<!-- generated -->", "<!-- /generated -->"];

await keepCurrent(fileURLToPath(new URL("../../../docs/policy.md", import.meta.url)), (page) => {
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`docs/policy.md lacks the markers ${begin} and ${end}`);
  return `${before}${begin}\n\n${sections(policyJsonSchema())}\n\n${end}${after}`;
});

interface Row {
  readonly key: string;
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
}

/** A section a key of the file. */
function sections(schema: JsonSchema): string {
  return Object.entries(schema.properties ?? {})
    .map(([key, section]) => [`### ${key}`, section.description, ...table(rowsBelow(key, section))].join("\n\n"))
    .join("\n\n");
}

function table(rows: readonly Row[]): string[] {
  if (rows.length === 0) return [];
  const lines = rows.map(
    ({ key, schema, isRequired }) =>
      `| \`${key}\`${isRequired ? " (required)" : ""} | ${valueOf(schema)} | ${cell(schema.description ?? "")} |`,
  );
  return [["| key | value | meaning |", "| --- | --- | --- |", ...lines].join("\n")];
}

/** Every key below this one. */
function rowsBelow(key: string, schema: JsonSchema): Row[] {
  return (schema.oneOf ?? [schema]).flatMap(({ properties = {}, required = [], additionalProperties }) => [
    ...Object.entries(properties).flatMap(([name, value]) => [
      { key: `${key}.${name}`, schema: value, isRequired: required.includes(name) },
      ...rowsBelow(`${key}.${name}`, value),
    ]),
    ...(additionalProperties ? rowsBelow(`${key}.<name>`, additionalProperties) : []),
  ]);
}

function valueOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum) return schema.enum.map(code).join(", ");
  if (schema.items) return `list: ${valueOf(schema.items)}`;
  if (schema.oneOf || schema.properties) return "map";
  if (schema.pattern?.endsWith(durationPattern.slice(1))) return "duration";
  if (schema.type === "integer") return "whole number";
  return schema.examples ? `text: ${schema.examples.map(code).join(", ")}` : "text";
}

function code(text: string | number): string {
  return `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll("|", String.raw`\|`);
}
