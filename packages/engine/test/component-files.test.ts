import { describe, expect, it } from "vitest";

import { createEngine, rules, scriptBlocks } from "../src/index.ts";

const judged = ["holdfast/max-retries", "holdfast/require-idempotency-key", "holdfast/no-hardcoded-secrets"];
const engine = createEngine({ rules: Object.fromEntries([...rules.keys()].filter((id) => !judged.includes(id)).map((id) => [id, "off"])) });
const call = (limit: number) => `got("https://api.psp.example/v1", { timeout: { request: 300 }, retry: { limit: ${limit} } })`;
const key = ["sk", "live", "4eC39HqLyjWDarjtT1zdp7dc"].join("_");

/** `rule at line:column`, and what is there. */
function lint(path: string, text: string): string[] {
  const lines = text.split("\n");
  return engine.lint({ path, text }).map(({ ruleId, message, line, column, endColumn = column }) => {
    const found = lines[line - 1]!.slice(column - 1, endColumn - 1);
    return `${ruleId?.replace("holdfast/", "") ?? message} ${line}:${column} ${found}`;
  });
}

const vue = `<template>
  <button @click="pay">Pay 1 €</button>
</template>

<script>
import got from "got";
export const psp = got.extend({ prefixUrl: "https://api.psp.example", timeout: { request: 300 }, retry: { limit: 1 } });
</script>

<script setup lang="ts" generic="T extends Record<string, number>">
const identity = <U>(value: U) => value;
const amount = identity<T | undefined>(undefined);
await ${call(5)};
</script>

<style scoped>
b { color: red }
</style>
`;

const svelte = `<!-- <script>${call(9)}</script> -->
<script context="module" lang="ts">
  export const prerender = false;
</script>

<script lang="ts">
  import got from "got";
  export let name: string;
  $: greeting = \`Hello \${name}\`;
  const load = () => ${call(5)};
</script>

{#await load()}…{:then rates}{rates.body}{/await}
`;

const astro = `---
import got from "got";
const { id } = Astro.params;
if (!id) return Astro.redirect("/");
const rates = await ${call(5)};
---
<h1>{rates.body}</h1>
<script type="application/ld+json" set:html={JSON.stringify({ id })} />
<script>
  document.title = "€";
</script>
`;

describe("the scripts of a component", () => {
  it.each([
    ["Vue", "a.vue", vue, 13],
    ["Svelte", "a.svelte", svelte, 10],
    ["Astro", "a.astro", astro, 5],
  ])("are judged at their places: %s", (_name, path, text, line) => {
    const column = text.split("\n")[line - 1]!.indexOf("5 } })") + 1;
    expect(lint(path, text)).toEqual([`max-retries ${line}:${column} 5`]);
  });

  it.each([
    ["Vue", "a.vue", vue],
    ["Svelte", "a.svelte", svelte],
    ["Astro", "a.astro", astro],
  ])("are fixed, and nothing else changes: %s", (_name, path, text) => {
    const expected = text.replace("limit: 5 ", "limit: 2 ");
    expect(engine.fix({ path, text })).toEqual({ output: expected, fixed: true, messages: [], suppressed: [] });
    expect(engine.fix({ path, text: `\uFEFF${text.replaceAll("\n", "\r\n")}` }).output).toBe(`\uFEFF${expected.replaceAll("\n", "\r\n")}`);
  });

  it("see what another script of the file imports", () => {
    const text = `<script>\nimport got from "got";\n</script>\n<script setup>\nawait ${call(5)};\n</script>\n`;
    expect(lint("a.vue", text)).toEqual([expect.stringMatching(/^max-retries 5:/u)]);
  });

  it("get a suggestion whose import goes into the script, and none that would reach over the markup", () => {
    const post = `got.post("https://api.psp.example/v1/payments", { timeout: { request: 300 }, retry: { limit: 0 }, json: {} })`;
    const suggestions = (text: string) =>
      engine
        .lint({ path: "a.vue", text })
        .flatMap(({ suggestions = [] }) => suggestions.map(({ fix }) => text.slice(0, fix.range[0]) + fix.text + text.slice(fix.range[1])));
    const one = suggestions(`<template><b/></template>\n<script setup>\nimport got from "got";\nawait ${post};\n</script>\n`);
    expect(one).toEqual([
      expect.stringMatching(/^<template><b\/><\/template>\n<script setup>\nimport got from "got";\nimport \{ randomUUID \}/u),
    ]);
    expect(suggestions(`<script>\nimport got from "got";\n</script>\n<b/>\n<script setup>\nawait ${post};\n</script>\n`)).toEqual([]);
  });

  it("are judged apart where one is no program of its own, and without an error", () => {
    const text = `<script>\n  import got from "got";\n  ${call(5)};\n</script>\n<svelte:head><script>window.x = {@html x};</script></svelte:head>\n`;
    expect(lint("a.svelte", text)).toEqual([expect.stringMatching(/^max-retries 3:/u)]);
  });

  it("that do not parse are told at their place", () => {
    expect(lint("a.vue", "<template/>\n<script>\nconst = 1;\n</script>\n")).toEqual([expect.stringMatching(/^Parsing error.* 3:7 /u)]);
  });

  it("keep silent where a comment in them says so", () => {
    const text = `<script>\nimport got from "got";\n// eslint-disable-next-line holdfast/max-retries -- slow sandbox\n${call(5)};\n</script>\n`;
    const { messages, suppressed } = engine.judge({ path: "a.vue", text });
    expect([messages, suppressed.map(({ suppressions }) => suppressions)]).toEqual([
      [],
      [[{ kind: "directive", justification: "slow sandbox" }]],
    ]);
  });
});

describe("secrets in a component", () => {
  const text = `<script>\nconst stripeKey = "${key}";\n</script>\n<Pay api-key="${key}" />\n`;

  it.each(["a.vue", "a.svelte", "a.astro"])("are found once each, in the script and in the markup of %s", (path) => {
    expect(lint(path, text)).toEqual([`no-hardcoded-secrets 2:20 ${key}`, `no-hardcoded-secrets 4:15 ${key}`]);
  });

  it("in the markup are silenced by a comment of markup", () => {
    const silenced = text.replace("<Pay", "<!-- eslint-disable-next-line holdfast/no-hardcoded-secrets -->\n<Pay");
    expect(lint("a.vue", silenced)).toEqual([`no-hardcoded-secrets 2:20 ${key}`]);
  });
});

describe("endpoints beside the components", () => {
  const handler = `const event = await request.json();\n  if (event.type === "payment_intent.succeeded") await markPaid(event.data.object.id);\n  return new Response("ok");\n`;

  it.each([
    ["SvelteKit", "/shop/src/routes/webhooks/stripe/+server.ts", `export async function POST({ request }) {\n  ${handler}}\n`],
    ["Astro", "/shop/src/pages/api/webhooks/stripe.ts", `export const POST = async ({ request }) => {\n  ${handler}};\n`],
  ])("of %s are webhooks", (_framework, path, text) => {
    const found = createEngine().lint({ path, text: `import { markPaid } from "./orders.ts";\n${text}` });
    expect(found.map(({ ruleId }) => ruleId)).toContain("holdfast/require-webhook-signature");
  });
});

describe("what is a script", () => {
  const contents = (path: string, text: string) => scriptBlocks(path, text).map(({ start, end }) => text.slice(start, end));

  it.each([
    ["an attribute with a > in quotes", "a.vue", `<script setup generic="T extends Array<string>">a</script>`, ["a"]],
    [
      "no JSON, and no element without content",
      "a.vue",
      `<script type="application/json">{}</script><script src="a.js"/><script type=module>a</script>`,
      ["a"],
    ],
    ["none in a comment", "a.svelte", `<!-- <script>a</script> --><script>b</script>`, ["b"]],
    ["no other element that begins so", "a.svelte", `<scripts>a</scripts><SCRIPT>b</SCRIPT >`, ["b"]],
    ["one that is still being typed", "a.vue", `<script>\nconst a`, ["\nconst a"]],
    ["Astro's fences behind a comment, and its scripts", "a.astro", `<!-- x -->\n---\na\n---\n<script>b</script>`, ["\na\n", "b"]],
    ["no fences in the markup", "a.astro", `<p>\n---\na\n---\n</p>`, []],
    ["no fences in Vue", "a.vue", `---\na\n---\n`, []],
  ])("%s", (_what, path, text, expected) => {
    expect(contents(path, text)).toEqual(expected);
  });

  it("is told in linear time", () => {
    const many = "<script".repeat(20_000) + "<!--".repeat(20_000);
    expect(contents("a.vue", many)).toEqual([]);
  });
});
