import { judgedByBudget } from "../src/configs.ts";
import type { RuleDocs } from "../src/create-rule.ts";

/** What of a rule its page is made from. */
export interface RulePart {
  readonly meta: {
    readonly docs: RuleDocs;
    readonly fixable?: string;
    readonly hasSuggestions?: boolean;
    readonly schema: readonly { readonly properties?: Readonly<Record<string, OptionSchema>> }[];
  };
}

/** As much of JSON Schema as the options of rules use. */
interface OptionSchema {
  readonly type: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly items?: OptionSchema;
}

/** A page with its generated parts as the rule has them: everything up to the first heading of the second rank, and the table of options. */
export function rulePage(name: string, rule: RulePart, page: string): string {
  return replaced(`${head(name, rule)}\n${page.slice(page.search(/^## /mu))}`, "options", optionsTable(rule));
}

/** The page that lists all rules. */
export function rulesIndex(rules: Readonly<Record<string, RulePart>>, page: string): string {
  const rows = Object.entries(rules).map(
    ([name, rule]) => `| [${name}](${name}.md) | ${rule.meta.docs.description} | ${setOf(name, rule)} | ${marks(rule)} |`,
  );
  return replaced(page, "rules", ["| rule | | in | |", "| --- | --- | --- | --- |", ...rows].join("\n"));
}

function head(name: string, rule: RulePart): string {
  const { docs, fixable, hasSuggestions } = rule.meta;
  const help = [
    fixable && "🔧 `--fix` changes what is plainly safer.",
    hasSuggestions && "💡 An editor offers complete code for the rest.",
  ];
  return [`# ${name}`, `${docs.description}.`, [`In ${setOf(name, rule)}.`, ...help].filter(Boolean).join(" "), ""].join("\n\n");
}

/** A rule that judges by budgets warns until a policy declares some. */
function setOf(name: string, { meta }: RulePart): string {
  const level = judgedByBudget.includes(name) ? " (a warning without a policy)" : "";
  return meta.docs.set === "recommended" ? `\`recommended\` and \`strict\`${level}` : "`strict`";
}

function marks({ meta }: RulePart): string {
  return [meta.fixable && "🔧", meta.hasSuggestions && "💡"].filter(Boolean).join(" ");
}

function optionsTable({ meta }: RulePart): string {
  const properties = Object.entries(meta.schema[0]?.properties ?? {});
  if (properties.length === 0) return "This rule has no options.";
  return [
    "| option | values | |",
    "| --- | --- | --- |",
    ...properties.map(([name, schema]) => `| \`${name}\` | ${valuesOf(schema)} | ${schema.description} |`),
  ].join("\n");
}

function valuesOf(schema: OptionSchema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(", ");
  return schema.items ? `list of ${valuesOf(schema.items)}` : schema.type;
}

/** Puts a text between `<!-- begin name -->` and `<!-- end name -->`. */
function replaced(page: string, name: string, text: string): string {
  const marked = new RegExp(`(<!-- begin ${name} -->)[^]*?(<!-- end ${name} -->)`, "u");
  if (!marked.test(page)) throw new Error(`the page has no place for ${name}`);
  return page.replace(marked, (_all, begin: string, end: string) => `${begin}\n\n${text}\n\n${end}`);
}
