import type { StorePolicy } from "@holdfast/policy";

import { RotationError } from "../error.ts";
import type { Store } from "../roles.ts";
import { openSopsFile } from "./sops-file.ts";

interface OpenOptions {
  /** The folder of the policy: relative paths start there. */
  readonly directory: string;
  /** Where credentials are read from. */
  readonly env: NodeJS.ProcessEnv;
}

type Open<Kind extends StorePolicy["kind"]> = (policy: Extract<StorePolicy, { kind: Kind }>, options: OpenOptions) => Promise<Store>;

/** One line a kind of store. */
const kinds: { readonly [Kind in StorePolicy["kind"]]?: Open<Kind> } = {
  sops: openSopsFile,
};

/** Opens a store of the policy; credentials are asked for by its first use. @throws RotationError */
export async function openStore(policy: StorePolicy, options: OpenOptions): Promise<Store> {
  const open = kinds[policy.kind] as ((policy: StorePolicy, options: OpenOptions) => Promise<Store>) | undefined;
  if (!open)
    throw new RotationError(
      "invalid",
      `The store ${policy.name} has the unknown kind ${policy.kind}. Nothing was read. Use one of ${Object.keys(kinds).join(", ")}.`,
    );
  return open(policy, options);
}
