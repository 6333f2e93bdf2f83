import { PlatformError, UnavailableError } from '../../core/errors.ts';
import type { ReleaseManifest } from '../../core/release/release-manifest.ts';
import { RolloutInProgressError } from '../../core/release/rollout-in-progress-error.ts';
import { LEASE_MS } from '../../core/rollout/lease.ts';
import type { Rollout } from '../../core/rollout/rollout.ts';
import type { Clock } from '../../lambdas/ports/clock-and-ids.ts';
import type { ModelRegistry } from '../../lambdas/ports/model-registry.ts';
import type { Mutation } from './world.ts';

/** Whoever writes may write, however long ago another took the rollout over. */
export const dropTheFence: Mutation = {
  registry: (real) => ({
    ...real,
    changeRollout: (change, event) => real.changeRollout({ ...change, fence: null }, event),
    renewLease: async () => {},
  }),
};

/** Writes over whatever is there, as if it were what was read. */
export const dropTheCondition: Mutation = {
  registry: (real) => ({
    ...real,
    async changeRollout(change, event) {
      const [seen, { route: from }] = await Promise.all([
        real.rollout(change.seen.rolloutId),
        real.model(change.seen.model),
      ]);
      const route = change.route === null ? null : { from, to: { ...change.route.to, epoch: from.epoch + 1 } };
      return real.changeRollout({ ...change, seen, route }, event);
    },
  }),
};

/** Moves the route first and writes the document in a second write, which a process may not live to make. */
export const tearThePointer: Mutation = {
  registry: (real) => {
    let writes = 0;
    return {
      ...real,
      async changeRollout(change, event) {
        const { seen, route } = change;
        if (route === null || seen.outcome !== null || seen.rolloutId === 'before')
          return real.changeRollout(change, event);
        await real.changeRollout({ ...change, next: seen }, event);
        if (++writes % 2 === 1) throw new UnavailableError('the second write was not made');
        return real.changeRollout({ ...change, route: null }, event);
      },
    };
  },
};

/** Gives each start a name of its own, so that the same start is another one. */
export function forgetTheKey(): Mutation {
  let starts = 0;
  return {
    workflow: (real) => ({
      start: (flow, name, input) => real.start(flow, `${name}-${++starts}`, input),
      wake: (token, output) => real.wake(token, output),
      describe: (executionId) => real.describe(executionId),
    }),
  };
}

/** What could not be measured counts as passed. */
export const passWithoutData: Mutation = {
  releases: (real) => ({
    put: (manifest) => real.put(manifest),
    async manifest(releaseId): Promise<ReleaseManifest> {
      const manifest = await real.manifest(releaseId);
      const verdicts = manifest.verdicts.map(({ gate, verdict }) =>
        verdict.outcome === 'inconclusive'
          ? { gate, verdict: { outcome: 'pass' as const, evidence: verdict.evidence } }
          : { gate, verdict },
      );
      return { ...manifest, verdicts };
    },
  }),
};

/** Tells the endpoint to run the release alone, before the route has moved to it. */
export const deleteBeforeShift: Mutation = {
  hosting: (real) => ({
    status: (wanted) => real.status({ ...wanted, variants: wanted.variants.slice(-1) }),
    pointEndpoint: (wanted) => real.pointEndpoint({ ...wanted, variants: wanted.variants.slice(-1) }),
    runningImages: (name) => real.runningImages(name),
    remove: (name) => real.remove(name),
  }),
};

/** Takes a lease over whose holder has not been heard of for a while by the taker's own clock. */
export const leaseByTheClock: Mutation = {
  registry: (real, clock) => {
    const heardAtMs = new Map<string, number>();
    const heard = <T>(rolloutId: string, answer: T): T => {
      heardAtMs.set(rolloutId, clock.now().getTime());
      return answer;
    };
    return {
      ...real,
      renewLease: async (rolloutId, fence) => heard(rolloutId, await real.renewLease(rolloutId, fence)),
      changeRollout: async (change, event) => heard(change.seen.rolloutId, await real.changeRollout(change, event)),
      async beginRollout(wanted, event) {
        const nowMs = clock.now().getTime();
        try {
          return heard(wanted.rolloutId, await real.beginRollout(wanted, event));
        } catch (error) {
          if (!(error instanceof RolloutInProgressError)) throw error;
          const holderId = String(error.details['rolloutId']);
          if (nowMs - (heardAtMs.get(holderId) ?? nowMs) < LEASE_MS) throw error;
          await end(real, await real.rollout(holderId), clock);
          return real.beginRollout(wanted, event);
        }
      },
    };
  },
};

async function end(registry: ModelRegistry, seen: Rollout, clock: Clock): Promise<void> {
  const at = clock.now().toISOString();
  const next: Rollout = { ...seen, phase: 'done', outcome: 'rejected', because: 'its lease has expired', endedAt: at };
  try {
    const detail = { rolloutId: seen.rolloutId };
    await registry.changeRollout(
      { seen, next, route: null, fence: null },
      { action: 'rollout.rejected', actor: 'arn:x', at, detail },
    );
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
  }
}
