import { createHash } from "node:crypto";
import { isAbsolute, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";

import { type FileProblem, launchFailures, type RelatedPlace, type RuleInfo, rules } from "@holdfast/engine";
import type { Log, Location, Notification, ReportingDescriptor, Result, Suppression } from "sarif";

import manifest from "../../../package.json" with { type: "json" };
import { findingName, inOrder, type LintedFile, type LintMessage } from "../linted-file.ts";
import type { LintRun } from "../lint-files.ts";
import { placeAt, type Replacement, repeatsSecret, replacementsOf } from "../replacements.ts";

/** SARIF 2.1.0, as code scanning services read it. Paths count from `root`, which `%SRCROOT%` stands for. */
export function sarif({ files, problems }: LintRun, root: string = process.cwd()): string {
  const driver = {
    name: "Holdfast",
    version: manifest.version,
    semanticVersion: manifest.version,
    informationUri: "https://github.com/holdfast-dev/holdfast",
    rules: ruleList.map(descriptorOf),
  };
  const failed = files.flatMap((file) => file.messages.filter(isNoFinding).map((message) => failureOf(root, file, message)));
  const log: Log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: { [srcRoot]: { uri: `${pathToFileURL(root).href.replace(/\/$/u, "")}/` } },
        invocations: [
          {
            executionSuccessful: failed.length === 0 && !problems.some(({ severity }) => severity === "error"),
            toolExecutionNotifications: [...failed, ...problems.map((problem) => notificationOf(root, problem))],
          },
        ],
        results: files.flatMap((file) => resultsOf(root, file)),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

const srcRoot = "%SRCROOT%";
const ruleList = [...rules.values()];
const ruleIndexes = new Map(ruleList.map(({ id }, index) => [id, index]));

function descriptorOf({ id, description, url, failure }: RuleInfo): ReportingDescriptor {
  const text = `${description}.`;
  return {
    id,
    name: pascalCase(id),
    shortDescription: { text },
    // GitHub's code scanning asks for both.
    fullDescription: { text },
    helpUri: url,
    help: { text: `${description}. ${url}`, markdown: `${description}. [What it catches, why, and how to mend it](${url})` },
    properties: { tags: ["holdfast", `launch-failure-${failure}`], launchFailure: launchFailures[failure] },
  };
}

/** `MaxRetries` for `holdfast/max-retries`, as SARIF wants names for people. */
function pascalCase(id: string): string {
  const words = id.replace(/^.*\//u, "").split("-");
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

function resultsOf(root: string, file: LintedFile): Result[] {
  const seen = new Map<string, number>();
  const found = inOrder(file.messages)
    .filter((message) => !isNoFinding(message))
    .map((message) => resultOf(root, file, message, seen));
  const silenced = inOrder(file.suppressed).map((message) => ({
    ...resultOf(root, file, message, seen),
    suppressions: suppressionsOf(message),
  }));
  return [...found, ...silenced];
}

function resultOf(root: string, file: LintedFile, message: LintMessage, seen: Map<string, number>): Result {
  const ruleId = findingName(message);
  const ruleIndex = ruleIndexes.get(ruleId);
  const fixes = fixesOf(root, file, message);
  const related = (message.relatedPlaces ?? []).map((place, index) => relatedLocation(root, place, index + 1));
  return {
    ruleId,
    ...(ruleIndex !== undefined && { ruleIndex }),
    level: message.severity === 2 ? "error" : "warning",
    message: { text: message.message },
    locations: [locationOf(root, file.path, message)],
    partialFingerprints: { "holdfastFinding/v1": fingerprintOf(root, file, message, seen) },
    ...(related.length > 0 && { relatedLocations: related }),
    ...(fixes.length > 0 && { fixes }),
  };
}

/** A finding is the same as long as its rule, its file and what it says are; where it stands does not count, and no text of the file goes into it. */
function fingerprintOf(root: string, { path }: LintedFile, message: LintMessage, seen: Map<string, number>): string {
  const said = message.message.replace(/(?<before>\bline |:)\d+/gu, "$<before>");
  const key = [findingName(message), artifact(root, path).uri, said].join("\0");
  const nth = seen.get(key) ?? 0;
  seen.set(key, nth + 1);
  return createHash("sha256").update(`${key}\0${nth}`).digest("hex").slice(0, 32);
}

function fixesOf(root: string, file: LintedFile, { fix, suggestions = [] }: LintMessage): NonNullable<Result["fixes"]> {
  const offers = [...(fix ? [{ text: "The safe fix.", fix }] : []), ...suggestions.map(({ desc, fix }) => ({ text: desc, fix }))];
  return offers
    .map(({ text, fix }) => ({ text, replacements: replacementsOf(file, fix) }))
    .filter(({ replacements }) => replacements.length > 0 && !repeatsSecret(file, replacements))
    .map(({ text, replacements }) => ({
      description: { text },
      artifactChanges: [
        {
          artifactLocation: artifact(root, file.path),
          replacements: replacements.map((replacement) => sarifReplacement(file, replacement)),
        },
      ],
    }));
}

function sarifReplacement({ text: before }: LintedFile, { range: [start, end], text }: Replacement) {
  const [from, to] = [placeAt(before, start), placeAt(before, end)];
  return {
    deletedRegion: { startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column },
    insertedContent: { text },
  };
}

function suppressionsOf(message: LintMessage): Suppression[] {
  const { suppressions = [] } = message as { suppressions?: readonly { readonly kind: string; readonly justification: string }[] };
  return suppressions.map(({ kind, justification }) => ({
    kind: kind === "directive" ? "inSource" : "external",
    ...(justification !== "" && { justification }),
  }));
}

/** What stopped the linter is no finding: the rules did not get to judge the file. */
function isNoFinding({ fatal }: LintMessage): boolean {
  return fatal === true;
}

function failureOf(root: string, { path }: LintedFile, message: LintMessage): Notification {
  return {
    level: "error",
    message: { text: message.message },
    descriptor: { id: findingName(message) },
    locations: [locationOf(root, path, message)],
  };
}

function notificationOf(root: string, { path, code, message, severity }: FileProblem): Notification {
  return {
    level: severity === "error" ? "error" : "note",
    message: { text: message },
    descriptor: { id: code },
    locations: [{ physicalLocation: { artifactLocation: artifact(root, path) } }],
  };
}

function locationOf(root: string, path: string, { line, column, endLine, endColumn }: LintMessage): Location {
  return {
    physicalLocation: {
      artifactLocation: artifact(root, path),
      region: {
        startLine: line,
        startColumn: column,
        ...(endLine !== undefined && { endLine }),
        ...(endColumn !== undefined && { endColumn }),
      },
    },
  };
}

function relatedLocation(root: string, { filePath, line, message }: RelatedPlace, id: number): Location {
  return {
    id,
    physicalLocation: { artifactLocation: artifact(root, filePath), region: { startLine: line } },
    message: { text: `${message}.` },
  };
}

function artifact(root: string, path: string): { uri: string; uriBaseId?: string } {
  const inside = relative(root, path);
  if (inside.startsWith("..") || isAbsolute(inside)) return { uri: pathToFileURL(path).href };
  return { uri: inside.split(sep).map(encodeURIComponent).join("/"), uriBaseId: srcRoot };
}
