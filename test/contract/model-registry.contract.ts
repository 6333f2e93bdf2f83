import { describe, expect, it } from 'vitest';
import { type AuditEvent, firstBrokenRecord } from '../../core/audit/audit-record.ts';
import type { Clock } from '../../core/clock.ts';
import type { ModelHosting, ModelRegistry, ReleaseSummary } from '../../lambdas/ports/model-registry.ts';
import { fixedClock } from '../memory/memory-clock-and-ids.ts';
import { newRollout } from '../new-rollout.ts';

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

/** Every ModelRegistry must pass this; call it once per adapter. `make` gives a registry that nobody else uses. */
export function modelRegistryContract(
  adapter: string,
  make: (clock: Clock) => ModelRegistry | Promise<ModelRegistry>,
): void {
  const setUp = async () => {
    const registry = await make(fixedClock());
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
      await promote(registry, 'p1');
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
      const registry = await make(fixedClock());
      await expect(registry.addRelease(release('r1'), event('x'))).rejects.toMatchObject({ kind: 'not-found' });
      await expect(registry.beginRollout(newRollout('p1'), event('x'))).rejects.toMatchObject({ kind: 'not-found' });
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

async function promote(registry: ModelRegistry, rolloutId: string): Promise<void> {
  const begun = newRollout(rolloutId);
  const { fence } = await registry.beginRollout(begun, event('rollout.begun'));
  const { route: from } = await registry.model('churn');
  const to = { ...from, champion: { releaseId: 'r1', variant: 'champion' as const }, epoch: 1 };
  const next = { ...begun, phase: 'settling' as const };
  await registry.changeRollout({ seen: begun, next, route: { from, to }, fence }, event('route.changed'));
}
