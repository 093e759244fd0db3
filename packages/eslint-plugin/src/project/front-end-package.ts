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

const known = new Map<string, boolean>();

/** Whether the code of a file's package runs in front of a user only: it renders, and nothing in it serves. */
export function isInFrontEndPackage(path: string): boolean {
  const folder = packageFolder(dirname(path));
  if (folder === undefined) return false;
  const answer = known.get(folder) ?? isFrontEnd(join(folder, "package.json"));
  known.set(folder, answer);
  return answer;
}

function isFrontEnd(manifest: string): boolean {
  const names = dependenciesIn(manifest);
  return names.some((name) => frontEnds.has(name)) && !names.some((name) => servers.test(name));
}

function dependenciesIn(manifest: string): string[] {
  try {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(manifest, "utf8")) as Record<string, object | undefined>;
    return [...Object.keys(dependencies ?? {}), ...Object.keys(devDependencies ?? {})];
  } catch {
    return []; // no manifest, or none that can be read: nothing is known of the package
  }
}
