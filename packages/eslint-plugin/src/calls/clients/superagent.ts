import { noDelay } from "../backoff.ts";
import type { ClientInstance } from "../client-instance.ts";
import { type Fact, known, numberFact, unknownFact } from "../fact.ts";
import { isHandedOn } from "../handed-on.ts";
import type { Interpretation, LibraryCall, LibraryDefinition } from "../library.ts";
import type { Method, RetryLayer, Timeout } from "../outbound-call.ts";
import { headersFact, methodFact, noTimeout, timeoutFact, urlFact } from "../request-reading.ts";
import { ABSENT, type Mutation, type Origin, originOf, propertyOf, unknown, type Value } from "../value.ts";

const methods: Readonly<Record<string, Method>> = {
  get: "GET",
  head: "HEAD",
  post: "POST",
  put: "PUT",
  patch: "PATCH",
  delete: "DELETE",
  del: "DELETE",
  options: "OPTIONS",
};

/** What an agent keeps for its requests. */
const kept = new Set(["use", "on", "once", "set", "query", "type", "accept", "auth", "retry", "ok", "redirects", "timeout", "buffer"]);
const endings = new Set(["end", "then", "catch", "finally", "pipe"]);

/**
 * superagent 8 to 10. No timeout; `.timeout(ms)` and its `deadline` are one attempt with its body, `response` until the headers. No retries;
 * `.retry(n)` repeats any method, POST too, at once and whatever Retry-After says, once when no number is given (superagent@10.4.2
 * lib/request-base.js:100-225, measured).
 */
export const superagent: LibraryDefinition = {
  name: "superagent",
  packages: ["superagent"],
  types: ["SuperAgentStatic", "SuperAgent"],
  defaultTimeout: "none",
  interpret(call) {
    const [member, ...others] = call.path;
    if (others.length > 0) return undefined;
    if (member === "agent" && !call.instance.made) return { kind: "instance", options: ABSENT, argument: 0 };
    if (member !== undefined && kept.has(member)) return keptByAgent(call);
    if (member === "Request" && call.form === "new")
      return request(call, methodFact(call.argument(0), "GET"), { url: call.argument(1), body: ABSENT });
    if (call.form === "new") return undefined;
    if (member === undefined) return called(call);
    const method = methods[member];
    if (!method) return undefined;
    const second = call.argument(1);
    return request(call, known(method), { url: call.argument(0), body: second.kind === "function" ? ABSENT : second });
  },
  write: {
    timeout: (ms) => ({ chained: "after", code: `.timeout(${ms})` }),
    header: (name, value) => ({ chained: "after", code: `.set(${JSON.stringify(name)}, ${value})` }),
  },
};

/** `superagent("POST", url)`, `superagent(url)` */
function called(call: LibraryCall): Interpretation {
  const [first, second] = [call.argument(0), call.argument(1)];
  if (second.kind === "absent" || second.kind === "function") return request(call, known("GET"), { url: first, body: ABSENT });
  return request(call, methodFact(first, "GET"), { url: second, body: ABSENT });
}

/** `agent.set("a", "b")`: a statement changes the agent, which is read from its effects; in a chain it is the agent again. */
function keptByAgent({ instance, node }: LibraryCall): Interpretation | undefined {
  return instance.made && node.parent.type !== "ExpressionStatement" ? { kind: "instance", options: ABSENT, argument: 0 } : undefined;
}

function request(call: LibraryCall, method: Fact<Method>, { url, body }: { url: Value; body: Value }): Interpretation {
  const steps = [...stepsOf(call.instance), ...call.followedBy];
  const isOpen = steps.some(({ method: name }) => name === "use") || call.instance.passedIn !== undefined || isHandedOn(call, endings);
  const sent = steps.findLast(({ method: name }) => name === "send")?.arguments[0];
  return {
    kind: "request",
    request: {
      method,
      url: urlFact(url, ABSENT),
      headers: isOpen ? unknownFact("other code may set headers") : headersFact(...headersIn(steps)),
      body: sent ?? body,
      timeout: isOpen ? unknownFact("other code may set a timeout") : timeoutOf(steps),
      retries: retryLayers(steps, call.origin),
      options: { node: call.node, argument: 1 },
    },
  };
}

type Step = Pick<Mutation, "method" | "arguments" | "node">;

/** What an agent was told, from its making on. */
function stepsOf(instance: ClientInstance): Step[] {
  const { made, created, parent, effects } = instance;
  const before = parent ? stepsOf(parent) : [];
  const told = effects.flatMap((effect) => (effect.kind === "called" && kept.has(effect.method) ? [effect] : []));
  const own =
    made && created?.node.type === "CallExpression"
      ? [{ method: made.path.at(-1) ?? "", arguments: made.arguments, node: created.node }]
      : [];
  return [...before, ...own, ...told];
}

/** `.set("a", "b")`, `.set({ a: "b" })` */
function headersIn(steps: readonly Step[]): Value[] {
  return steps.flatMap(({ method, arguments: [name, value], node }): Value[] => {
    if (method !== "set") return [];
    if (name?.kind === "object" || name === undefined) return [name ?? ABSENT];
    if (name.kind !== "primitive") return [unknown("a header whose name is not a literal")];
    const origin = originOf(name) as Origin;
    return [
      {
        kind: "object",
        properties: new Map([[String(name.value), value ?? unknown(`an argument of ${node.type}`)]]),
        complete: true,
        origin,
      },
    ];
  });
}

function timeoutOf(steps: readonly Step[]): Fact<Timeout> {
  const [set] = steps.findLast(({ method }) => method === "timeout")?.arguments ?? [ABSENT];
  if (set === undefined || set.kind === "absent") return noTimeout;
  if (set.kind === "primitive") return timeoutFact(set, "attempt", noTimeout);
  const deadline = timeoutFact(propertyOf(set, "deadline"), "attempt", noTimeout);
  if (deadline.kind === "unknown" || deadline.value.bounds !== "nothing") return deadline;
  return timeoutFact(propertyOf(set, "response"), "headers", noTimeout);
}

function retryLayers(steps: readonly Step[], origin: Origin): RetryLayer[] {
  const step = steps.findLast(({ method }) => method === "retry");
  if (!step) return [];
  const [count = ABSENT, condition] = step.arguments;
  const isOnce = count.kind === "absent" || (count.kind === "primitive" && count.value === true);
  return [
    {
      by: superagent,
      retries: isOnce ? known(1) : numberFact(count, known(1)),
      repeats: condition && condition.kind !== "absent" ? "unknown" : "any",
      condition: "on network errors, timeouts, 429 and 5xx, any method",
      backoff: known(noDelay),
      origin: originOf(count) ?? { file: origin.file, node: step.node },
      retryAfter: "ignored",
    },
  ];
}
