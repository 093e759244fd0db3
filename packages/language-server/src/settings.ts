import type { Connection } from "vscode-languageserver";

/** `holdfast.*` as set for the folder of a file. */
export interface FolderSettings {
  readonly enable: boolean;
  /** One report where the fix goes, or one at every call. */
  readonly reportAt: "cause" | "call";
}

export interface Settings {
  /** The settings that hold for a document; asked of the client once, until they change. */
  of(uri: string): Promise<FolderSettings>;
  /** Takes what the client pushed, and forgets what it answered before. */
  changed(pushed: unknown): void;
}

export function createSettings(connection: Connection, client: { readonly canBeAsked: boolean; readonly initial: unknown }): Settings {
  let pushed = sectionOf(client.initial) ?? client.initial;
  const answers = new Map<string, Promise<FolderSettings>>();

  const ask = (uri: string): Promise<FolderSettings> =>
    connection.workspace.getConfiguration({ scopeUri: uri, section: "holdfast" }).then(readSettings, () => readSettings(pushed));

  return {
    of(uri) {
      if (!client.canBeAsked) return Promise.resolve(readSettings(pushed));
      const answer = answers.get(uri) ?? ask(uri);
      answers.set(uri, answer);
      return answer;
    },
    changed(settings) {
      pushed = sectionOf(settings) ?? pushed;
      answers.clear();
    },
  };
}

/** Clients send settings with the name of their section or without. */
function sectionOf(settings: unknown): unknown {
  return (settings as { holdfast?: unknown } | null | undefined)?.holdfast;
}

/** Settings come from people and clients: what is not understood counts as not set. */
export function readSettings(value: unknown): FolderSettings {
  const { enable, reportAt } = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  return { enable: enable !== false, reportAt: reportAt === "call" ? "call" : "cause" };
}
