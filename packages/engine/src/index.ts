export {
  createEngine,
  rules,
  type Engine,
  type EngineOptions,
  type Finding,
  type FixResult,
  type Judgement,
  type RuleInfo,
  type RuleLevels,
  type SourceText,
} from "./engine.ts";
export { type LaunchFailure, launchFailures } from "eslint-plugin-holdfast";
export { type ScriptBlock, scriptBlocks } from "./component-file.ts";
export { filesToLint, isInScope, type FileProblem, type FilesToLint } from "./files-to-lint.ts";
export { createPolicyLookup, type PolicyLookup, type PolicyResult } from "./policy-lookup.ts";
export { placeInSource, type SourcePlace } from "./source-place.ts";
export type { RelatedPlace } from "./related-places.ts";
export { sourceKind } from "./source-kind.ts";
export type { Linter } from "eslint";
