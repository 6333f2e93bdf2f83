import { beforeEach, expect, it } from 'vitest';
import { skewReportKey } from '../../../lambdas/use-cases/skew/skew-reports.ts';
import { gateHistory } from '../../../lambdas/use-cases/training/gate-history.ts';
import { DEFINITION, MODEL, rolloutLab } from '../rollout/rollout-lab.ts';

const gates = [
  { kind: 'data_quality', minTrainRows: 1, maxMissingShare: 1, minShareOfLast: 0.5 },
  { kind: 'skew', maxMismatchShare: 0, minVectors: 1, withinMs: 86_400_000 },
] as const;
const model = { ...DEFINITION, gates };
const ask = {
  plan: { trainingId: 't1', model: MODEL, actor: 'someone', cause: 'test', lastReleaseId: null as string | null },
  job: {
    TrainingJobName: 'job-1',
    ModelArtifacts: { S3ModelArtifacts: 's3://artifacts/m' },
    TrainingStartTime: 1_772_000_000,
    TrainingEndTime: '2026-02-25T12:00:00.000Z',
  },
};
const champion = { releaseId: 'c'.repeat(64), comparable: true } as const;

let lab: ReturnType<typeof rolloutLab>;
const audit = async (at: string, mismatchedVectors: number) => {
  const report = {
    auditId: 'a'.repeat(32),
    model: MODEL,
    releaseId: champion.releaseId,
    cause: 'test',
    at,
    from: at,
    to: at,
    outcome: 'pass',
    because: 'test',
    vectors: 40,
    mismatchedVectors,
    features: [],
    mismatches: [],
  };
  const body = new TextEncoder().encode(JSON.stringify(report));
  await lab.objects.put({ bucket: 'artifacts', key: skewReportKey(report) }, body, 'application/json');
};
const deps = () => ({ ...lab.deps, artifactBucket: 'artifacts' });

beforeEach(async () => {
  lab = rolloutLab();
  await lab.register();
});

it('takes the newest audit from before the end of the training, so that a repeated call finds the same', async () => {
  await audit('2026-02-25T09:00:00.000Z', 1);
  await audit('2026-02-25T11:00:00.000Z', 2);
  await audit('2026-02-25T12:30:00.000Z', 3);
  const { skew } = await gateHistory(deps(), ask, { model, champion });
  expect(skew).toMatchObject({ kind: 'audited', ageMs: 3_600_000, vectors: 40, mismatchedVectors: 2 });
});

it('takes no older audit in the place of a newer one that is damaged', async () => {
  await audit('2026-02-25T09:00:00.000Z', 1);
  const damage = async (at: string) => {
    const key = skewReportKey({ model: MODEL, at, auditId: 'b'.repeat(32) });
    await lab.objects.put({ bucket: 'artifacts', key }, new TextEncoder().encode('{'), 'application/json');
  };
  await damage('2026-02-25T08:00:00.000Z');
  await damage('2026-02-25T12:30:00.000Z');
  expect((await gateHistory(deps(), ask, { model, champion })).skew).toMatchObject({ mismatchedVectors: 1 });
  await damage('2026-02-25T11:00:00.000Z');
  expect((await gateHistory(deps(), ask, { model, champion })).skew).toEqual({ kind: 'no-audit' });
});

it('tells apart that nothing is served yet and that nothing was audited', async () => {
  expect(await gateHistory(deps(), ask, { model, champion: null })).toEqual({
    last: null,
    skew: { kind: 'nothing-served' },
  });
  expect((await gateHistory(deps(), ask, { model, champion })).skew).toEqual({ kind: 'no-audit' });
});

it('counts the training rows of the release before', async () => {
  const releaseId = await lab.release('one');
  const { trainingSet } = await lab.releases.manifest(releaseId);
  const { last } = await gateHistory(
    deps(),
    { ...ask, plan: { ...ask.plan, lastReleaseId: releaseId } },
    { model, champion: null },
  );
  expect(last).toEqual({ releaseId, trainRows: trainingSet.rows.train });
});
