import { requireConcurrencyLimit } from "../../src/rules/require-concurrency-limit.ts";
import { policyWith } from "./policies.ts";
import { runRule } from "./run-rule.ts";

const get = "fetch(`https://api.psp.example/v1/${id}`, { signal: AbortSignal.timeout(300) })";
const all = (items: string, before = "", parameters = "ids") =>
  `export async function load(${parameters}) { ${before} return Promise.all(${items}.map((id) => ${get})); }`;

runRule("require-concurrency-limit", requireConcurrencyLimit, {
  silent: [
    { name: "one after the other", code: `export async function load(ids) { for (const id of ids) await ${get}; }` },
    { name: "a literal list", code: all('["a", "b"]') },
    { name: "a list that is written out before", code: all("two", 'const two = ["a", "b"];') },
    { name: "a constant of the program", code: all("REGIONS") },
    { name: "the values of a constant", code: all("Object.values(HANDLERS)") },
    { name: "a slice", code: all("ids.slice(0, 10)") },
    { name: "a slice in a variable", code: all("some", "const some = ids.slice(0, 10);") },
    {
      name: "chunks",
      code: `export async function load(chunks) { for (const part of chunks) await Promise.all(part.map((id) => ${get})); }`,
    },
    {
      name: "what a query that says how many has found",
      code: all("found.data", "const found = await db.items.list({ limit: 20 });", "db"),
    },
    { name: "the results of a chunk", code: all("chunkResults", "", "chunkResults") },
    {
      name: "a query that says how many, behind what it says of each",
      code: all("rows", "const rows = await db.items.findMany({ include: { views: { take: 1 } }, take: 20 });", "db"),
    },
    { name: "a query that says how many", code: all("rows", "const rows = await db.items.findMany({ take: 20 });", "db") },
    {
      name: "a range of the rows",
      code: all(
        "rows",
        "const query = await db.query(`SELECT id FROM items WHERE id BETWEEN ${start} AND ${end}`); const rows = await query.result();",
        "db, start, end",
      ),
    },
    {
      name: "all at once only where one after the other is not chosen",
      code: `export async function load(ids, isLimited) { const one = (id) => ${get}; if (isLimited) { for (const id of ids) await one(id); } else { await Promise.all(ids.map(async (id) => await one(id))); } }`,
    },
    {
      name: "one page of many",
      code: all("found", "const found = await api.listItems({ programId, startingAfter });", "programId, startingAfter"),
    },
    {
      name: "the fields of one thing, which each of them changes",
      code: `export async function load(fields) { const pending = Object.keys(fields).map(async (id) => { fields[id] = await ${get}; }); await Promise.all(pending); }`,
    },
    {
      name: "the chunks that a loop cut",
      code: all(
        "commands",
        "const commands = []; for (let i = 0; i < ids.length; i += 100) commands.push(commandOf(ids.slice(i, i + 100)));",
      ),
    },
    { name: "the chunks that a function cut", code: all("parts", "const parts = chunkArray(ids, 10);") },
    { name: "batches", code: all("batches", "", "batches") },
    {
      name: "the list of a function that runs one batch",
      code: `export async function sendBatch(ids) { await Promise.all(ids.map((id) => ${get})); }`,
    },
    {
      name: "the list of a function that a batcher calls",
      code: `export const load = (rows) => limiter({ batchSize: 5 }).process(rows, async (ids) => Promise.all(ids.map((id) => ${get})));`,
    },
    { name: "what one message of a queue delivers", code: all("event.Records", "", "event") },
    { name: "media of one post", code: all("(post?.media || [])", "", "post") },
    { name: "attachments of one mail", code: all("mail.Attachments", "", "mail") },
    {
      name: "images that are checked before",
      code: all("(await Promise.all((imagesList || []).map(sized))).filter(Boolean)", "", "imagesList"),
    },
    { name: "links of one message", code: all("links", "", "links") },
    { name: "the values of a table of the program", code: all("Object.values(this.definitions).filter(Boolean)") },
    { name: "a table of clients", code: all("Object.entries(clients)", "", "clients") },
    {
      name: "a function of the file with short lists",
      code: `const ADA = ["a"]; function poolOf(kind) { if (kind === "a") return ADA; return ["b", "c"]; } ${all("pool", 'const pool = ids ? [ids] : poolOf("a");')}`,
    },
    {
      name: "a parameter whose one caller gives a short list",
      code: `async function run(ids) { await Promise.all(ids.map((id) => ${get})); } export const both = () => run(["a", "b"]);`,
    },
    {
      name: "the body of a request that says how many",
      code: all(
        "found",
        "const answer = await fetch(`https://api.psp.example/v1/trending?limit=${count}`); const found = await answer.json();",
        "count",
      ),
    },
    {
      name: "what a model wrote in one answer",
      code: all("posts", "const posts = (await model.parse(text)).choices[0].message.parsed?.posts || [];", "text"),
    },
    {
      name: "a list that is refused when it is long",
      code: all("ids", 'if (ids.length > MAX_IDS) return { error: "too many" };'),
    },
    {
      name: "the ids of rows that are refused when there are many",
      code: all("ids", 'if (rows.length >= 20) throw new Error("too many"); const ids = rows.map(({ id }) => id);', "rows"),
    },
    { name: "what a function was asked to find so many of", code: all("rows", "const rows = await pickDeals(niches, 5);", "niches") },
    {
      name: "each waits for its turn",
      code: `export const load = (ids) => Promise.all(ids.map(async (id, i) => { await delay(600 * (i + 1)); return ${get}; }));`,
    },
    {
      name: "each waits for its turn, by a timer",
      code: `export const load = (ids) => Promise.all(ids.map(async (id, index) => { await new Promise((go) => setTimeout(go, index * 250)); return ${get}; }));`,
    },
    { name: "two calls", code: `export const load = () => Promise.all([fetch("https://a.example/"), fetch("https://b.example/")]);` },
    {
      name: "p-limit around each",
      code: `import pLimit from "p-limit"; const limit = pLimit(8); export const load = (ids) => Promise.all(ids.map((id) => limit(() => ${get})));`,
    },
    {
      name: "p-map with a number",
      code: `import pMap from "p-map"; export const load = (ids) => pMap(ids, (id) => ${get}, { concurrency: 8 });`,
    },
    {
      name: "p-queue with a number",
      code: `import PQueue from "p-queue"; const queue = new PQueue({ concurrency: 4 }); export const load = (ids) => Promise.all(ids.map((id) => queue.add(() => ${get})));`,
    },
    {
      name: "a number above a limit that nobody declared",
      code: `import pMap from "p-map"; export const load = (ids) => pMap(ids, (id) => ${get}, { concurrency: 500 });`,
    },
    { name: "a queue of something else", code: `export const load = (ids) => Promise.all(ids.map((id) => queue.add(() => ${get})));` },
    {
      name: "a function of the project that has a limit",
      code: `let waiting = []; async function inTurn(run) { if (waiting.length > 4) await new Promise((go) => waiting.push(go)); /* one of the queue's */ return run(); } export const load = (ids) => Promise.all(ids.map((id) => inTurn(() => ${get})));`,
    },
    {
      name: "a function of the project that runs what it is given some other time",
      code: `const pending = []; const later = (run) => pending.push(run); export const load = (ids) => Promise.all(ids.map((id) => later(() => ${get})));`,
    },
    {
      name: "a client with a limiter of its own",
      code: `import { Client } from "@hubspot/api-client"; const client = new Client({ limiterOptions: { maxConcurrent: 6 } }); export const load = (ids) => Promise.all(ids.map((id) => client.crm.contacts.basicApi.getById(id)));`,
    },
    {
      name: "a semaphore of its own",
      code: `export const load = (ids) => Promise.all(ids.map(async (id) => { await semaphore.acquire(); return ${get}; }));`,
    },
    {
      name: "a request that is handed to a caller of another package",
      code: `class Client { load(id) { const request = () => ${get}; return this.caller.call(request); } all(ids) { return Promise.all(ids.map((id) => this.load(id))); } }`,
    },
    {
      name: "work on the side that gathers what it sends",
      code: `function flush() { fetch("https://metrics.example/v1/series").catch(log); } function count() { if (isDue()) flush(); } export const load = (ids) => Promise.all(ids.map(async (id) => { count(); return database.find(id); }));`,
    },
    { name: "promises that are not awaited together", code: `export const load = (ids) => ids.map((id) => ${get});` },
    { name: "something that is no request", code: `export const load = (ids) => Promise.all(ids.map((id) => database.find(id)));` },
    { name: "the program's own back end", code: "export const load = (ids) => Promise.all(ids.map((id) => fetch(`/api/items/${id}`)));" },
    { name: "code that runs in a browser", code: `"use client";\n${all("ids")}` },
    { name: "a test file", filename: "test/load.ts", code: all("ids") },
  ],
  reported: [
    {
      name: "a list that may be missing",
      code: `export const load = (ids) => Promise.all(ids?.map((id) => ${get}) ?? []);`,
    },
    {
      name: "addresses that cannot be seen",
      code: `export const load = (urls) => Promise.all(urls.map((url) => fetch(url, { signal: AbortSignal.timeout(300) })));`,
    },
    { name: "Promise.all that is returned", code: `export async function load(ids) {\n  return Promise.all(ids.map((id) => ${get}));\n}` },
    {
      name: "Promise.all with results",
      code: `export async function load(ids) {\n  const results = await Promise.all(ids.map((id) => ${get}));\n  return results.length;\n}`,
    },
    {
      name: "Promise.allSettled without results",
      code: `export async function load(ids) {\n  await Promise.allSettled(ids.map(async (id) => {\n    await ${get};\n  }));\n}`,
    },
    {
      name: "a function of the project",
      code: `async function one(id) {\n  return ${get};\n}\n\nexport const load = (ids) => Promise.all(ids.map((id) => one(id)));`,
    },
    {
      name: "a function of the project by its name",
      code: `async function one(id) {\n  return ${get};\n}\n\nexport const load = (ids) => Promise.all(ids.map(one));`,
    },
    {
      name: "a function of the project that runs what it is given",
      code: `async function traced(name, run) {\n  try {\n    return await run();\n  } finally {\n    end(name);\n  }\n}\n\nexport const load = (ids) => Promise.all(ids.map((id) => traced("load", () => ${get})));`,
    },
    {
      name: "a function that knows the upstream's own limit",
      code: `async function load(id) {\n  const answer = await ${get};\n  if (answer.status === 429) throw new RateLimitError(answer);\n  return answer;\n}\n\nexport const all = (ids) => Promise.all(ids.map(load));`,
    },
    {
      name: "promises that are gathered later",
      code: `export async function load(ids) {\n  const pending = ids.map((id) => ${get});\n  return Promise.all(pending);\n}`,
    },
    {
      name: "promises that are gathered later, without those that are missing",
      code: `export async function load(ids) {\n  const pending = ids.map((id) => isDue(id) ? ${get} : null);\n  await Promise.all(pending.filter(Boolean));\n}`,
    },
    {
      name: "some of the links that a query found",
      code: all(
        "dueLinks",
        "const links = await database.link.findMany({ where }); const dueLinks = links.filter(({ due }) => due);",
        "where",
      ),
    },
    {
      name: "a list that may be empty",
      code: all("ids", "if (ids.length === 0) return []; if (ids.length > 1000) log(ids.length);"),
    },
    {
      name: "each waits as long as any other",
      code: `export const load = (ids) => Promise.all(ids.map(async (id, i) => { await delay(600); return store(i, await ${get}); }));`,
    },
    { name: "a list that is filtered", code: all("ids.filter(Boolean)") },
    { name: "a list that is filled", code: all("found", "const found = []; for (const id of ids) found.push(id);") },
    { name: "media that a query found", code: all("media", "const media = await database.media.findMany({ where });", "where") },
    {
      name: "a query that says how many of something else it wants of each",
      code: all("links", "const links = await database.link.findMany({ where, include: { views: { take: 1 } } });", "where"),
    },
    {
      name: "a clean-up of a queue",
      code: `export const load = (ids) => Promise.all(ids.map(async (id) => { await ${get}; await removeFromCleanupQueue(id); }));`,
    },
    {
      name: "a parameter whose one caller gives what a query found",
      code: `async function deliver({ webhooks }) {\n  await Promise.all(webhooks.map((id) => ${get}));\n}\nexport async function run(where) {\n  const webhooks = await database.webhook.findMany({ where });\n  await deliver({ webhooks });\n}`,
    },
    {
      name: "an object that rows fill",
      code: all("Object.values(byId)", "const byId = {}; for (const row of rows) byId[row.id] = row;", "rows"),
    },
    { name: "forEach", code: `export function load(ids) {\n  ids.forEach(async (id) => {\n    await ${get};\n  });\n}` },
    {
      name: "several calls of one item, once",
      code: `export const load = (ids) => Promise.all(ids.map(async (id) => { await ${get}; await ${get}; }));`,
    },
    {
      name: "p-limit that is imported",
      code: `import pLimit from "p-limit";\n\nexport async function load(ids) {\n  return Promise.all(ids.map((id) => ${get}));\n}`,
    },
    {
      name: "p-limit of Infinity",
      code: `import pLimit from "p-limit";\nconst limit = pLimit(Infinity);\nexport const load = (ids) => Promise.all(ids.map((id) => limit(() => ${get})));`,
    },
    { name: "p-map without a number", code: `import pMap from "p-map";\nexport const load = (ids) => pMap(ids, (id) => ${get});` },
    {
      name: "a number above the limit of the policy",
      settings: { holdfast: { policy: policyWith({ concurrency: 8 }) } },
      code: `import pMap from "p-map";\nexport const load = (ids) => pMap(ids, (id) => ${get}, { concurrency: 500 });`,
    },
    {
      name: "the limit of the policy",
      settings: { holdfast: { policy: policyWith({ concurrency: 8 }) } },
      code: `export async function load(ids) {\n  await Promise.all(ids.map((id) => ${get}));\n}`,
    },
  ],
});
