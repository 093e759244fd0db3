import type { TSESTree } from "@typescript-eslint/utils";

import type { FunctionValue } from "../calls/value.ts";
import type { Receiver } from "./request-flow.ts";

/** A route of any framework, before anything is said of what it is for. */
export interface Route {
  /** "Express", "Next.js" */
  readonly framework: string;
  /** "POST", or "any" where the code does not say. */
  readonly method: string;
  /** As the code says it, from the mount point that this file shows. */
  readonly path: string;
  /** Where a report goes: the path, or the name of the handler. */
  readonly at: TSESTree.Node;
  readonly handler: FunctionValue;
  /** The handler and what runs before it. */
  readonly receivers: readonly Receiver[];
  /** Something runs before the handler that is not followed, and may tell who sent the request. */
  readonly isGuarded: boolean;
}
