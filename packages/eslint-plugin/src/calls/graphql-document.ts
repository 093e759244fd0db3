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
