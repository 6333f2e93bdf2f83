import { beforeEach, describe, expect, it } from 'vitest';
import type { SealedTrainingSet } from '../../../contracts/training-flow.ts';
import { sha256Hex } from '../../../core/canonical-json.ts';
import type { GateDefinition } from '../../../core/definitions/model.ts';
import { BugError, UnavailableError } from '../../../core/errors.ts';
import { tarModelArchive } from '../../../lambdas/adapters/files/tar-model-archive.ts';
import { prepareEvaluation } from '../../../lambdas/use-cases/training/prepare-evaluation.ts';
import { registerRelease } from '../../../lambdas/use-cases/training/register-release.ts';
import { hyperparametersOf } from '../../../lambdas/use-cases/training/training-job.ts';
import { type MemoryModelPackages, memoryModelPackages } from '../../memory/memory-model-packages.ts';
import { packedModel } from '../../packed-model.ts';
import { PLATFORM_FACTS } from '../../platform-facts.ts';
import { DEFINITION, MODEL, rolloutLab } from '../rollout/rollout-lab.ts';

const SET_URI = 's3://artifacts/training-set/buyer/abc/';
const SCORES = 'evaluation/buyer/t1';
const OUTPUT_KEY = 'training-output/buyer/job-1/output/model.tar.gz';
const labels = Array.from({ length: 50 }, (_, row) => row % 2);
const artifactBytes = await packedModel(1);
const artifactSha256 = sha256Hex(artifactBytes);
const KEPT_KEY = `model/buyer/${artifactSha256}/model.tar.gz`;
const ask = {
  plan: { trainingId: 't1', model: MODEL, actor: 'arn:test', cause: 'test', lastReleaseId: null },
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
    ModelArtifacts: { S3ModelArtifacts: `s3://artifacts/${OUTPUT_KEY}` },
    TrainingStartTime: 1_772_000_000,
    TrainingEndTime: '2026-02-25T06:13:25.500Z',
  },
  artifact: { uri: `s3://artifacts/${KEPT_KEY}`, sha256: artifactSha256, sizeBytes: artifactBytes.byteLength },
  scored: ['candidate' as const],
};

let lab: ReturnType<typeof rolloutLab>;
const write = (key: string, text: string) =>
  lab.objects.put({ bucket: 'artifacts', key }, new TextEncoder().encode(text), 'text/plain');
const writeArtifact = (key: string, body: Uint8Array) =>
  lab.objects.put({ bucket: 'artifacts', key }, body, 'application/gzip');
let packages: MemoryModelPackages;
const deps = () => ({
  ...lab.deps,
  platformVersion: '0.1.0',
  platform: PLATFORM_FACTS,
  packages,
  archive: tarModelArchive,
});

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
  await write('training-set/buyer/abc/test/features.csv', `${labels.join('\n')}\n`);
}

beforeEach(async () => {
  lab = rolloutLab();
  await lab.register();
  await seal();
  packages = memoryModelPackages(`sha256:${'9'.repeat(64)}`);
  await writeArtifact(OUTPUT_KEY, artifactBytes);
  await writeArtifact(KEPT_KEY, artifactBytes);
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
  expect(manifest.artifact).toEqual({ ...ask.artifact, image: 'xgboost' });
  expect(manifest.training.seconds).toBe(5.5 + (Date.parse('2026-02-25T06:13:20Z') - 1_772_000_000_000) / 1000);
  expect(manifest.evaluation).toMatchObject({ testRows: 50, champion: null });
  const { calibration = [], scoreCuts = [], losses, metrics } = manifest.evaluation;
  expect(calibration).toHaveLength(scoreCuts.length + 1);
  expect(calibration.reduce((sum, { n }) => sum + n, 0)).toBe(50);
  expect(losses?.['log_loss']?.mean).toBeCloseTo(metrics['log_loss'] ?? Number.NaN, 9);
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
  await seal({}, [{ kind: 'data_quality', minTrainRows: 1000, maxMissingShare: 1, minShareOfLast: null }]);
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
  const registered = await registerRelease(deps(), { ...ask, scored: [...prepared.scored] });
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

describe('the artifact of a release', () => {
  it('is a copy under its own digest, which is what is scored, and is not touched by what is written over the output', async () => {
    const prepared = await prepareEvaluation(deps(), ask);
    expect(prepared.artifact).toEqual(ask.artifact);
    expect(prepared.evaluations[0]?.model).toMatchObject({ PrimaryContainer: { ModelDataUrl: ask.artifact.uri } });
    await writeArtifact(OUTPUT_KEY, await packedModel(1, 0.9));
    const { releaseId } = await registerRelease(deps(), { ...ask, artifact: prepared.artifact });
    expect((await lab.releases.manifest(releaseId)).artifact.uri).toBe(ask.artifact.uri);
  });

  it('is refused when it is no longer what was scored, and nothing is registered', async () => {
    await writeArtifact(KEPT_KEY, await packedModel(1, 0.9));
    await expect(registerRelease(deps(), ask)).rejects.toMatchObject({ name: 'ArtifactChangedError' });
    await expect(prepareEvaluation(deps(), ask)).rejects.toMatchObject({ name: 'ArtifactChangedError' });
    expect(await lab.registry.releases(MODEL)).toEqual([]);
    expect(packages.made()).toEqual([]);
  });

  const text = (words: string) => new TextEncoder().encode(words);
  it.each([
    ['bytes that are no archive', async () => text('the model'), /is not a whole \.tar\.gz/],
    ['an archive that is cut short', async () => artifactBytes.slice(0, 60), /is not a whole \.tar\.gz/],
    ['a model of other inputs', () => packedModel(3), /holds a model of 3 inputs, but its training set has 1/],
    ['no model', () => tarModelArchive.pack({ '.hidden': text('x') }), /holds no model; exactly one file/],
    [
      'a file beside the model',
      async () => tarModelArchive.pack({ ...(await unpacked()), 'metadata.json': text('{}') }),
      /holds metadata\.json, xgboost-model; exactly one file/,
    ],
    ['a pickle', () => tarModelArchive.pack({ 'xgboost-model': text('\u0080pickle') }), /pickles are refused/],
    ['half a model', () => tarModelArchive.pack({ 'xgboost-model': text('{"learner":{}}') }), /not readable/],
    ['a file outside the folder', () => tarModelArchive.pack({ '../xgboost-model': text('{}') }), /outside the model/],
  ])('is refused for %s', async (_what, body, reason) => {
    await writeArtifact(OUTPUT_KEY, await body());
    await expect(prepareEvaluation(deps(), ask)).rejects.toThrow(reason);
    expect(lab.objects.keys('artifacts').filter((key) => key.startsWith('model/'))).toEqual([KEPT_KEY]);
  });

  it('is refused when it answers another problem than the model’s', async () => {
    await seal({ model: { ...DEFINITION, problem: 'regression' } });
    await expect(prepareEvaluation(deps(), ask)).rejects.toThrow(
      /objective binary:logistic, but the problem is regression/,
    );
  });

  const unpacked = async () => Object.fromEntries(await tarModelArchive.unpack(artifactBytes));
});

it('writes down the code, the container, the seeds, the environment and who wanted the training', async () => {
  const { releaseId } = await registerRelease(deps(), ask);
  expect((await lab.releases.manifest(releaseId)).provenance).toEqual({
    codeSha256: PLATFORM_FACTS.codeSha256,
    container: { image: 'xgboost', digest: null, because: expect.stringContaining('named by a tag') },
    seeds: { xgboost: '0' },
    environment: {
      stage: 'dev',
      account: '000000000000',
      region: 'us-east-1',
      nodeVersion: 'v24.0.0',
      trainingInstanceType: 'ml.m5.2xlarge',
      servingInstanceType: DEFINITION.serving.instanceType,
    },
    training: {
      trainingId: 't1',
      actor: 'arn:test',
      cause: 'test',
      asOf: '1970-01-01T00:00:00.000Z',
      artifactUri: `s3://artifacts/${OUTPUT_KEY}`,
    },
  });
});

describe('the model package of a release', () => {
  it('is approved when every gate passed, and says which release it is', async () => {
    const { releaseId } = await registerRelease(deps(), ask);
    const [made] = packages.made();
    expect(made).toMatchObject({ group: 'buyer', releaseId, isApproved: true, artifactUri: ask.artifact.uri });
    expect(made?.metadata).toMatchObject({ releaseId, trainingSetId: 'a'.repeat(64), artifactSha256 });
    const key = `release/buyer/${releaseId}/model-quality.json`;
    expect(JSON.parse(new TextDecoder().decode(await lab.objects.get({ bucket: 'artifacts', key })))).toMatchObject({
      dataset: { item_count: 50 },
      binary_classification_metrics: { auc: { value: 1 } },
    });
    const [summary] = await lab.registry.releases(MODEL);
    expect(summary?.modelPackage).toMatchObject({ imageDigest: `sha256:${'9'.repeat(64)}` });
    const [, record] = await lab.registry.audit(MODEL, 1, 10);
    expect(record?.detail).toMatchObject({ modelPackage: summary?.modelPackage });
  });

  it('is left out, and the audit says why, when SageMaker will not take it; the release is registered all the same', async () => {
    const refused = new BugError('SageMaker model package of release r: access was denied');
    const refusing = { ...packages, keep: () => Promise.reject(refused) };
    const { releaseId } = await registerRelease({ ...deps(), packages: refusing }, ask);
    expect(await lab.registry.release(releaseId)).not.toHaveProperty('modelPackage');
    const [, record] = await lab.registry.audit(MODEL, 1, 10);
    expect(record?.detail).toMatchObject({ releaseId, packageRefused: refused.message });
    const busy = { ...packages, keep: () => Promise.reject(new UnavailableError('later')) };
    await expect(registerRelease({ ...deps(), packages: busy }, ask)).rejects.toThrow('later');
  });

  it('is rejected with the reason when a gate did not pass', async () => {
    await seal({}, [{ kind: 'data_quality', minTrainRows: 1000, maxMissingShare: 1, minShareOfLast: null }]);
    await registerRelease(deps(), ask);
    expect(packages.made()).toMatchObject([{ isApproved: false, because: expect.stringContaining('at least 1000') }]);
  });

  it('is made once, when the process dies between the package and the record of the release', async () => {
    const dying = { ...lab.registry, addRelease: () => Promise.reject(new Error('killed')) };
    await expect(registerRelease({ ...deps(), registry: dying }, ask)).rejects.toThrow('killed');
    expect(packages.made()).toHaveLength(1);
    await registerRelease(deps(), ask);
    expect(packages.made()).toHaveLength(1);
    expect(await lab.registry.releases(MODEL)).toHaveLength(1);
  });
});
