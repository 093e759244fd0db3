import type { RequestReading } from "./outbound-call.ts";
import { textParts, type Value } from "./value.ts";

/** What a GraphQL document does, as far as its text is seen: written out, or in a tag such as gql`…`. */
export function effectOf(document: Value): RequestReading["effect"] {
  const text = textParts(document.kind === "result" ? (document.arguments[0] ?? document) : document)?.[0];
  if (text === undefined) return "unknown";
  const operations = [...text.matchAll(/(?:^|\})\s*(?:#[^\n]*\n\s*)*(?<operation>mutation|query|subscription|fragment|\{)/gu)];
  const names = operations.map(({ groups }) => groups?.["operation"]);
  if (names.includes("mutation")) return "writes";
  return names.length > 0 ? "reads" : "unknown";
}

/** What a mutation asks for: `createRefund` of `mutation Refund($id: ID!) { refund: createRefund(id: $id) { id } }`. */
export function mutatedFields(document: string): string[] {
  let text = document.replace(/#[^\n]*/gu, "").replace(/"(?:\\.|[^"\\])*"/gu, "");
  for (let before = ""; before !== text;) {
    before = text;
    text = text.replace(/\([^()]*\)|@\w+/gu, "");
  }
  const fields: string[] = [];
  let depth = 0;
  for (const [token] of text.matchAll(/[{}]|(?:\w+\s*:\s*)?\w+/gu)) {
    if (token === "{") depth += 1;
    else if (token === "}") depth -= 1;
    else if (depth === 1) fields.push(token.replace(/^\w+\s*:\s*/u, ""));
  }
  return fields;
}
