import type { TSESLint } from "@typescript-eslint/utils";

import { type CallSettings, callSettings, settingsOf } from "../settings.ts";
import { type Finding, findingsOf, type Problem } from "./causes.ts";
import { type JudgedCalls, judgedCalls } from "./judged-calls.ts";

/** What a rule about calls says of one finding; where it is reported follows from the finding. */
export interface Report<MessageIds extends string> {
  readonly messageId: MessageIds;
  readonly data: Readonly<Record<string, string | number>>;
  readonly fix?: TSESLint.ReportFixFunction;
  readonly suggest?: TSESLint.SuggestionReportDescriptor<MessageIds>[];
}

interface CallRule<Options extends CallSettings, MessageIds extends string, P extends Problem> {
  problemsIn(judged: JudgedCalls, options: Options): readonly P[];
  reportOf(finding: Finding<P>, judged: JudgedCalls): Report<MessageIds>;
}

/** The listener of a rule about calls: one report for each cause of its problems, in files that call rules judge. */
export function callRule<Options extends CallSettings, MessageIds extends string, P extends Problem>(
  context: Readonly<TSESLint.RuleContext<MessageIds, readonly [Options]>>,
  { problemsIn, reportOf }: CallRule<Options, MessageIds, P>,
): TSESLint.RuleListener {
  return {
    Program() {
      const [options = {} as Options] = context.options;
      const settings = callSettings(options, settingsOf(context));
      const judged = judgedCalls(context, settings);
      if (!judged) return;
      for (const finding of findingsOf(problemsIn(judged, options), judged.file, settings.reportAt)) {
        const { suggest = [], ...report } = reportOf(finding, judged);
        context.report({ node: finding.node, ...report, suggest });
      }
    },
  };
}
