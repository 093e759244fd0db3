import { dirname, relative, sep } from "node:path";

import type { Fact } from "../calls/fact.ts";
import { isIdle, type OutboundCall, type RetryLayer, type UrlPattern } from "../calls/outbound-call.ts";
import type { SourceFile } from "../calls/source-file.ts";
import type { Origin } from "../calls/value.ts";

/** `POST https://api.psp.example/v1/payments`, `GET to an upstream`, `Any call through this axios client` */
export function printCall(call: OutboundCall): string {
  const { method, url, instance, label } = call;
  if (isIdle(call) && instance?.place) return `Any call through this ${instance.library.name} client`;
  if (label !== undefined) return label;
  const target = printUrl(url);
  if (method.kind === "unknown") return `A request to ${target ?? "an upstream"}`;
  return target === undefined ? `${method.value} to an upstream` : `${method.value} ${target}`;
}

/** The URL for a message: unknown parts are `…`; query, fragment and user info are left out. Undefined when nothing of it is known. */
export function printUrl(url: Fact<UrlPattern>): string | undefined {
  if (url.kind === "unknown") return undefined;
  const text = url.value.parts
    .map((part) => part ?? "…")
    .join("")
    .replace(/[?#].*$/su, "")
    .replace(/\/\/[^/@]*@/u, "//");
  if (text.replaceAll("…", "").replaceAll("/", "") === "") return undefined;
  return cutInMiddle(text, 60);
}

/** `https://api.psp.example/…/payments`: both ends tell more than the middle. */
export function cutInMiddle(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const end = Math.floor((longest - 1) / 2);
  return `${text.slice(0, longest - 1 - end).replace(/…$/u, "")}…${text.slice(-end).replace(/^…/u, "")}`;
}

/** `1.5 s`, `300 ms` */
export function printMs(ms: number): string {
  if (ms === Infinity) return "for ever";
  return ms >= 1000 ? `${Number((ms / 1000).toFixed(2))} s` : `${Number(ms.toFixed(1))} ms`;
}

/** `1,000 ms`: for sums that a reader adds up. */
export function printExactMs(ms: number): string {
  return `${Number(ms.toFixed(1)).toLocaleString("en-US")} ms`;
}

export function printCount(count: number, singular: string, plural = `${singular}s`): string {
  return `${count === Infinity ? "endless" : count} ${count === 1 ? singular : plural}`;
}

/** `line 7`, or `../psp-client.ts:7` for a place in another file. */
export function printPlace({ file, node }: Origin, from: SourceFile): string {
  const { line } = node.loc.start;
  return file === from || file.path === from.path ? `line ${line}` : `${printPath(file.path, from.path)}:${line}`;
}

function printPath(path: string, from: string): string {
  const way = relative(dirname(from), path).split(sep).join("/");
  return way.startsWith(".") ? way : `./${way}`;
}

/** `4 times`, `without end` */
export function printAttempts(attempts: number): string {
  return attempts === Infinity ? "without end" : printCount(attempts, "time");
}

/** "axios-retry", "the loop" */
export function nameOf({ by }: RetryLayer): string {
  if (typeof by !== "string") return by.name;
  return by === "loop" ? "the loop" : "the recursion";
}

/** `p-retry: 5 retries`, `axios-retry default: 3 retries` */
export function printRetries(layer: RetryLayer): string {
  const { retries } = layer;
  if (retries.kind === "unknown") return nameOf(layer);
  if (retries.kind === "default") return retries.library.says;
  return `${nameOf(layer)}: ${printCount(retries.value, "retry", "retries")}`;
}
