import type { RotatorPolicy } from "@holdfast/policy";

import { RotationError } from "../../error.ts";
import type { Credential, RotationContext, Rotator } from "../../roles.ts";
import { Secret } from "../../secret.ts";
import { dataOf, isCode, type Mount, numberOf, openMount } from "./data.ts";
import { makeProbe, tryProbe } from "./transit-probe.ts";
import { requireReadable, type Rewrapped, rewrapAll } from "./transit-rewrap.ts";

type TransitPolicy = Extract<RotatorPolicy, { with: "vault-transit" }>;

/** A key as Vault describes it. */
export interface TransitKey {
  readonly name: string;
  readonly latest: number;
  readonly minDecryption: number;
  readonly encrypts: boolean;
  readonly signs: boolean;
  readonly isDerived: boolean;
}

/**
 * A key of Transit, whose material never leaves Vault: the value is the name of its newest version, `transit/orders:v3`. Vault adds a version at every call of
 * `rotate`, so the newest one is noted before, and a repetition adds none when there is one more already.
 */
export function vaultTransit(policy: TransitPolicy): Rotator {
  const { key, rewrap, retire: end = "advise" } = policy;
  const engine = policy.mount ?? "transit";
  const open = async (context: RotationContext): Promise<Mount> => openMount(policy, engine, context);
  const places = rewrap ? " Encrypt with it anew what the policy lists, in batches." : "";
  return {
    kind: "vault-transit",
    overlaps: true,
    fields: ["key", "probe"],
    sentences: {
      apply: `Add a version to the key ${key} of ${engine}.${places}`,
      verify: `Use the new version of ${key}: what it encrypts is decrypted, what it signs is verified.`,
      retire:
        end === "raise"
          ? `Raise min_decryption_version of ${key} to the new version and show that older ones are refused.`
          : `Say how the older versions of ${key} are shut off; they stay usable.`,
    },
    async prepare(context) {
      const { latest } = await readKey(await open(context), key);
      if (rewrap) await requireReadable(rewrap, context);
      return { notes: { latest: Secret.of(String(latest)) } };
    },
    async apply({ notes }, context) {
      const mount = await open(context);
      const noted = Number(notes?.["latest"]?.reveal());
      const known = await readKey(mount, key);
      const current = known.latest > noted ? known : await addVersion(mount, known);
      const probe = await makeProbe(mount, current);
      adviseOf(await rewrapTo(mount, current.latest, context), context);
      return {
        value: Secret.of(`${engine}/${key}:v${current.latest}`),
        fields: { key: Secret.of(key), probe: Secret.of(probe) },
      };
    },
    async verify({ fields }, context) {
      const mount = await open(context);
      const probe = fields["probe"]?.reveal();
      return probe === undefined ? "refused" : tryProbe(mount, await readKey(mount, key), probe);
    },
    async retire(previous, context) {
      const mount = await open(context);
      const version = versionOf(context.current);
      if (version === undefined || previous.fields["key"]?.reveal() !== key) {
        context.advise(`The previous value was no version of ${engine}/${key}, so nothing was shut off there.`);
        return;
      }
      const { errors, left } = await rewrapTo(mount, version, context);
      if (end === "advise") {
        context.advise(
          `Versions of ${mount.name}/${key} before v${version} still decrypt and verify. When nothing is left that needs them: ` +
            `vault write ${mount.name}/keys/${key}/config min_decryption_version=${version}.`,
        );
        return;
      }
      if (left > 0)
        throw new RotationError(
          "unfinished",
          `${left} ciphertexts of ${mount.name}/${key} could not be rewrapped to v${version} (${errors}), so min_decryption_version was not raised: they could not be read any more. ` +
            `Correct or remove them, then resume.`,
        );
      await raise(mount, version);
      const probe = previous.fields["probe"]?.reveal();
      const now = await readKey(mount, key);
      if (now.minDecryption >= version && (probe === undefined || (await tryProbe(mount, now, probe)) === "refused")) return;
      throw new RotationError(
        "unfinished",
        `${mount.session.who} still accepts what older versions of ${key} made. The phase was kept. Try again.`,
      );
    },
    // Vault takes no version away again, and one that nobody was told of does no harm.
    discard: async () => undefined,
    async obstacles(context) {
      await readKey(await open(context), key);
      if (rewrap) await requireReadable(rewrap, context);
      return [];
    },
  };

  async function addVersion(mount: Mount, known: TransitKey): Promise<TransitKey> {
    try {
      await mount.ask({ method: "POST", path: ["keys", key, "rotate"], effect: "write", what: `add a version to the key ${key}` });
    } catch (error) {
      if (!isCode(error, "unknown-outcome")) throw error;
      const now = await readKey(mount, key);
      if (now.latest > known.latest) return now;
      throw error;
    }
    return readKey(mount, key);
  }

  async function rewrapTo(mount: Mount, version: number, context: RotationContext): Promise<Rewrapped> {
    return rewrap ? rewrapAll(rewrap, { mount, key, version, context }) : { rewrapped: 0, left: 0, errors: "" };
  }

  async function raise(mount: Mount, version: number): Promise<void> {
    if ((await readKey(mount, key)).minDecryption >= version) return;
    try {
      await mount.ask({
        method: "POST",
        path: ["keys", key, "config"],
        body: { min_decryption_version: version },
        effect: "write",
        what: `raise min_decryption_version of ${key}`,
      });
    } catch (error) {
      if (!isCode(error, "unknown-outcome") || (await readKey(mount, key)).minDecryption < version) throw error;
    }
  }
}

function adviseOf({ left, errors }: Rewrapped, { advise }: RotationContext): void {
  if (left > 0) advise(`${left} ciphertexts could not be rewrapped and stay as they are; ${errors} says which and why.`);
}

function versionOf(credential: Credential | undefined): number | undefined {
  const [, version] = /:v(\d+)$/u.exec(credential?.value.reveal() ?? "") ?? [];
  return version === undefined ? undefined : Number(version);
}

async function readKey(mount: Mount, key: string): Promise<TransitKey> {
  const data = dataOf(await mount.ask({ method: "GET", path: ["keys", key], effect: "read", what: `read the key ${key}` }));
  return {
    name: key,
    latest: numberOf(data, "latest_version"),
    minDecryption: numberOf(data, "min_decryption_version"),
    encrypts: data["supports_encryption"] === true,
    signs: data["supports_signing"] === true,
    isDerived: data["derived"] === true,
  };
}
