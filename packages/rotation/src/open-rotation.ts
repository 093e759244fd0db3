import type { SecretPolicy } from "@holdfast/policy";

import { checkAgainstAnchor, writeAnchor } from "./audit/anchor.ts";
import { openTrail } from "./audit/trail.ts";
import { RotationError } from "./error.ts";
import { openStores } from "./open-stores.ts";
import { type Consumers, consumersOf } from "./protocol/consumers.ts";
import type { Observation, Request } from "./protocol/decide.ts";
import { drive, errorOf } from "./protocol/drive.ts";
import { endRun, thisRunner } from "./protocol/holder.ts";
import { observe } from "./protocol/observe.ts";
import { courseOf } from "./protocol/plan.ts";
import type { Runner, Surroundings } from "./protocol/runner.ts";
import { statePath } from "./protocol/state.ts";
import { standingOf } from "./protocol/status.ts";
import { writeAnnounced } from "./protocol/write.ts";
import type { Credential, Store } from "./roles.ts";
import { openRotator } from "./rotators/index.ts";
import type { Secret } from "./secret.ts";
import { resolvePath } from "./stores/resolve-path.ts";
import type { Choice, Rotation, RotationOptions, SecretOutcome, SecretPlan, SecretStatus, SecretValue, Share } from "./rotation.ts";
import { inParallel, isInShard, requireShare } from "./shards.ts";

/** Opens the secrets of a policy. Nothing is read, written or asked before a method needs it. */
export function openRotation(options: RotationOptions): Rotation {
  const { policy: file, env = process.env, onStep = () => undefined, signal } = options;
  const { policy } = file;
  const declared = new Map(policy.secrets.map((secret) => [secret.name, secret]));
  const warn = options.onWarning ?? ((message) => process.emitWarning(message, "HoldfastWarning"));
  const stores = openStores(file, env, warn);
  const trail = openTrail({
    policy: file,
    env,
    warn,
    records: options.records ?? process.stderr,
    async checkAnchor(log, verifierKey) {
      const place = await anchorPlace();
      if (place) await checkAgainstAnchor(place, log, verifierKey);
    },
  });

  async function anchorPlace() {
    const { anchor } = policy.audit;
    return anchor && { store: await stores.open(anchor.store), path: anchor.path };
  }

  /** The acts are done by now: what keeps the checkpoint from being anchored is told, and does not turn them into failures. */
  async function anchor(): Promise<void> {
    try {
      const checkpoint = policy.audit.anchor && (await trail.checkpoint());
      const place = checkpoint === undefined ? undefined : await anchorPlace();
      if (checkpoint !== undefined && place) await writeAnchor(place, checkpoint);
    } catch (error) {
      warn(
        `The audit log was written, but its newest checkpoint is not anchored: ${error instanceof RotationError ? error.message : "it failed"}`,
      );
    }
  }

  function secretsNamed(names: readonly string[] | undefined): readonly SecretPolicy[] {
    if (names === undefined) return policy.secrets;
    return [...new Set(names)].map((name) => {
      const secret = declared.get(name);
      if (secret) return secret;
      const known = policy.secrets.map((candidate) => candidate.name).join(", ") || "none";
      throw new RotationError("invalid", `${file.file} names no secret "${name}". Nothing was done. It names: ${known}.`, { secret: name });
    });
  }

  async function look(secret: SecretPolicy): Promise<Pick<Runner, "store" | "path" | "self" | "clock">> {
    const store = await stores.open(secret.store);
    return { store, path: secret.path, self: thisRunner(), clock: clockOf(store, options) };
  }

  async function runnerOf(secret: SecretPolicy): Promise<Runner> {
    if (!secret.rotate) {
      throw new RotationError(
        "invalid",
        `The policy says no way to rotate ${secret.name}. Nothing was done. Add "rotate:" to it (${file.file}:${secret.line}).`,
      );
    }
    const [seen, rotator] = [await look(secret), await openRotator(secret.rotate)];
    return { ...seen, secret: secret.name, rotator, surroundings: surroundingsOf(secret), terms: termsOf(secret), trail, onStep, signal };
  }

  function surroundingsOf(secret: SecretPolicy): Surroundings {
    return {
      env,
      resolve: (path) => resolvePath(path, file.directory, env),
      vault: (store = secret.store) => stores.vault(store),
      advise: (message) => warn(`${secret.name}: ${message}`),
      async read(name) {
        const [named] = secretsNamed([name]);
        return credentialOf(named as SecretPolicy);
      },
    };
  }

  async function run(
    secrets: readonly SecretPolicy[],
    requestFor: (secret: SecretPolicy) => Request,
    { concurrency = 1 }: Share,
  ): Promise<SecretOutcome[]> {
    const once = (secret: SecretPolicy) => outcomeOf(secret, requestFor(secret));
    const first = await inParallel(secrets, concurrency, once);
    // Whoever was at a secret has most likely finished while the others had their turn.
    const outcomes = await inParallel([...first.entries()], concurrency, async ([index, outcome]) =>
      outcome.result === "busy" && !signal?.aborted ? once(secrets[index] as SecretPolicy) : outcome,
    );
    await anchor();
    return outcomes;
  }

  async function outcomeOf(secret: SecretPolicy, request: Request): Promise<SecretOutcome> {
    let runner: Runner;
    try {
      runner = await runnerOf(secret);
    } catch (error) {
      return { secret: secret.name, result: "failed", generation: undefined, phase: undefined, error: errorOf(secret.name, error) };
    }
    try {
      return await drive(runner, request);
    } finally {
      endRun(runner.self);
    }
  }

  async function statusOf(secret: SecretPolicy): Promise<SecretStatus> {
    const names = { secret: secret.name, store: secret.store };
    try {
      const observation = { ...(await observe(await look(secret))), candidate: "untried" as const };
      return { ...names, ...standingOf(termsOf(secret), observation, secret.rotate ? "by-policy" : "by-hand") };
    } catch (error) {
      const nothing = { generation: undefined, phase: undefined, rotatedAtMs: undefined, dueAtMs: undefined, overlapEndsAtMs: undefined };
      return { ...names, ...nothing, state: "unknown", error: errorOf(secret.name, error) };
    }
  }

  async function planOf(secret: SecretPolicy, request: Request): Promise<SecretPlan> {
    const names = { secret: secret.name, store: secret.store };
    try {
      const runner = await runnerOf(secret);
      const seen = { ...(await observe(runner)), candidate: "untried" as const };
      const course = courseOf(runner, request, seen);
      const found = course.action === "nothing" ? [] : [...(await deniedPaths(runner)), ...(await rotatorObstacles(runner, seen))];
      return { ...names, ...course, obstacles: [...course.obstacles, ...found] };
    } catch (error) {
      return {
        ...names,
        action: "nothing",
        reason: "it could not be looked at",
        steps: [],
        obstacles: [errorOf(secret.name, error).message],
      };
    }
  }

  async function valueOf(secret: SecretPolicy): Promise<SecretValue> {
    const { value, fields, previous, generation } = await credentialOf(secret);
    return {
      secret: secret.name,
      value,
      fields,
      previous: previous?.value,
      previousFields: previous?.fields ?? {},
      generation,
    };
  }

  async function credentialOf(secret: SecretPolicy): Promise<Credential & Pick<Consumers, "previous" | "generation">> {
    try {
      const store = await stores.open(secret.store);
      const { current, previous, generation, rotation } = consumersOf(await store.read(secret.path), secret.path);
      if (current === undefined) {
        const next = secret.rotate
          ? `Run "holdfast rotate ${secret.name}" to make one.`
          : `Put one there with "holdfast set ${secret.name}".`;
        throw new RotationError("invalid", `The store ${store.name} holds no value of ${secret.name} at ${secret.path}. ${next}`);
      }
      await trail.read({ secret: secret.name, store: store.name, generation, rotation, value: current.value });
      return { ...current, previous, generation };
    } catch (error) {
      throw errorOf(secret.name, error);
    }
  }

  async function setValue(secret: SecretPolicy, value: Secret): Promise<void> {
    try {
      if (secret.rotate) {
        throw new RotationError(
          "invalid",
          `The values of ${secret.name} are made by its rotator (${file.file}:${secret.line}), so none can be set. Nothing was done. Run "holdfast rotate ${secret.name}".`,
        );
      }
      const store = await stores.open(secret.store);
      const { document, version } = consumersOf(await store.read(secret.path), secret.path);
      const facts = { action: "set", secret: secret.name, store: store.name, value };
      await writeAnnounced({ store, trail }, { path: secret.path, document: { ...document, value }, expected: version, facts });
    } catch (error) {
      throw errorOf(secret.name, error);
    }
  }

  return {
    status: async (names) => inTurns(secretsNamed(names), statusOf),
    plan: async (names, choice) =>
      inTurns(chosen(secretsNamed(names), names, choice), (secret) => planOf(secret, requestFor(secret, names, choice))),
    rotate: async (names, choice = {}) =>
      run(chosen(secretsNamed(names), names, choice), (secret) => requestFor(secret, names, choice), choice),
    resume: async (names, share = {}) => run(chosen(secretsNamed(names), names, share), () => "finish", share),
    read: async (names) => inTurns(secretsNamed(names), valueOf),
    async set(name, value) {
      for (const secret of secretsNamed([name])) await setValue(secret, value);
      await anchor();
    },
    async close() {
      await trail.close();
      await stores.close();
    },
  };
}

/** Without names, what no rotator is declared for is left out rather than reported as a failure. */
function chosen(secrets: readonly SecretPolicy[], names: readonly string[] | undefined, choice: Choice = {}): readonly SecretPolicy[] {
  requireShare(choice);
  const { shard } = choice;
  const mine = shard === undefined ? secrets : secrets.filter(({ name }) => isInShard(name, shard));
  return names === undefined || choice.all === true ? mine.filter(({ rotate }) => rotate !== undefined) : mine;
}

/** A secret without `every` is never due, so that naming it is all a person can do to ask for a new value. */
function requestFor({ every }: SecretPolicy, names: readonly string[] | undefined, { all, force }: Choice = {}): Request {
  if (force) return "force";
  return all || (names !== undefined && every === undefined) ? "now" : "when-due";
}

function termsOf({ every, overlap }: SecretPolicy): Runner["terms"] {
  return { everyMs: every, overlapMs: overlap };
}

function clockOf(store: Store, { now }: RotationOptions): () => Promise<number> {
  return now ? async () => now() : () => store.now();
}

async function deniedPaths({ store, path }: Runner): Promise<string[]> {
  const paths = [path, statePath(path)];
  const probes = await Promise.all(paths.map((probed) => store.probe(probed)));
  return probes.flatMap(({ canRead, canWrite, why }, index) => {
    const missing = [!canRead && "read", !canWrite && "write"].filter((right) => right !== false);
    return missing.length === 0
      ? []
      : [`May not ${missing.join(" or ")} ${paths[index]} in ${store.name}${why === undefined ? "" : `: ${why}`}.`];
  });
}

/** What the rotator itself finds in the way; that it cannot even look is an obstacle as well. */
async function rotatorObstacles({ rotator, surroundings, secret, store, signal }: Runner, seen: Observation): Promise<readonly string[]> {
  if (!rotator.obstacles) return [];
  const { state, consumers } = seen;
  const facts = { rotation: state?.rotation ?? "", generation: state?.generation ?? 0, current: consumers.current, repeated: true };
  try {
    return await rotator.obstacles({ ...surroundings, ...facts, secret, store, signal });
  } catch (error) {
    return [errorOf(secret, error).message];
  }
}

/** A store answers a burst with "too many requests". */
function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  return inParallel(items, 4, work);
}
