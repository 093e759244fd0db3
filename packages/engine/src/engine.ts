import { extname, parse as parsePath, resolve } from "node:path";
import type { Policy } from "@holdfast/policy";
import * as parser from "@typescript-eslint/parser";
import type { Linter as ESLintLinter } from "eslint";
import { Linter } from "eslint/universal";
import plugin, { type LaunchFailure } from "eslint-plugin-holdfast";
import { markupProcessor, scriptProcessor } from "./component-file.ts";
import { relatedPlaces, type RelatedPlace } from "./related-places.ts";
import { sourceKind } from "./source-kind.ts";
import { isUnusedDisable, unusedDisablesOf } from "./unused-disables.ts";

/** A text and the path it is (or will be) saved under. A relative path counts from the working directory. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

export interface RuleInfo {
  /** As in messages: `holdfast/require-timeout`. */
  readonly id: string;
  readonly description: string;
  readonly url: string;
  /** The launch failure that it finds; `launchFailures` has its name. */
  readonly failure: LaunchFailure;
  readonly fixable: boolean;
  readonly hasSuggestions: boolean;
}

/** `{ "holdfast/max-retries": "off", "holdfast/max-timeout": ["error", { … }] }` */
export type RuleLevels = Readonly<Record<string, ESLintLinter.RuleEntry>>;

export interface EngineOptions {
  /** The budgets and secrets to judge by; without one the defaults apply. */
  readonly policy?: Policy | undefined;
  /** Levels and options that win over the plugin's recommended ones. */
  readonly rules?: RuleLevels | undefined;
  /** One report where the fix goes, or one at every call. */
  readonly reportAt?: "cause" | "call" | undefined;
  /** Whether a disable comment for a rule of ours that silences nothing is a warning (`ruleId: null`). */
  readonly unusedDisables?: "report" | undefined;
}

/** A finding in ESLint's message shape, with the places elsewhere that decide it. */
export type Finding<Message = ESLintLinter.LintMessage> = Message & { readonly relatedPlaces?: readonly RelatedPlace[] };

export interface Judgement {
  readonly messages: Finding[];
  /** Findings that a comment silences, with its reason. */
  readonly suppressed: Finding<ESLintLinter.SuppressedLintMessage>[];
}

/** What is left after the fixes. */
export interface FixResult extends Judgement {
  readonly output: string;
  readonly fixed: boolean;
}

export interface Engine {
  /**
   * Judges one text. Never throws on what the text holds: a syntax error is one message with `ruleId: null` and `fatal: true`, and so is a
   * rule that failed.
   */
  judge(source: SourceText): Judgement;
  /** The messages of `judge`. */
  lint(source: SourceText): Finding[];
  /** The text with every autofix applied (of the rules in `only`, when given), as often as fixes open up new ones, at most ten times. */
  fix(source: SourceText, options?: { readonly only?: readonly string[] }): FixResult;
  readonly rules: ReadonlyMap<string, RuleInfo>;
}

/** Every rule, by its id. */
export const rules: ReadonlyMap<string, RuleInfo> = new Map(
  Object.entries(plugin.rules).map(([name, { meta }]) => [
    `holdfast/${name}`,
    {
      id: `holdfast/${name}`,
      description: meta.docs!.description,
      url: meta.docs!.url,
      failure: meta.docs!.failure,
      fixable: meta.fixable !== undefined,
      hasSuggestions: meta.hasSuggestions === true,
    },
  ]),
);

/** A text by its place and size. */
interface Judged {
  readonly path: string;
  readonly length: number;
}

/** An engine with no configuration: it reads no ESLint config, no package.json, and runs none of the workspace's code. */
export function createEngine(options: EngineOptions = {}): Engine {
  const linters = new Map<string, ESLintLinter>();
  const linterFor = (path: string) => {
    // A flat config only applies below its base path, so that is the root of the drive.
    const { root } = parsePath(path);
    const linter = linters.get(root) ?? new Linter({ configType: "flat", cwd: root });
    linters.set(root, linter);
    return linter;
  };
  const keptDisables = unusedDisablesOf(judgedRules(options));
  const code = codeConfigs(options);
  const configs = { code, component: componentConfigs(code), text: textConfigs(options) };

  const judge = (
    { path, length }: Judged,
    act: (linter: ESLintLinter, config: ESLintLinter.Config[]) => ESLintLinter.LintMessage[],
  ): Judgement => {
    const linter = linterFor(path);
    const failures = new Map<string, ESLintLinter.LintMessage>();
    const attempt = (config: ESLintLinter.Config[]): Judgement => {
      for (;;) {
        try {
          const messages = act(linter, [
            ...config,
            { files: everyFile, rules: Object.fromEntries([...failures.keys()].map((rule) => [rule, "off"])) },
          ]);
          return { messages: messages.filter((message) => !isAboutEnvironment(message)), suppressed: suppressedBy(linter) };
        } catch (error) {
          const rule = (error as { ruleId?: string }).ruleId;
          if (rule === undefined || failures.has(rule))
            return { messages: [failure(`The linter failed on this file: ${firstLine(error)}`)], suppressed: [] };
          failures.set(rule, failure(`Rule ${rule} failed and was left out for this file: ${firstLine(error)}`));
        }
      }
    };
    const kind = length <= longestCode ? sourceKind(path) : "text";
    const parsed = kind === "text" ? nothing : firstThatParses(kind === "code" ? configs.code(path) : configs.component(path), attempt);
    const isUnread = parsed.messages.some(({ fatal }) => fatal);
    const isParsed = kind !== "text" && !isUnread;
    // Secrets are found without a parse too, and in a component beside its scripts.
    const asText = [...configs.text, ...(isUnread ? [keepingDisables] : kind === "component" ? [markupOf(path)] : [])];
    const found = kind === "code" && isParsed ? parsed : both(parsed, attempt(asText));
    const messages = found.messages.flatMap(keptDisables).filter((message) => isOurs(message) || isUnusedDisable(message));
    const placed = <Message extends ESLintLinter.LintMessage>(message: Message): Finding<Message> => {
      const places = message.ruleId === null ? [] : relatedPlaces(message.message, path, options.policy?.file);
      return places.length > 0 ? { ...message, relatedPlaces: places } : message;
    };
    return { messages: [...failures.values(), ...messages.map(placed)], suppressed: found.suppressed.filter(isOurs).map(placed) };
  };

  const verify = ({ path, text }: SourceText): Judgement => {
    const filename = resolve(path);
    return judge({ path: filename, length: text.length }, (linter, config) => linter.verify(text, config, { filename }));
  };

  return {
    rules,
    judge: verify,
    lint: (source) => verify(source).messages,
    fix({ path, text }, { only } = {}) {
      const filename = resolve(path);
      let output = text;
      const judgement = judge({ path: filename, length: text.length }, (linter, config) => {
        const fix = (message: ESLintLinter.LintMessage) =>
          only ? message.ruleId !== null && only.includes(message.ruleId) : keptDisables(message).some((kept) => kept.fix);
        // eslint@10.15.0 takes a function here as well; its types do not say so.
        const report = linter.verifyAndFix(output, config, { filename, fix: fix as unknown as boolean });
        output = report.output;
        return report.messages;
      });
      return { ...judgement, output, fixed: output !== text };
    },
  };
}

/** The ways to read a code file, likeliest first: a top-level `return` rules out a module, an octal literal rules out TypeScript's parser. */
function codeConfigs({ policy, rules, reportAt, unusedDisables }: EngineOptions): (path: string) => ESLintLinter.Config[][] {
  const config = (languageOptions: ESLintLinter.Config["languageOptions"]): ESLintLinter.Config[] => [
    { files: everyFile, linterOptions: linterOptions(unusedDisables), languageOptions: languageOptions! },
    ...asConfigs(plugin.configs.recommended),
    // Declared budgets are binding; defaults only warn.
    ...(policy ? asConfigs(plugin.configs.policy) : []),
    { files: everyFile, ...settings(policy, reportAt), rules: { ...rules } },
    unignoreEverything,
  ];
  const module = config({ sourceType: "module", ...typescript({ globalReturn: false }) });
  const commonjs = config({ sourceType: "commonjs", ...typescript({ globalReturn: true }) });
  const sloppy = config({ sourceType: "commonjs", ecmaVersion: "latest", parserOptions: { ecmaFeatures: { jsx: true } } });
  return (path) => {
    const extension = extname(path).toLowerCase();
    const isTypeScript = /^\.[cm]?tsx?$/.test(extension);
    return [...(/^\.c/.test(extension) ? [commonjs, module] : [module, commonjs]), ...(isTypeScript ? [] : [sloppy])];
  };
}

/** The ways to read the scripts of a component; with JSX last, since in TypeScript it rules out `<T>(x: T) => x`. */
function componentConfigs(code: (path: string) => ESLintLinter.Config[][]): (path: string) => ESLintLinter.Config[][] {
  return (path) =>
    (["together", "apart"] as const).flatMap((how) => {
      const scripts: ESLintLinter.Config = { files: everyFile, processor: scriptProcessor(path, how) };
      const candidates = code("script.ts").map((config) => [...config, scripts]);
      return [...candidates.map((config) => [...config, withoutJsx]), ...candidates];
    });
}

/** What of a component is no script, as text. */
function markupOf(path: string): ESLintLinter.Config {
  return { files: everyFile, processor: markupProcessor(path) };
}

function typescript({ globalReturn }: { readonly globalReturn: boolean }): NonNullable<ESLintLinter.Config["languageOptions"]> {
  return {
    parser: parser as unknown as ESLintLinter.Parser,
    parserOptions: { ecmaFeatures: { jsx: true, globalReturn }, jsDocParsingMode: "none", warnOnUnsupportedTypeScriptVersion: false },
  };
}

function textConfigs({ policy, rules, reportAt, unusedDisables }: EngineOptions): ESLintLinter.Config[] {
  const secretRules: Partial<ESLintLinter.RulesRecord> = Object.assign({}, ...asConfigs(plugin.configs.secrets).map(({ rules }) => rules));
  const known = Object.keys(secretRules);
  const overrides = Object.fromEntries(Object.entries(rules ?? {}).filter(([rule]) => known.includes(rule)));
  return [
    {
      files: everyFile,
      plugins: { holdfast: plugin as never },
      language: "holdfast/text",
      linterOptions: linterOptions(unusedDisables),
      rules: { ...secretRules, ...overrides },
      ...settings(policy, reportAt),
    },
    unignoreEverything,
  ];
}

/** Longer code is a bundle that nobody edits: parsing five megabytes takes gigabytes, to find secrets that its text shows as well. In characters. */
const longestCode = 1_000_000;
const everyFile = [() => true] as unknown as string[];
/** Comments for rules that did not get to judge the file are not known to be of no use. */
const keepingDisables: ESLintLinter.Config = { files: everyFile, linterOptions: { reportUnusedDisableDirectives: "off" } };
const withoutJsx: ESLintLinter.Config = { files: everyFile, languageOptions: { parserOptions: { ecmaFeatures: { jsx: false } } } };
/** ESLint ignores node_modules by itself; what is linted is the caller's decision. */
const unignoreEverything: ESLintLinter.Config = { ignores: ["!**/node_modules/", "!**/.git/"] };

function linterOptions(unusedDisables: EngineOptions["unusedDisables"]): ESLintLinter.LinterOptions {
  return { reportUnusedDisableDirectives: unusedDisables === "report" ? "warn" : "off" };
}

/** The rules that are on in code. */
function judgedRules({ rules }: EngineOptions): ReadonlySet<string> {
  const levels = Object.assign({}, ...asConfigs(plugin.configs.recommended).map((config) => config.rules), rules) as Record<
    string,
    unknown
  >;
  const isOff = (entry: unknown) => ["off", 0].includes((Array.isArray(entry) ? (entry as unknown[])[0] : entry) as string | number);
  return new Set(Object.keys(levels).filter((rule) => !isOff(levels[rule])));
}

function settings(policy: Policy | undefined, reportAt: EngineOptions["reportAt"]): { settings: Record<string, unknown> } {
  return { settings: { holdfast: { ...(policy && { policy }), ...(reportAt && { reportAt }) } } };
}

function asConfigs(config: unknown): ESLintLinter.Config[] {
  return (Array.isArray(config) ? config : [config]) as ESLintLinter.Config[];
}

const nothing: Judgement = { messages: [], suppressed: [] };

function both(first: Judgement, second: Judgement): Judgement {
  return { messages: [...first.messages, ...second.messages], suppressed: [...first.suppressed, ...second.suppressed] };
}

function firstThatParses(candidates: ESLintLinter.Config[][], attempt: (config: ESLintLinter.Config[]) => Judgement): Judgement {
  const [likeliest, ...others] = candidates;
  const first = attempt(likeliest!);
  if (!first.messages.some(({ fatal }) => fatal)) return first;
  for (const other of others) {
    const judgement = attempt(other);
    if (!judgement.messages.some(({ fatal }) => fatal)) return judgement;
  }
  return { ...first, messages: first.messages.map(readable) };
}

function readable(message: ESLintLinter.LintMessage): ESLintLinter.LintMessage {
  if (message.message.includes("Maximum call stack size exceeded"))
    return { ...message, message: "Not read as code: it is nested too deeply for a parser. Only its secrets were looked for." };
  // typescript-estree@8.73.0 counts an error's column from 0, and ESLint passes it on.
  return message.message.startsWith("Parsing error") ? { ...message, column: message.column + 1 } : message;
}

/** eslint@10.15.0 calls the comments of older configurations an error, and reads the file all the same. */
function isAboutEnvironment({ ruleId, message }: ESLintLinter.LintMessage): boolean {
  return ruleId === null && message.startsWith("/* eslint-env */");
}

/** eslint@10.15.0 documents this method, and its types leave it out. */
function suppressedBy(linter: ESLintLinter): ESLintLinter.SuppressedLintMessage[] {
  return (linter as unknown as { getSuppressedMessages(): ESLintLinter.SuppressedLintMessage[] }).getSuppressedMessages();
}

/** Inline comments may configure rules of other plugins; what they say is not ours to report. */
function isOurs({ ruleId, fatal }: ESLintLinter.LintMessage): boolean {
  return fatal === true || (ruleId?.startsWith("holdfast/") ?? false);
}

function failure(message: string): ESLintLinter.LintMessage {
  return { ruleId: null, fatal: true, severity: 2, message, line: 1, column: 1 };
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split("\n")[0] ?? "";
}
