import { expect, it } from 'vitest';
import { HOUR_MS } from '../../../core/clock.ts';
import { beginRollout } from '../../../lambdas/use-cases/rollout/begin-rollout.ts';
import { countedRows } from './counted-rows.ts';
import { MODEL, rolloutLab } from './rollout-lab.ts';

async function labWithChampion() {
  const canary = { steps: [0.5], minUnits: 1, bakeMs: 0, withinMs: HOUR_MS };
  const lab = rolloutLab({ canary });
  await lab.register();
  const first = await lab.release('one');
  await lab.run(lab.ask('r1', first));
  return { lab, first };
}

it.each(['fail', 'inconclusive'] as const)(
  'rejects a release of which a gate said %s, before any traffic moves',
  async (outcome) => {
    const { lab, first } = await labWithChampion();
    const second = await lab.release('two', { champion: first, outcome });
    expect(await lab.run(lab.ask('r2', second))).toMatchObject({
      outcome: 'rejected',
      because: expect.stringContaining('it is bad'),
      pointed: null,
    });
    expect((await lab.route()).champion?.releaseId).toBe(first);
  },
);

it('rejects a release that was judged against another champion', async () => {
  const { lab } = await labWithChampion();
  const second = await lab.release('two');
  expect((await lab.run(lab.ask('r2', second))).because).toContain('train again');
});

it('rejects the champion itself', async () => {
  const { lab, first } = await labWithChampion();
  expect((await lab.run(lab.ask('r2', first))).because).toContain('champion already');
});

it('refuses the same candidate after what was measured spoke against it, unless somebody forces it', async () => {
  const { lab, first } = await labWithChampion();
  const second = await lab.release('two', { champion: first });
  const bad = await lab.run(lab.ask('r2', second), {
    count: ({ counted }) => countedRows(counted.spec, { failedShare: 0.2 }),
  });
  expect(bad.outcome).toBe('rolled-back');
  const again = await lab.run(lab.ask('r3', second));
  expect(again).toMatchObject({
    outcome: 'rejected',
    because: expect.stringContaining('the same candidate was rolled-back'),
  });
  const forced = await lab.run(lab.ask('r4', second, { force: true }), {
    count: ({ counted }) => countedRows(counted.spec),
  });
  expect(forced.outcome).toBe('promoted');
});

it('tries the same candidate again after something could not be done', async () => {
  const { lab, first } = await labWithChampion();
  const second = await lab.release('two', { champion: first });
  await lab.run(lab.ask('r2', second), { isGood: () => false });
  const again = await lab.run(lab.ask('r3', second), { count: ({ counted }) => countedRows(counted.spec) });
  expect(again.outcome).toBe('promoted');
});

it('refuses any traffic while there is no way back to the champion', async () => {
  const { lab, first } = await labWithChampion();
  const second = await lab.release('two', { champion: first });
  await lab.objects.put(
    { bucket: 'artifacts', key: 'model/one/model.tar.gz' },
    new Uint8Array([1]),
    'application/gzip',
  );
  const rollout = await lab.run(lab.ask('r2', second));
  expect(rollout).toMatchObject({
    outcome: 'rejected',
    stop: { kind: 'policy', because: expect.stringContaining(`no way back to the champion ${first}`) },
    pointed: null,
  });
});

it('goes back without comparison only to a release that was champion', async () => {
  const { lab, first } = await labWithChampion();
  const second = await lab.release('two', { champion: first });
  const never = await lab.run(lab.ask('r2', second, { kind: 'rollback' }));
  expect(never.because).toContain('was never champion');
  await lab.run(lab.ask('r3', second), { count: ({ counted }) => countedRows(counted.spec) });
  const back = await lab.run(lab.ask('r4', first, { kind: 'rollback' }));
  expect(back.outcome).toBe('promoted');
  expect(back.timeline.map(({ phase }) => phase)).toEqual(['gates', 'deploying', 'settling', 'done']);
  expect((await lab.route()).champion?.releaseId).toBe(first);
});

it('begins nothing for a release of another model', async () => {
  const { lab, first } = await labWithChampion();
  await lab.registry.registerModel(
    { name: 'other', endpointName: 'e', executionRoleArn: 'r', modelPackageGroup: 'g', image: 'i' },
    { action: 'model.registered', actor: 'a', at: lab.clock.now().toISOString(), detail: {} },
  );
  const begun = beginRollout(lab.deps, lab.ask('r2', first, { model: 'other' }));
  await expect(begun).rejects.toMatchObject({ name: 'InvalidInputError' });
});

it('refuses, before any traffic, a release whose image was replaced under its tag', async () => {
  const { lab, first } = await labWithChampion();
  const second = await lab.release('two', { champion: first });
  const [recorded, replaced] = ['a', 'b'].map((digit) => `sha256:${digit.repeat(64)}`) as [string, string];
  await lab.registry.addRelease(
    {
      releaseId: second,
      model: MODEL,
      createdAt: lab.clock.now().toISOString(),
      passed: true,
      trainingSetId: second,
      metrics: {},
      manifestUri: `s3://artifacts/release/${MODEL}/${second}.json`,
      featureViews: [],
      modelPackage: { arn: 'arn:aws:sagemaker:::model-package/buyer/2', imageDigest: recorded },
    },
    { action: 'release.registered', actor: 'test', at: lab.clock.now().toISOString(), detail: {} },
  );
  lab.hosting.images.set('xgboost', replaced);
  const refused = await lab.run(lab.ask('r2', second));
  expect(refused).toMatchObject({ outcome: 'rejected', stop: { kind: 'failure' } });
  for (const said of ['variant challenger', replaced, recorded, 'was replaced', 'train again']) {
    expect(refused.because).toContain(said);
  }
  expect(refused.timeline.map(({ phase }) => phase)).toEqual(['gates', 'deploying', 'restoring', 'done']);
  expect((await lab.route()).champion?.releaseId).toBe(first);
  const told = (await lab.registry.audit(MODEL, 1, 100)).filter(({ action }) => action === 'rollout.stopped');
  expect(JSON.stringify(told)).toContain(replaced);

  lab.hosting.images.set('xgboost', recorded);
  const tried = await lab.run(lab.ask('r3', second), { count: ({ counted }) => countedRows(counted.spec) });
  expect(tried.outcome).toBe('promoted');

  expect(await lab.run(lab.ask('r4', first, { kind: 'rollback' }))).toMatchObject({ outcome: 'promoted' });
  lab.hosting.images.set('xgboost', replaced);
  const back = await lab.run(lab.ask('r5', second, { kind: 'rollback' }));
  expect(back).toMatchObject({ outcome: 'promoted' });
});
