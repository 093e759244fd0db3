import type { TSESTree } from "@typescript-eslint/utils";

import type { Modules } from "../calls/modules.ts";
import type { FunctionValue } from "../calls/value.ts";
import type { Receiver } from "./request-flow.ts";

/** What runs before a handler. */
export interface Before {
  /** What of it is seen. */
  readonly receivers: readonly Receiver[];
  /** Some of it is not followed, and may tell who sent the request. */
  readonly isGuarded: boolean;
}

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
  /** What other files put before it. Asked only where this file alone would be a finding: it searches the package. */
  readonly beforeElsewhere?: (modules: Modules) => readonly Before[];
}
