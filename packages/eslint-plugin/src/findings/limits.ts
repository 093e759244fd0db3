import { type Bound, type Budget, budgetFor } from "@holdfast/policy";
import { basename } from "node:path";

import type { OutboundCall } from "../calls/outbound-call.ts";
import { urlPattern } from "../calls/upstream.ts";
import type { HoldfastSettings } from "../settings.ts";

/** What a call may spend, and in words who says so. */
export interface Limit {
  readonly value: number;
  /** `default`, `rule option`, `holdfast.yaml:8, upstream psp` */
  readonly says: string;
  readonly isDefault: boolean;
}

/** The budget of the call's upstream: by its URL, or by the package that reaches it. */
export function budgetOf(call: OutboundCall, { policy }: HoldfastSettings): Budget {
  const url = urlPattern(call.url);
  const module = call.instance?.module;
  const packageName = module === "globalThis" ? undefined : module;
  return budgetFor(policy, { ...(url !== undefined && { url }), ...(packageName !== undefined && { package: packageName }) });
}

/** A rule's own option goes before the policy. */
export function limitOf(option: number | undefined, bound: Bound<number>): Limit {
  if (option !== undefined) return { value: option, says: "rule option", isDefault: false };
  const { value, source } = bound;
  if (source.kind === "default") return { value, says: "default", isDefault: true };
  const place = `${basename(source.file)}:${source.line}`;
  return { value, says: source.upstream === undefined ? place : `${place}, upstream ${source.upstream}`, isDefault: false };
}
