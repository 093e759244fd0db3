import type { Backoff, OutboundCall, RetryLayer } from "../calls/outbound-call.ts";
import { runsIn } from "../calls/upstream.ts";
import { createRule } from "../create-rule.ts";
import { applied, type Edit } from "../edits/edit.ts";
import { writeLayerOption } from "../edits/layer-option.ts";
import { callRule } from "../findings/call-rule.ts";
import type { Problem } from "../findings/causes.ts";
import type { JudgedCalls } from "../findings/judged-calls.ts";
import { placeOfWait, repeatingLayers } from "../findings/unsafe-retry.ts";
import { nameOf, printCall, printMs } from "../findings/words.ts";
import { type CallSettings, callOptionsSchema } from "../settings.ts";

type Options = readonly [CallSettings];
type MessageIds = "sameWait" | "atOnce" | "addJitter";

/** Retries that come after the same wait everywhere: all programs that failed together come again together. */
export const requireJitter = createRule<MessageIds, Options>({
  name: "require-jitter",
  set: "recommended",
  description: "Require randomness in the delays between retries",
  meta: {
    type: "suggestion",
    languages: ["*"],
    hasSuggestions: true,
    schema: [{ type: "object", properties: callOptionsSchema, additionalProperties: false }],
    defaultOptions: [{}],
    messages: {
      sameWait: "{{call}}: {{name}} repeats it after {{delays}} without jitter: what failed together returns together.",
      atOnce: "{{call}}: {{name}} repeats it {{retries}} times at once, without delay or jitter: the upstream gets no time to recover.",
      addJitter: "Make the delays random: {{code}}.",
    },
  },
  create: (context) =>
    callRule(context, {
      problemsIn: (judged) =>
        oncePerLibrary([...judged.calls, ...judged.idleClients, ...judged.repeated].flatMap((call) => problemsOf(call, judged))),
      reportOf({ problem: { call, layer, backoff, retries } }, judged) {
        const delays = Array.from({ length: Math.min(retries, 3) }, (_, index) => printMs(backoff.delayMs(index + 1)));
        const fix = jittered(layer, judged);
        return {
          messageId: backoff.delayMs(retries) === 0 ? "atOnce" : "sameWait",
          data: {
            name: nameOf(layer),
            call: printCall(call),
            retries,
            delays: retries > 3 ? `${delays.join(", ")}, …` : new Intl.ListFormat("en-GB").format(delays),
          },
          suggest: fix ? [{ messageId: "addJitter", data: { code: fix.code }, fix: applied(fix.edits) }] : [],
        };
      },
    }),
});

interface Unjittered extends Problem {
  readonly layer: RetryLayer;
  readonly backoff: Backoff;
  readonly retries: number;
}

/** Ten seconds and more wait for a job to be done, not for an upstream to recover. */
const longestBackoffMs = 10_000;
/** So do twenty waits and more that hardly grow. */
const pollAttempts = 20;

function isPoll({ delayMs }: Backoff, retries: number): boolean {
  const first = delayMs(1);
  return first >= longestBackoffMs || (retries >= pollAttempts && first >= 1_000 && delayMs(pollAttempts) < 3 * first);
}

/** One repetition does not make a herd; from the second on, every wait brings all of them back at one moment. */
function problemsOf(call: OutboundCall, judged: JudgedCalls): Unjittered[] {
  if (judged.ownerOf(call) === "own" || runsIn(judged.file) === "browser") return [];
  return waitingLayers(call)
    .map(withBareWait)
    .flatMap((layer) => {
      const { backoff } = layer;
      const cause = placeOfWait(layer);
      if (backoff.kind === "unknown" || backoff.value.jitter) return [];
      const retries = timesOf(layer, backoff.value);
      if (retries === undefined || retries < 2 || isPoll(backoff.value, retries)) return [];
      // What a client does by itself and cannot be told otherwise is nobody's mistake.
      if (isOwnDefault(layer) && typeof layer.by !== "string" && !layer.by.write?.jitter) return [];
      return [{ call, layer, backoff: backoff.value, retries, cause, reportedThere: cause.file !== judged.file }];
    });
}

/** A condition of the project's own is about the failure: what it lets through comes again after the same waits, whatever the method. */
function waitingLayers(call: OutboundCall): RetryLayer[] {
  const repeating = repeatingLayers(call);
  return call.retries.filter((layer) => repeating.includes(layer) || (layer.repeats === "unknown" && layer.wraps !== undefined));
}

/** How often it is repeated. Code that makes its waits longer each time expects several, whatever number it is told. */
function timesOf({ by, retries, wraps }: RetryLayer, { delayMs }: Backoff): number | undefined {
  if (retries.kind !== "unknown") return retries.value;
  const isOfProject = typeof by === "string" || wraps !== undefined;
  return isOfProject && delayMs(2) > delayMs(1) ? Infinity : undefined;
}

/** A branch that waits the same everywhere is one, whatever the others wait for. */
function withBareWait(layer: RetryLayer): RetryLayer {
  return layer.bareWait ? { ...layer, backoff: layer.bareWait } : layer;
}

/** Retries that a client makes by itself have one cause, whatever number of calls: that nobody said otherwise. */
function oncePerLibrary(problems: readonly Unjittered[]): Unjittered[] {
  const first = new Map<RetryLayer["by"], Unjittered>();
  return problems.map((problem) => {
    const { layer } = problem;
    if (!isOwnDefault(layer)) return problem;
    const shown = first.get(layer.by) ?? problem;
    first.set(layer.by, shown);
    return { ...problem, cause: shown.cause };
  });
}

function isOwnDefault({ retries, wraps }: RetryLayer): boolean {
  return retries.kind === "default" && wraps === undefined;
}

function jittered(layer: RetryLayer, { file }: JudgedCalls): { edits: readonly Edit[]; code: string } | undefined {
  const place = layer.backoff.kind === "known" && typeof layer.by === "string" ? layer.backoff.origin : undefined;
  if (place?.file === file) {
    const { range, type } = place.node;
    const code = file.text.slice(...range);
    const isOneFactor = /^(?:Literal|Identifier|MemberExpression|CallExpression)$/u.test(type);
    return { edits: [{ range, text: `${isOneFactor ? code : `(${code})`} * (0.5 + Math.random() / 2)` }], code: "half of it to all of it" };
  }
  let code = "";
  const edits = writeLayerOption(layer, file, (write, callee) => {
    const option = write.jitter?.(callee);
    if (option) code = `${option.path.join(".")}: ${option.code}`;
    return option;
  });
  return edits && { edits, code };
}
