import type { Policy } from "@holdfast/policy";
import type { JSONSchema } from "@typescript-eslint/utils";

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
}

export function settingsOf(context: { readonly settings: unknown }): HoldfastSettings {
  return ((context.settings as { holdfast?: HoldfastSettings } | undefined)?.holdfast ?? {}) as HoldfastSettings;
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
