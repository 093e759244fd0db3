import { RotationError } from "../../error.ts";
import type { RotationContext } from "../../roles.ts";
import { partsOf } from "../../vault/path.ts";
import type { VaultAnswer, VaultRequest, VaultSession } from "../../vault/vault.ts";

/** Where a rotator over Vault works, as the policy says it. */
export interface InVault {
  readonly vault?: string | undefined;
  readonly mount?: string | undefined;
}

/** A mount of the Vault that the policy names. */
export interface Mount {
  readonly session: VaultSession;
  /** As it is in paths and messages: `auth/approle`. */
  readonly name: string;
  /** @throws RotationError as `VaultSession.request`; `invalid` also for a 404, unless `absent` says that one is an answer. */
  ask(request: MountRequest): Promise<VaultAnswer>;
}

export type MountRequest = Omit<VaultRequest, "path" | "what"> & {
  /** Parts below the mount. */
  readonly path: readonly string[];
  /** As in `read the role payments`. */
  readonly what: string;
  readonly absent?: "is an answer";
};

export async function openMount({ vault }: InVault, mount: string, context: RotationContext): Promise<Mount> {
  const session = await context.vault(vault);
  return {
    session,
    name: mount,
    async ask({ path, absent, ...request }) {
      const answer = await session.request({ ...request, path: [...partsOf(mount), ...path] });
      if (answer.status !== 404 || absent) return answer;
      throw new RotationError(
        "invalid",
        `${session.who} cannot ${request.what}: there is nothing at ${mount}/${path.join("/")}. Nothing was changed. Check the names in the policy.`,
      );
    },
  };
}

/** What Vault answered, for reading single entries of it. */
export function dataOf({ body }: VaultAnswer): Readonly<Record<string, unknown>> {
  return typeof body.data === "object" && body.data !== null ? (body.data as Record<string, unknown>) : {};
}

/** @throws RotationError `damaged` when Vault's answer lacks it. */
export function textOf(data: Readonly<Record<string, unknown>>, key: string, { session: { who } }: Mount): string {
  const value = data[key];
  if (typeof value === "string" && value !== "") return value;
  throw new RotationError("damaged", `${who} left "${key}" out of its answer. Check that the address is that of Vault.`);
}

/** 0 where Vault leaves it out. */
export function numberOf(data: Readonly<Record<string, unknown>>, key: string): number {
  const value = data[key];
  return typeof value === "number" ? value : 0;
}

export function isCode(error: unknown, ...codes: readonly RotationError["code"][]): error is RotationError {
  return error instanceof RotationError && codes.includes(error.code);
}
