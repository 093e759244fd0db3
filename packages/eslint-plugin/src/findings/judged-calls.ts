import type { Budget } from "@holdfast/policy";

import { analyseCalls, type CallAnalysis } from "../calls/analyse.ts";
import type { OutboundCall } from "../calls/outbound-call.ts";
import { isOwnService } from "../calls/own-service.ts";
import { type HostContext, readProgram } from "../calls/read-program.ts";
import type { SourceFile } from "../calls/source-file.ts";
import { ownerOf, runsIn } from "../calls/upstream.ts";
import type { FileRole } from "../project/file-role.ts";
import { type CallSettings, settingsOf, type UpstreamScope } from "../settings.ts";
import { budgetOf } from "./limits.ts";

/** What of a file a call rule judges. */
export interface JudgedCalls extends Pick<CallAnalysis, "calls" | "idleClients" | "repeated" | "plugged"> {
  readonly file: SourceFile;
  /** Whether the call goes to an upstream that counts; "unknown" when its URL does not tell. */
  ownerOf(call: OutboundCall): "upstream" | "own" | "unknown";
  /** Whether an upstream is another service of the program's own; false where those count as any other. */
  isOwnService(call: OutboundCall): boolean;
  /** The settings ask for every upstream to count, the program's own and those that only a variable tells. */
  readonly countsAll: boolean;
  /** What a request to the call's upstream may spend. */
  budgetOf(call: OutboundCall): Budget;
}

/** Undefined when the file sends nothing, or is of a kind that the rule leaves out. */
export function judgedCalls(
  context: HostContext & { readonly settings: unknown },
  { alsoIn, upstreams }: Required<CallSettings>,
): JudgedCalls | undefined {
  const program = readProgram(context);
  // Asked first: reading what a test imports would be for nothing.
  if (!program || !isJudgedFile(program, { alsoIn })) return undefined;
  const { file, calls, idleClients, repeated, plugged } = analyseCalls(context);
  if (!file || [calls, idleClients, repeated, plugged].every(({ length }) => length === 0)) return undefined;
  const settings = settingsOf(context);
  return {
    file,
    calls,
    idleClients,
    // A page asks its own back end again.
    repeated: runsIn(file) === "browser" ? [] : repeated,
    plugged,
    ownerOf: (call) => ownerUnder(upstreams, call),
    countsAll: upstreams === "all",
    isOwnService: (call) => upstreams === "external" && isOwnService(call),
    budgetOf: (call) => budgetOf(call, settings),
  };
}

/** Whether call rules look at the file at all: at the product itself, and at what the settings name. */
export function isJudgedFile({ role }: { readonly role: FileRole }, { alsoIn }: { readonly alsoIn: readonly FileRole[] }): boolean {
  return role === "product" || alsoIn.includes(role);
}

function ownerUnder(scope: UpstreamScope, { url, origin, library, instance, through }: OutboundCall): "upstream" | "own" | "unknown" {
  if (library.vendor !== undefined) return "upstream";
  const files = [origin, ...through, ...(instance?.created ? [instance.created] : [])].map(({ file }) => file);
  const owner = ownerOf(url, files.some((file) => runsIn(file) === "browser") ? "browser" : "server");
  return scope === "all" && owner === "own" && !isInline(url) ? "upstream" : owner;
}

/** `data:` and `blob:` URLs reach nobody. */
function isInline(url: OutboundCall["url"]): boolean {
  return url.kind !== "unknown" && /^(?:data|blob|file|about):/iu.test(url.value.parts[0] ?? "");
}
