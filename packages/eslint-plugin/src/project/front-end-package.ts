import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { packageFolder } from "./package-folder.ts";

/** Packages that render in a browser or an app on a phone. */
const frontEnds = new Set([
  "react-dom",
  "react-native",
  "vue",
  "svelte",
  "solid-js",
  "preact",
  "@angular/core",
  "@ionic/core",
  "expo",
  "ember-source",
]);
/** Packages whose code runs on a server, or on both sides; what renders to a string does so there. */
const servers =
  /^(?:next|nuxt|express|fastify|koa|hono|@nestjs\/core|@hapi\/hapi|@remix-run\/.+|@react-router\/(?:node|serve|dev)|@sveltejs\/kit|astro|gatsby|@medusajs\/.+|@redwoodjs\/.+|@tanstack\/.*start|electron|vike|blitz|keystone.*|@keystone-6\/core|aws-lambda|@shopify\/shopify-app-.+|.*(?:render-to-string|server-renderer)|firebase-functions|serverless|convex)$/u;

/** What reaches a database, a queue or a mail server directly: no page can. A test of a front end may, so it counts as a dependency of the product only. */
const reachesBackEnds =
  /^(?:@trpc\/server|pg|postgres|mysql2?|better-sqlite3|mongodb|mongoose|@prisma\/client|ioredis|redis|bullmq|nodemailer|ssh2|dockerode|kafkajs|amqplib)$/u;
/** Frameworks that run `x.client.ts` in the browser only; elsewhere it is the client of an API. */
const frameworksOfClientFiles = /^(?:nuxt|@remix-run\/.+|@react-router\/(?:node|serve|dev)|vike)$/u;

const known = new Map<string, Package>();

interface Package {
  /** It renders, and nothing in it serves. */
  readonly isFrontEnd: boolean;
  readonly namesClientFiles: boolean;
}

/** Whether the code of a file's package runs in front of a user only: it renders, and nothing in it serves. */
export function isInFrontEndPackage(path: string): boolean {
  return packageOf(path)?.isFrontEnd ?? false;
}

/** Whether `x.client.ts` is what its framework runs in the browser only. */
export function isClientFileOfFramework(path: string): boolean {
  return /\.client\.[cm]?[jt]s$/u.test(path) && (packageOf(path)?.namesClientFiles ?? false);
}

function packageOf(path: string): Package | undefined {
  const folder = packageFolder(dirname(path));
  if (folder === undefined) return undefined;
  const answer = known.get(folder) ?? readPackage(join(folder, "package.json"));
  known.set(folder, answer);
  return answer;
}

function readPackage(manifest: string): Package {
  const { product, all } = dependenciesIn(manifest);
  return {
    isFrontEnd:
      all.some((name) => frontEnds.has(name)) &&
      !all.some((name) => servers.test(name)) &&
      !product.some((name) => reachesBackEnds.test(name)),
    namesClientFiles: all.some((name) => frameworksOfClientFiles.test(name)),
  };
}

function dependenciesIn(manifest: string): { readonly product: readonly string[]; readonly all: readonly string[] } {
  try {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(manifest, "utf8")) as Record<string, object | undefined>;
    const product = Object.keys(dependencies ?? {});
    return { product, all: [...product, ...Object.keys(devDependencies ?? {})] };
  } catch {
    return { product: [], all: [] }; // no manifest, or none that can be read: nothing is known of the package
  }
}
