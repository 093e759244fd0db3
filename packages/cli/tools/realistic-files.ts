import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Writes `count` TypeScript files of 60 to 200 lines as a service would have them: types, calls to upstreams, handlers, views. The same ones every time. */
export function writeRealisticFiles(folder: string, count: number): void {
  const random = generator(7);
  for (let index = 0; index < count; index += 1) {
    const path = join(folder, `area-${index % 50}`, `${pick(random, nouns)}-${index}.ts`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, fileText(random, index));
  }
}

const nouns = ["payment", "order", "invoice", "customer", "refund", "shipment", "session", "ledger"] as const;
const clients = ["axios", "fetch", "got", "none", "none", "none"] as const;

function fileText(random: () => number, index: number): string {
  const noun = pick(random, nouns);
  const name = `${noun[0]?.toUpperCase()}${noun.slice(1)}`;
  const client = pick(random, clients);
  const functions = 3 + Math.floor(random() * 8);
  return [
    ...imports[client],
    "",
    `export interface ${name} {`,
    ...["id: string", "createdAt: Date", "amountMinor: number", "currency: string", "status: 'open' | 'done' | 'failed'"].map(
      (field) => `  readonly ${field};`,
    ),
    "}",
    "",
    `const cache${index} = new Map<string, ${name}>();`,
    "",
    ...Array.from({ length: functions }, (_, at) => functionText(name, client, { cache: `cache${index}`, at, random })),
  ].join("\n");
}

const imports: Readonly<Record<(typeof clients)[number], readonly string[]>> = {
  axios: ["import axios from 'axios';", "const api = axios.create({ baseURL: 'https://api.psp.example/v1', timeout: 300 });"],
  got: ["import got from 'got';"],
  fetch: [],
  none: ["import { readFile } from 'node:fs/promises';"],
};

function functionText(
  name: string,
  client: (typeof clients)[number],
  { cache, at, random }: { readonly cache: string; readonly at: number; readonly random: () => number },
): string {
  const call = {
    axios: "await api.get<unknown>(`/items/${id}`, { headers: { accept: 'application/json' } })",
    fetch: "await fetch(`https://api.psp.example/v1/items/${id}`, { signal: AbortSignal.timeout(300) })",
    got: "await got.get(`https://api.psp.example/v1/items/${id}`, { timeout: { request: 300 }, retry: { limit: 0 } }).json()",
    none: "JSON.parse(await readFile(`data/${id}.json`, 'utf8')) as unknown",
  }[client];
  const limit = Math.floor(random() * 1000);
  return `/** Loads one and keeps it for the next caller. */
export async function load${name}${at}(id: string, options: { fresh?: boolean } = {}): Promise<${name} | undefined> {
  const known = options.fresh ? undefined : ${cache}.get(id);
  if (known !== undefined) return known;
  const answer = ${call};
  const items = Array.isArray(answer) ? answer : [answer];
  const total = items.reduce((sum: number, item: { amountMinor?: number }) => sum + (item.amountMinor ?? 0), 0);
  if (total > ${limit}) {
    console.warn(\`total of \${id} is \${total}\`, { limit: ${limit} });
    return undefined;
  }
  for (const [index, item] of items.entries()) {
    switch (item?.status) {
      case 'open':
        return { ...item, id: \`\${id}-\${index}\` };
      default:
        continue;
    }
  }
  return undefined;
}
`;
}

function pick<T>(random: () => number, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError("nothing to pick from");
  return item;
}

/** Mulberry32: small, and the same sequence everywhere. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
