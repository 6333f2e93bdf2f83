import { describe, expect, it } from 'vitest';
import { type AuditEvent, firstBrokenRecord } from '../../core/audit/audit-record.ts';
import type { Route } from '../../core/release/route.ts';
import type { ModelHosting, ModelRegistry, ReleaseSummary, Rollout } from '../../lambdas/ports/model-registry.ts';

const event = (action: string): AuditEvent => ({ action, actor: 'arn:aws:iam::1:user/a', at: T, detail: { n: 1 } });
const T = '2026-03-01T12:00:00.000Z';

const hosting = (name = 'churn'): ModelHosting => ({
  name,
  endpointName: `headgate-dev-${name}`,
  executionRoleArn: 'arn:aws:iam::000000000000:role/m',
  modelPackageGroup: name,
  image: 'image:1',
});

const release = (releaseId: string, createdAt = T): ReleaseSummary => ({
  releaseId,
  model: 'churn',
  createdAt,
  passed: true,
  trainingSetId: 't',
  metrics: { auc: 0.8 },
  manifestUri: `s3://b/release/churn/${releaseId}.json`,
  featureViews: [{ view: 'spend', version: 'aaaaaaaaaaaa' }],
});

const rollout = (rolloutId: string, startedAt = T): Rollout => ({
  rolloutId,
  model: 'churn',
  releaseId: 'r1',
  phase: 'gates',
  outcome: null,
  because: null,
  previousReleaseId: null,
  startedAt,
  endedAt: null,
});

/** Every ModelRegistry must pass this; call it once per adapter. `make` gives a registry that nobody else uses. */
export function modelRegistryContract(adapter: string, make: () => ModelRegistry | Promise<ModelRegistry>): void {
  const setUp = async () => {
    const registry = await make();
    await registry.registerModel(hosting(), event('model.registered'));
    return registry;
  };
  const actions = async (registry: ModelRegistry) => {
    const chain = await registry.audit('churn', 1, 100);
    expect(firstBrokenRecord(chain)).toBeNull();
    return chain.map(({ action }) => action);
  };

  describe(`ModelRegistry: ${adapter}`, () => {
    it('registers a model once, with an empty route', async () => {
      const registry = await setUp();
      await registry.registerModel(hosting(), event('model.registered'));
      const route = {
        model: 'churn',
        endpointName: 'headgate-dev-churn',
        champion: null,
        challenger: null,
        shadow: null,
        epoch: 0,
      };
      expect(await registry.model('churn')).toEqual({ ...hosting(), route });
      expect(await actions(registry)).toEqual(['model.registered']);
    });

    it('lists models by name, and names them when one is unknown', async () => {
      const registry = await setUp();
      await registry.registerModel(hosting('alpha'), event('model.registered'));
      expect((await registry.models()).map(({ name }) => name)).toEqual(['alpha', 'churn']);
      await expect(registry.model('nobody')).rejects.toMatchObject({ details: { known: ['alpha', 'churn'] } });
    });

    it('keeps the route when the hosting changes', async () => {
      const registry = await setUp();
      await promote(registry, 'p1', 0);
      await registry.registerModel({ ...hosting(), image: 'image:2' }, event('model.changed'));
      expect(await registry.model('churn')).toMatchObject({ image: 'image:2', route: { epoch: 1 } });
    });

    it('keeps releases, newest first, each once', async () => {
      const registry = await setUp();
      await registry.addRelease(release('r1', '2026-03-01T00:00:00.000Z'), event('release.registered'));
      await registry.addRelease(release('r2', '2026-03-02T00:00:00.000Z'), event('release.registered'));
      await registry.addRelease(release('r1', '2026-03-01T00:00:00.000Z'), event('release.registered'));
      expect((await registry.releases('churn')).map(({ releaseId }) => releaseId)).toEqual(['r2', 'r1']);
      expect((await registry.release('r1')).metrics).toEqual({ auc: 0.8 });
      await expect(registry.release('nobody')).rejects.toMatchObject({ kind: 'not-found' });
      expect(await actions(registry)).toHaveLength(3);
    });

    it('refuses a release or a rollout of a model that is not registered', async () => {
      const registry = await make();
      await expect(registry.addRelease(release('r1'), event('x'))).rejects.toMatchObject({ kind: 'not-found' });
      await expect(registry.beginRollout(rollout('p1'), event('x'))).rejects.toMatchObject({ kind: 'not-found' });
    });

    it('gives the rollout lease to one at a time, and resumes the one that has it', async () => {
      const registry = await setUp();
      await registry.beginRollout(rollout('p1'), event('rollout.begun'));
      expect(await registry.beginRollout(rollout('p1'), event('rollout.begun'))).toEqual(rollout('p1'));
      await expect(registry.beginRollout(rollout('p2'), event('rollout.begun'))).rejects.toMatchObject({
        name: 'RolloutInProgressError',
        kind: 'conflict',
      });
      await registry.endRollout('p1', 'rolled-back', 'test', event('rollout.ended'));
      await registry.beginRollout(rollout('p2', '2026-03-02T00:00:00.000Z'), event('rollout.begun'));
      expect((await registry.rollouts('churn')).map(({ rolloutId }) => rolloutId)).toEqual(['p2', 'p1']);
      expect(await actions(registry)).toEqual(['model.registered', 'rollout.begun', 'rollout.ended', 'rollout.begun']);
    });

    it('advances a rollout, once per phase', async () => {
      const registry = await setUp();
      await registry.beginRollout(rollout('p1'), event('rollout.begun'));
      await registry.advanceRollout('p1', 'deploying', event('rollout.advanced'));
      await registry.advanceRollout('p1', 'deploying', event('rollout.advanced'));
      expect((await registry.rollout('p1')).phase).toBe('deploying');
      expect(await actions(registry)).toHaveLength(3);
      await expect(registry.advanceRollout('nobody', 'deploying', event('x'))).rejects.toMatchObject({
        kind: 'not-found',
      });
    });

    it('flips the route and advances the rollout in one write, and may be told so again', async () => {
      const registry = await setUp();
      await promote(registry, 'p1', 0);
      expect((await registry.model('churn')).route).toEqual(routeAt(1));
      expect((await registry.rollout('p1')).phase).toBe('promoting');
      await registry.flipRoute(flip('p1', 0), event('route.flipped'));
      expect(await actions(registry)).toEqual(['model.registered', 'rollout.begun', 'route.flipped']);
    });

    it('refuses a flip from an epoch that has passed, and one without the lease', async () => {
      const registry = await setUp();
      await promote(registry, 'p1', 0);
      const stale = { ...flip('p1', 0), to: { ...routeAt(1), champion: null } };
      await expect(registry.flipRoute(stale, event('x'))).rejects.toMatchObject({ name: 'ConflictError' });
      await registry.endRollout('p1', 'promoted', 'done', event('rollout.ended'));
      await expect(registry.flipRoute(flip('p1', 1), event('x'))).rejects.toMatchObject({ kind: 'conflict' });
    });

    it('ends a rollout once, and does not change how it ended', async () => {
      const registry = await setUp();
      await registry.beginRollout(rollout('p1'), event('rollout.begun'));
      const ended = await registry.endRollout('p1', 'promoted', 'in service', event('rollout.ended'));
      expect(ended).toMatchObject({ phase: 'done', outcome: 'promoted', because: 'in service', endedAt: T });
      expect(await registry.endRollout('p1', 'promoted', 'again', event('rollout.ended'))).toEqual(ended);
      await expect(registry.endRollout('p1', 'rolled-back', 'x', event('x'))).rejects.toMatchObject({
        kind: 'conflict',
      });
      await expect(registry.advanceRollout('p1', 'settling', event('x'))).rejects.toMatchObject({ kind: 'conflict' });
    });

    it('reads the audit chain from a position on, a page at a time', async () => {
      const registry = await setUp();
      for (const id of ['r1', 'r2', 'r3']) await registry.addRelease(release(id), event(`added.${id}`));
      const page = await registry.audit('churn', 2, 2);
      expect(page.map(({ position, action }) => [position, action])).toEqual([
        [2, 'added.r1'],
        [3, 'added.r2'],
      ]);
      expect(await registry.audit('churn', 5, 10)).toEqual([]);
    });

    it('keeps one whole chain when many write at once', async () => {
      const registry = await setUp();
      const ids = ['r1', 'r2', 'r3', 'r4'];
      await Promise.all(ids.map((id) => registry.addRelease(release(id), event('release.registered'))));
      expect(await actions(registry)).toHaveLength(5);
      expect(await registry.releases('churn')).toHaveLength(4);
    });
  });
}

function routeAt(epoch: number): Route {
  const champion = epoch === 0 ? null : ({ releaseId: `r${epoch}`, variant: 'champion' } as const);
  return { model: 'churn', endpointName: 'headgate-dev-churn', champion, challenger: null, shadow: null, epoch };
}

function flip(rolloutId: string, from: number) {
  return { rolloutId, model: 'churn', from: routeAt(from), to: routeAt(from + 1), phase: 'promoting' as const };
}

async function promote(registry: ModelRegistry, rolloutId: string, from: number): Promise<void> {
  await registry.beginRollout(rollout(rolloutId), event('rollout.begun'));
  await registry.flipRoute(flip(rolloutId, from), event('route.flipped'));
}
