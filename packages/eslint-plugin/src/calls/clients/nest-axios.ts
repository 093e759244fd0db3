import type { ClientInstance, InstanceEffect } from "../client-instance.ts";
import { unknownFact } from "../fact.ts";
import type { Interpretation, LibraryCall, LibraryDefinition } from "../library.ts";
import { propertyOf, unknown } from "../value.ts";
import { request } from "./axios.ts";

/**
 * @nestjs/axios 1 to 12: `HttpService`, which is injected, sends with axios and answers with an Observable; `axiosRef` is the axios instance itself. Its options are
 * those of `HttpModule.register({ … })`, or what the factory of `registerAsync` returns; of none, axios has neither timeout nor retries. Operators in `pipe` repeat
 * the request and limit its time (@nestjs/axios@12.0.1 dist/http.module.js, dist/http.service.js, measured).
 */
export const nestAxios: LibraryDefinition = {
  name: "@nestjs/axios",
  packages: ["@nestjs/axios"],
  types: ["HttpService"],
  registered: { by: "HttpModule", files: /(?:^|\.)module\.[cm]?[jt]s$/u },
  defaultTimeout: "none",
  interpret(call) {
    const [first, second, ...rest] = call.path;
    if (rest.length > 0) return undefined;
    if (first === "HttpModule") return second === undefined ? undefined : registration(call, second);
    if (call.form === "new" || !call.instance.passedIn) return undefined;
    const sending = { node: call.node, instance: withoutReference(call.instance), argument: (index: number) => call.argument(index) };
    if (first === "axiosRef") return request(sending, second);
    return second === undefined && first !== undefined ? piped(request(sending, first), call) : undefined;
  },
  write: {
    timeout: (ms) => ({ path: ["timeout"], code: String(ms) }),
    header: (name, value) => ({ path: ["headers", name], code: value }),
  },
};

/** The options that a registration gives to the clients of its module. */
function registration(call: LibraryCall, how: string): Interpretation | undefined {
  if (how === "register") return { kind: "value", value: call.argument(0) };
  if (how !== "registerAsync") return undefined;
  const factory = propertyOf(call.argument(0), "useFactory");
  return { kind: "value", value: factory.kind === "function" ? call.returnOf(factory) : unknown("options of a class or another module") };
}

/** What is done to `http.axiosRef` is done to axios. */
function withoutReference(instance: ClientInstance): ClientInstance {
  const effects = instance.effects.map((effect): InstanceEffect =>
    effect.kind !== "plugged" && effect.path[0] === "axiosRef" ? { ...effect, path: effect.path.slice(1) } : effect,
  );
  return { ...instance, effects };
}

/** An operator of the project's own may hold a time limit. */
function piped(interpretation: Interpretation | undefined, { followedBy }: LibraryCall): Interpretation | undefined {
  if (interpretation?.kind !== "request") return interpretation;
  const operators = followedBy.filter(({ method }) => method === "pipe").flatMap(({ arguments: given }) => given);
  const isTold = operators.every((operator) => operator.kind === "result" && operator.callee.module.startsWith("rxjs"));
  return isTold
    ? interpretation
    : { kind: "request", request: { ...interpretation.request, timeout: unknownFact("an operator of the project's own") } };
}
