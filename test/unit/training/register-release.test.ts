import { beforeEach, expect, it } from 'vitest';
import type { SealedTrainingSet } from '../../../contracts/training-flow.ts';
import { sha256Hex } from '../../../core/canonical-json.ts';
import type { GateDefinition } from '../../../core/definitions/model.ts';
import { prepareEvaluation } from '../../../lambdas/use-cases/training/prepare-evaluation.ts';
import { registerRelease } from '../../../lambdas/use-cases/training/register-release.ts';
import { hyperparametersOf } from '../../../lambdas/use-cases/training/training-job.ts';
import { DEFINITION, MODEL, rolloutLab } from '../rollout/rollout-lab.ts';

const SET_URI = 's3://artifacts/training-set/buyer/abc/';
const SCORES = 'evaluation/buyer/t1';
const MODEL_KEY = 'model/buyer/job-1/output/model.tar.gz';
const labels = Array.from({ length: 50 }, (_, row) => row % 2);
const ask = {
  plan: { trainingId: 't1', model: MODEL, actor: 'arn:test', cause: 'test' },
  sealed: {
    trainingSetId: 'a'.repeat(64),
    uri: SET_URI,
    trainingJob: {
      HyperParameters: { ...hyperparametersOf(DEFINITION) },
      ResourceConfig: { InstanceType: 'ml.m5.2xlarge' },
    },
  },
  job: {
    TrainingJobName: 'job-1',
    ModelArtifacts: { S3ModelArtifacts: `s3://artifacts/${MODEL_KEY}` },
    TrainingStartTime: 1_772_000_000,
    TrainingEndTime: '2026-02-25T06:13:25.500Z',
  },
  scored: ['candidate' as const],
};

let lab: ReturnType<typeof rolloutLab>;
const write = (key: string, text: string) =>
  lab.objects.put({ bucket: 'artifacts', key }, new TextEncoder().encode(text), 'text/plain');
const deps = () => ({ ...lab.deps, platformVersion: '0.1.0' });

async function seal(over: Partial<SealedTrainingSet> = {}, gates: readonly GateDefinition[] = DEFINITION.gates) {
  const sealed: SealedTrainingSet = {
    record: {
      trainingSetId: 'a'.repeat(64),
      uri: SET_URI,
      rows: { train: 100, validation: 20, test: labels.length },
      dropped: { unmatured: 0, embargoed: 0 },
      labelMean: { train: 0.5, validation: 0.5, test: 0.5 },
      labelTimes: { train: null, validation: null, test: null },
      watermarks: { source_sales: 7 },
      query: { text: 'select 1', params: [] },
      profileSha256: 'b'.repeat(64),
    },
    model: { ...DEFINITION, gates },
    featureViews: [],
    onDemandFeatureViews: [],
    inputs: [{ view: 'v', feature: 'f', type: 'float64', categories: null, defaultValue: null }],
    missingShares: { 'v:f': 0 },
    champion: null,
    joined: { trainingId: 't1', asOfMs: 0, labelEvents: { oldestMs: 0, newestMs: 0 }, knowledgeCut: true },
    ...over,
  };
  await write('training-set/buyer/abc/training-set.json', JSON.stringify(sealed));
  await write('training-set/buyer/abc/test/labels.csv', `${labels.join('\n')}\n`);
}

beforeEach(async () => {
  lab = rolloutLab();
  await lab.register();
  await seal();
  await write(MODEL_KEY, 'the model');
  await write(`${SCORES}/candidate/features.csv.out`, labels.map((label) => (label === 1 ? 0.9 : 0.2)).join('\n'));
});

it('keeps what was trained as one document with the digest of its artifact', async () => {
  const registered = await registerRelease(deps(), ask);
  expect(registered).toMatchObject({
    passed: true,
    because: '',
    metrics: { auc: 1, accuracy: 1 },
    gates: { data_quality: 'pass' },
  });
  const manifest = await lab.releases.manifest(registered.releaseId);
  expect(manifest.artifact).toMatchObject({ sha256: sha256Hex(new TextEncoder().encode('the model')), sizeBytes: 9 });
  expect(manifest.training.seconds).toBe(5.5 + (Date.parse('2026-02-25T06:13:20Z') - 1_772_000_000_000) / 1000);
  expect(manifest.evaluation).toMatchObject({ testRows: 50, champion: null });
});

it('keeps what the training job was given, what the platform added to the definition included', async () => {
  const { releaseId } = await registerRelease(deps(), ask);
  const { training } = await lab.releases.manifest(releaseId);
  expect(training.hyperparameters).toEqual(ask.sealed.trainingJob.HyperParameters);
  expect(training.hyperparameters).toMatchObject({ objective: 'binary:logistic', eval_metric: 'logloss' });
  expect(DEFINITION.training.hyperparameters).not.toHaveProperty('eval_metric');
  expect(training.instanceType).toBe('ml.m5.2xlarge');
});

it('registers the same release again when it is called twice', async () => {
  const once = await registerRelease(deps(), ask);
  expect(await registerRelease(deps(), ask)).toEqual(once);
  expect(await lab.registry.releases(MODEL)).toHaveLength(1);
});

it('keeps a release that did not pass, with the reason', async () => {
  await seal({}, [{ kind: 'data_quality', minTrainRows: 1000, maxMissingShare: 1 }]);
  const registered = await registerRelease(deps(), ask);
  expect(registered).toMatchObject({ passed: false, because: expect.stringContaining('has to be at least 1000') });
  expect((await lab.registry.releases(MODEL))[0]).toMatchObject({ releaseId: registered.releaseId, passed: false });
});

it('refuses scores that are not one per test row, and registers nothing', async () => {
  await write(`${SCORES}/candidate/features.csv.out`, '0.5\n0.5\n');
  await expect(registerRelease(deps(), ask)).rejects.toThrow('the candidate gave 2 scores for 50 test rows');
  expect(await lab.registry.releases(MODEL)).toEqual([]);
});

it('refuses scores that are not numbers', async () => {
  await write(`${SCORES}/candidate/features.csv.out`, labels.map(() => 'nan').join('\n'));
  await expect(registerRelease(deps(), ask)).rejects.toMatchObject({ kind: 'corrupt-data' });
});

it('never registers what was trained without the knowledge cut, nor what does not say', async () => {
  const joined = { trainingId: 't1', asOfMs: 0, labelEvents: { oldestMs: 0, newestMs: 0 }, knowledgeCut: false };
  await seal({ joined });
  await expect(registerRelease(deps(), ask)).rejects.toMatchObject({ name: 'ConflictError' });
  await write('training-set/buyer/abc/training-set.json', JSON.stringify({ record: {}, champion: null }));
  await expect(registerRelease(deps(), ask)).rejects.toMatchObject({ name: 'ConflictError' });
  expect(await lab.registry.releases(MODEL)).toEqual([]);
});

it('compares with the champion on the same rows', async () => {
  const champion = await lab.release('one');
  await seal({ champion: { releaseId: champion, comparable: true } }, [
    { kind: 'regression', metric: 'auc', margin: 0.01, confidence: 0.95 },
  ]);
  const prepared = await prepareEvaluation(deps(), ask);
  expect(prepared.scored).toEqual(['candidate', 'champion']);
  expect(prepared.evaluations[1]?.model).toMatchObject({
    PrimaryContainer: { ModelDataUrl: 's3://artifacts/model/one/model.tar.gz' },
  });
  await write(`${SCORES}/champion/champion-features.csv.out`, labels.map(() => 0.5).join('\n'));
  const registered = await registerRelease(deps(), { ...ask, scored: prepared.scored as ('candidate' | 'champion')[] });
  expect(registered.passed).toBe(true);
  expect((await lab.releases.manifest(registered.releaseId)).evaluation.champion).toMatchObject({
    releaseId: champion,
    metrics: { auc: 0.5 },
  });
});

it('is inconclusive, not passed, when the champion cannot be asked', async () => {
  const champion = await lab.release('one');
  await seal({ champion: { releaseId: champion, comparable: false, because: 'view v is at another version' } }, [
    { kind: 'regression', metric: 'auc', margin: 0.01, confidence: 0.95 },
  ]);
  expect((await prepareEvaluation(deps(), ask)).scored).toEqual(['candidate']);
  expect(await registerRelease(deps(), ask)).toMatchObject({
    passed: false,
    because: expect.stringContaining('another version'),
  });
});
