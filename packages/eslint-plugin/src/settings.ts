import { resolve } from "node:path";

import type { Policy } from "@holdfast/policy";
import type { JSONSchema } from "@typescript-eslint/utils";

import { policyOf } from "./policy-file.ts";
import { type FileRole, leftOutRoles } from "./project/file-role.ts";

/** One report where the fix goes, or one at every call. */
export type ReportAt = "cause" | "call";
/** Whether the program's own back ends (relative URLs, localhost) count as upstreams. */
export type UpstreamScope = "external" | "all";

/** `settings.holdfast` of an ESLint configuration, and what every call rule takes as options; options win over settings. */
export interface CallSettings {
  readonly reportAt?: ReportAt;
  readonly upstreams?: UpstreamScope;
  readonly alsoIn?: readonly FileRole[];
}

export interface HoldfastSettings extends CallSettings {
  readonly policy?: Policy;
  /** A holdfast.yaml, by its path from the linter's working directory: for configurations that are plain JSON. `policy` goes before it. */
  readonly policyFile?: string;
}

export function settingsOf({ settings, cwd = process.cwd() }: { readonly settings: unknown; readonly cwd?: string }): HoldfastSettings {
  const { holdfast = {} } = (settings ?? {}) as { readonly holdfast?: HoldfastSettings };
  if (holdfast.policy !== undefined || holdfast.policyFile === undefined) return holdfast;
  return { ...holdfast, policy: policyOf(resolve(cwd, holdfast.policyFile)) };
}

/** The part of a call rule's schema that all of them share. */
export const callOptionsSchema: Record<keyof CallSettings, JSONSchema.JSONSchema4> = {
  reportAt: { type: "string", enum: ["cause", "call"], description: "One report where the fix goes, or one at every call." },
  upstreams: {
    type: "string",
    enum: ["external", "all"],
    description: "Whether the program's own back ends (relative URLs, localhost) count.",
  },
  alsoIn: {
    type: "array",
    items: { type: "string", enum: [...leftOutRoles] },
    uniqueItems: true,
    description: "Kinds of files that are left out unless named here.",
  },
};

/** A call rule's options over the settings over the defaults. */
export function callSettings(options: CallSettings, settings: CallSettings): Required<CallSettings> {
  return {
    reportAt: options.reportAt ?? settings.reportAt ?? "cause",
    upstreams: options.upstreams ?? settings.upstreams ?? "external",
    alsoIn: options.alsoIn ?? settings.alsoIn ?? [],
  };
}
