import type { Trail } from "../audit/trail.ts";
import type { RotationContext, Rotator, Store } from "../roles.ts";
import type { Step } from "../rotation.ts";
import type { Terms } from "./decide.ts";
import type { Holder } from "./holder.ts";

/** What a rotator may ask for that does not depend on the rotation. */
export type Surroundings = Pick<RotationContext, "read" | "vault" | "resolve" | "env" | "advise">;

/** One secret and everything that rotates it. */
export interface Runner {
  readonly secret: string;
  readonly path: string;
  readonly store: Store;
  readonly rotator: Rotator;
  readonly surroundings: Surroundings;
  readonly terms: Terms;
  readonly self: Holder;
  readonly trail: Trail;
  /** The store's clock in milliseconds since 1970. */
  readonly clock: () => Promise<number>;
  readonly onStep: (step: Step) => void | Promise<void>;
  readonly signal: AbortSignal | undefined;
}
