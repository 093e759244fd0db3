import type { LibraryCall, LibraryDefinition } from "./library.ts";
import type { OptionsPlace, RetryLayer } from "./outbound-call.ts";
import { isWithin } from "./source-file.ts";
import { type Mutation, type Origin, originOf, type Value } from "./value.ts";

/**
 * A configured client: the result of `axios.create({ … })`, or the library itself (`axios.post`), whose `created` is undefined.
 * Settings of the parent hold unless the instance says otherwise.
 */
export interface ClientInstance {
  readonly library: LibraryDefinition;
  /** The module the client came from, as it was imported. */
  readonly module: string;
  readonly options: Value;
  readonly parent: ClientInstance | undefined;
  readonly created: Origin | undefined;
  /** The parameter or field through which it comes, when its making is not seen; its `options` are unknown then. */
  readonly passedIn: Origin | undefined;
  /** The call that made it: `["create"]` and its arguments. Undefined for the library itself and for a client that was passed in. */
  readonly made: { readonly path: readonly string[]; readonly arguments: readonly Value[] } | undefined;
  /** Where its options are written, or would be. */
  readonly place: OptionsPlace | undefined;
  /** What other code does to it: plugins, interceptors, assigned defaults. Filled from its own file and the file that is analysed. */
  readonly effects: readonly InstanceEffect[];
}

export type InstanceEffect =
  /** `client.defaults.timeout = 300` */
  | { readonly kind: "assigned"; readonly path: readonly string[]; readonly value: Value; readonly origin: Origin }
  /** `client.interceptors.request.use(fn)`, `client.use(…)` */
  | ({ readonly kind: "called"; readonly path: readonly string[]; readonly origin: Origin } & Mutation)
  /** A library took the client as an argument: `axiosRetry(client, { … })`. */
  | {
      readonly kind: "plugged";
      readonly library: LibraryDefinition;
      readonly options: Value;
      readonly origin: Origin;
      readonly place: OptionsPlace;
    };

/** The value last assigned to a member of the instance: `assignedTo(client, "defaults", "timeout")`. */
export function assignedTo(instance: ClientInstance, ...path: readonly string[]): Value {
  const wanted = path.join(".").toLowerCase();
  const effect = instance.effects.findLast(
    (candidate) => candidate.kind === "assigned" && candidate.path.join(".").toLowerCase() === wanted,
  );
  return effect?.kind === "assigned" ? effect.value : { kind: "absent" };
}

/** The retry layers that plugins put on the instance: `axiosRetry(client, { retries: 2 })`. */
export function pluggedLayers(instance: ClientInstance): RetryLayer[] {
  return instance.effects.flatMap((effect) =>
    effect.kind === "plugged" && effect.library.layerOf ? [effect.library.layerOf(effect.options, effect.origin, effect.place)] : [],
  );
}

/**
 * Where a client's own retries are set, and where their other options go: the client that says how often, or would say it, else the call, whose options
 * stand at `place`.
 */
export function retryPlace(
  { instance, origin }: LibraryCall,
  place: OptionsPlace,
  retries: Value,
): { readonly origin: Origin; readonly options: OptionsPlace } {
  const said = originOf(retries);
  if (!said) return instance.created && instance.place ? { origin: instance.created, options: instance.place } : { origin, options: place };
  for (let client: ClientInstance | undefined = instance; client; client = client.parent)
    if (client.place && client.created?.file === said.file && isWithin(said.node, client.place.node))
      return { origin: said, options: client.place };
  return { origin: said, options: place };
}
