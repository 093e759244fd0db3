import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { DiagnosticRelatedInformation } from "vscode-languageserver";

export interface Surroundings {
  readonly uri: string;
  readonly path: string;
  /** The holdfast.yaml the document is judged by. */
  readonly policyFile: string | undefined;
}

/**
 * The places a finding names as its evidence, for editors to lead to: `./psp-client.ts:13` and `line 7`, where the client or its retries are made, and
 * `holdfast.yaml:8`, where the budget is. They are read from the text because a linter message carries no other data.
 */
export function relatedPlaces(text: string, { uri, path, policyFile }: Surroundings): DiagnosticRelatedInformation[] {
  const found = [...text.matchAll(place)].map(({ groups = {} }) => ({ ...groups, line: Number(groups["line"]) }) as NamedPlace);
  return found.flatMap(({ file, policy, line }) => {
    if (policy !== undefined)
      return policyFile === undefined ? [] : [related(pathToFileURL(policyFile).href, line, "The budget is declared here")];
    const target = file === undefined ? uri : pathToFileURL(resolve(dirname(path), file)).href;
    return [related(target, line, "What the call does is decided here")];
  });
}

interface NamedPlace {
  readonly file?: string;
  readonly policy?: string;
  readonly line: number;
}

const place = /(?:(?<file>\.{1,2}\/[^\s():,]+):|(?<policy>\bholdfast\.yaml):|\bline )(?<line>\d+)\b/gu;

function related(uri: string, line: number, message: string): DiagnosticRelatedInformation {
  const start = { line: line - 1, character: 0 };
  return { location: { uri, range: { start, end: start } }, message };
}
