import { afterEach, describe, expect, it } from 'vitest';
import type { SealedTrainingSet } from '../../contracts/training-flow.ts';
import { sha256Hex } from '../../core/canonical-json.ts';
import { DAY_MS } from '../../core/clock.ts';
import { type Definitions, type ResolvedView, resolveView } from '../../core/definitions/definitions.ts';
import type { Model } from '../../core/definitions/model.ts';
import type { ReleaseManifest } from '../../core/release/release-manifest.ts';
import type { ReferenceProfile } from '../../core/training/reference-profile.ts';
import { bringToLife } from '../../core/versions/registered-version.ts';
import { hyparquetFiles } from '../../lambdas/adapters/files/parquet-files.ts';
import { ARTIFACTS, type FeatureStoreLab, featureStoreLab, materialize, NOW, type Order } from './feature-store-lab.ts';

/** 30 customers; some buy every few days for four months, some stop half way. */
const ORDERS: readonly Order[] = Array.from({ length: 30 }, (_, i) =>
  Array.from({ length: 12 }, (__, n) => ({
    customer: i + 1,
    daysAgo: 120.3 - n * (i % 3 === 0 ? 4 : 10) - i / 10,
    amount: i % 5 === 0 ? null : i + n / 4,
    country: i % 7 === 0 ? null : ['FR', 'DE', 'FR', 'IT'][i % 4]!,
  })),
).flat();

const HORIZON_MS = 10 * DAY_MS;
const SPLIT: Model['split'] = { by: 'time', validationShare: 0.2, testShare: 0.2 };

interface Change extends Partial<Omit<Model, 'label'>> {
  readonly label?: object;
}

const withModel = (change: Change) => (definitions: Definitions) => ({
  ...definitions,
  models: definitions.models.map((model): Model => {
    const label = { ...model.label, horizonMs: HORIZON_MS, ...change.label } as Model['label']; // members of its kind alone
    return { ...model, split: SPLIT, ...change, label };
  }),
});

let lab: FeatureStoreLab;
afterEach(() => lab.close());

const ask = {
  model: 'churn_1',
  cause: 'test',
  actor: 'arn:aws:iam::000000000000:user/someone',
  executionName: 'first',
};

async function prepared(change: Change = {}): Promise<FeatureStoreLab> {
  lab = await featureStoreLab(withModel(change));
  await lab.ingest(ORDERS, 'load-1');
  await materialize(lab, 'customer_spend', 'm1');
  await materialize(lab, 'last_order', 'm2');
  return lab;
}

async function sealed(executionName = 'first') {
  const plan = await lab.planTraining({ ...ask, executionName });
  await lab.athena.unload(plan.query);
  return { plan, answer: await lab.seal({ plan }) };
}

const text = async (uri: string, name: string) =>
  Buffer.from(await lab.objects.get({ bucket: ARTIFACTS, key: `${uri.slice(`s3://${ARTIFACTS}/`.length)}${name}` }));
const json = async <T>(uri: string, name: string) => JSON.parse((await text(uri, name)).toString()) as T;

describe('a training set', () => {
  it('holds the matured labels with the features known then, split by time without overlap', async () => {
    await prepared();
    const { plan, answer } = await sealed();
    const set = await json<SealedTrainingSet>(answer.uri, 'training-set.json');

    expect(answer.rows.train).toBeGreaterThan(500);
    expect(answer).toMatchObject({
      rows: set.record.rows,
      dropped: set.record.dropped,
      trainingSetId: set.record.trainingSetId,
    });
    expect(set.record.dropped.unmatured).toBeGreaterThan(100);
    expect(set.record.dropped.embargoed).toBeGreaterThan(100);
    expect(set.record.labelMean.train).toBeGreaterThan(0);
    const { train, validation, test } = set.record.labelTimes;
    const days = (a: string, b: string) => (Date.parse(b) - Date.parse(a)) / DAY_MS;
    expect(days(train!.to, validation!.from)).toBeGreaterThanOrEqual(10);
    expect(days(validation!.from, test!.from)).toBeGreaterThan(0);
    expect(set.record.watermarks).toEqual(plan.watermarks);
    expect(set.inputs).toEqual([
      { view: 'customer_spend', feature: 'spend_30d', type: 'float64', categories: null, defaultValue: null },
      { view: 'last_order', feature: 'country', type: 'string', categories: ['FR', 'DE', 'IT'], defaultValue: null },
    ]);
    expect(set.champion).toBeNull();
  });

  it('is written in the spelling of the container', async () => {
    await prepared();
    const { answer } = await sealed();
    const train = await hyparquetFiles.open(await text(answer.uri, 'train/part-0.parquet'));
    expect(train.rows).toBe(answer.rows.train);
    expect(train.columns).toEqual(['label', 'customer_spend__spend_30d', 'last_order__country']);
    for await (const { columns } of train.batches()) {
      expect(new Set(columns['label'])).toEqual(new Set([0, 1]));
      expect(new Set(columns['last_order__country'])).toEqual(new Set([0, 1, 2, null]));
    }
    const features = (await text(answer.uri, 'test/features.csv')).toString().trimEnd().split('\n');
    const labels = (await text(answer.uri, 'test/labels.csv')).toString().trimEnd().split('\n');
    expect([features.length, labels.length]).toEqual([answer.rows.test, answer.rows.test]);
    expect(features.every((line) => /^(nan|-?[\d.]+),(nan|[012])$/.test(line))).toBe(true);
    expect(labels.every((line) => line === '0' || line === '1')).toBe(true);
  });

  it('carries the profile of its training rows', async () => {
    await prepared();
    const { answer } = await sealed();
    const set = await json<SealedTrainingSet>(answer.uri, 'training-set.json');
    const profile = await json<ReferenceProfile>(answer.uri, 'profile.json');
    expect(set.record.profileSha256).toBe(sha256Hex(await text(answer.uri, 'profile.json')));
    expect(profile.rows).toBe(answer.rows.train);
    const [spend, country] = profile.inputs;
    expect(spend?.numeric?.counts.reduce((sum, count) => sum + count, 0)).toBe(spend?.n);
    expect(country?.categorical?.counts.map(({ value }) => value)).toEqual(['FR', 'DE', 'IT']);
    expect(set.missingShares['last_order:country']).toBe(country?.missingShare);
    expect(profile.label.numeric?.mean).toBeCloseTo(answer.labelMean.train, 12);
  });

  it('gets the same id from the same plan, and another from other rows', async () => {
    await prepared();
    const { plan, answer } = await sealed();
    expect(await lab.seal({ plan })).toEqual(answer);
    const again = await sealed('second');
    expect(again.answer.trainingSetId).toBe(answer.trainingSetId);
    expect(again.answer.trainingJob.TrainingJobName).not.toBe(answer.trainingJob.TrainingJobName);
    lab.clock.advance(1_000);
    const later = await sealed('third');
    expect(later.answer.trainingSetId).not.toBe(answer.trainingSetId);
  });

  it('comes with the whole request of its training job', async () => {
    await prepared();
    const { plan, answer } = await sealed();
    expect(answer.trainingJob).toMatchObject({
      TrainingJobName: `headgate-test-churn-1-${plan.trainingId.slice(0, 12)}`,
      RoleArn: 'arn:aws:iam::000000000000:role/headgate/test/models/churn-1',
      HyperParameters: { objective: 'binary:logistic', eval_metric: 'logloss', num_round: '50', max_depth: '4' },
      OutputDataConfig: { S3OutputPath: `s3://${ARTIFACTS}/training-output/churn_1/` },
      StoppingCondition: { MaxRuntimeInSeconds: 3_600 },
      InputDataConfig: [
        { ChannelName: 'train', ContentType: 'application/x-parquet' },
        { ChannelName: 'validation', ContentType: 'application/x-parquet' },
      ],
    });
    expect(answer.trainingJob.InputDataConfig[0].DataSource.S3DataSource.S3Uri).toBe(`${answer.uri}train/`);
  });

  it('keeps all rows of a customer together when it is split by entity', async () => {
    await prepared({ split: { by: 'entity', validationShare: 0.3, testShare: 0.3 } });
    const { answer } = await sealed();
    expect(answer.dropped.embargoed).toBe(0);
    expect(answer.rows.train + answer.rows.validation + answer.rows.test).toBeGreaterThan(1_500);
  });
});

describe('the champion', () => {
  const release = (resolved: ResolvedView, inputs: ReleaseManifest['inputs']) => {
    const views = { featureViews: [resolved], onDemandFeatureViews: [] };
    return { model: { name: 'churn_1' }, ...views, inputs } as unknown as ReleaseManifest; // all that training reads
  };
  const current = () => resolveView(lab.definitions, 'customer_spend');
  const spend = {
    view: 'customer_spend',
    feature: 'spend_30d',
    type: 'float64',
    categories: null,
    defaultValue: null,
  } as const;

  async function promote(manifest: ReleaseManifest) {
    const { releaseId } = await lab.releases.put(manifest);
    const model = await lab.registry.model('churn_1');
    lab.registry.model = async () => ({
      ...model,
      route: { ...model.route, champion: { releaseId, variant: 'champion' } },
    });
    return releaseId;
  }

  it('gets the test rows as its own inputs see them', async () => {
    await prepared();
    const releaseId = await promote(release(current(), [spend]));
    const { answer } = await sealed();
    const set = await json<SealedTrainingSet>(answer.uri, 'training-set.json');
    expect(set.champion).toEqual({ releaseId, comparable: true });
    const lines = (await text(answer.uri, 'test/champion-features.csv')).toString().trimEnd().split('\n');
    const ours = (await text(answer.uri, 'test/features.csv')).toString().trimEnd().split('\n');
    expect(lines).toEqual(ours.map((line) => line.split(',')[0]));
  });

  it('gets them from its own version of a view, where the definitions have changed since', async () => {
    await prepared();
    const { view } = current();
    const features = view.features.map((feature) => ({
      ...feature,
      compute: { ...feature.compute, input: 'amount * 10' } as typeof feature.compute, // of an aggregate
    }));
    const old: ResolvedView = { ...current(), view: { ...view, features }, version: 'eeeeeeeeeeee' };
    const cause = { at: lab.clock.now().toISOString(), because: 'it was current once', releaseId: null };
    await lab.versionRegistry.change(view.name, old.version, (seen) => bringToLife(seen, old, cause));
    await materialize(lab, view.name, 'm3', { version: old.version });
    const releaseId = await promote(release(old, [spend]));
    const { answer } = await sealed();
    const set = await json<SealedTrainingSet>(answer.uri, 'training-set.json');
    expect(set.champion).toEqual({ releaseId, comparable: true });
    expect(set.featureViews.map(({ version }) => version)).toContain(current().version);
    const lines = async (name: string) => (await text(answer.uri, name)).toString().trimEnd().split('\n');
    const ours = (await lines('test/features.csv')).map((line) => line.split(',')[0]!);
    const its = await lines('test/champion-features.csv');
    expect(its.some((value) => Number(value) > 0)).toBe(true);
    its.forEach((value, i) => {
      if (ours[i] === 'nan') expect(value).toBe('nan');
      else expect(Number(value)).toBeCloseTo(10 * Number(ours[i]), 6);
    });
  });

  it('is not asked when its version of a view has no rows', async () => {
    await prepared();
    const releaseId = await promote(release({ ...current(), version: 'ffffffffffff' }, [spend]));
    const { answer } = await sealed();
    const set = await json<SealedTrainingSet>(answer.uri, 'training-set.json');
    expect(set.champion).toMatchObject({
      releaseId,
      comparable: false,
      because: expect.stringContaining('ffffffffffff'),
    });
    expect(lab.objects.keys(ARTIFACTS).filter((key) => key.includes('champion'))).toEqual([]);
  });
});

describe('what cannot be trained', () => {
  it('is a model whose source is empty, whose views are not materialized, or that is not there', async () => {
    lab = await featureStoreLab();
    await expect(lab.planTraining(ask)).rejects.toThrow(/source orders, which the labels come from, has no rows/);
    await lab.ingest(ORDERS, 'load-1');
    await expect(lab.planTraining(ask)).rejects.toThrow(
      /feature view customer_spend has no rows .* materialize it first/,
    );
    await expect(lab.planTraining({ ...ask, model: 'churn' })).rejects.toMatchObject({ name: 'NotFoundError' });
    await expect(lab.planTraining({ ...ask, asOfMs: NOW + 1 })).rejects.toThrow(/in the future/);
  });

  it('is a set without matured labels', async () => {
    await prepared({ label: { horizonMs: 300 * DAY_MS } });
    await expect(sealed()).rejects.toThrow(/no label that has matured by 2026-03-01T12:00:00.000Z/);
  });

  it('is a set whose labels are all of one class', async () => {
    await prepared({ label: { positiveAtLeast: 0 } });
    await expect(sealed()).rejects.toThrow(/every label in the train part of model churn_1 is positive/);
  });

  it('is a set with an empty part', async () => {
    await prepared({ split: { by: 'entity', validationShare: 0.000001, testShare: 0.2 } });
    await expect(sealed()).rejects.toThrow(/the validation part of model churn_1 has no rows .*use more labels/);
  });

  it('is a set with a part that its labels outlast', async () => {
    await prepared({ split: { by: 'time', validationShare: 0.05, testShare: 0.2 } });
    await expect(sealed()).rejects.toThrow(
      /rows are in no part, because their labels mature \(10 d\) after the next part/,
    );
  });

  it('is a plan whose definitions have changed since', async () => {
    await prepared();
    const { plan } = await sealed();
    await expect(lab.seal({ plan: { ...plan, asOfMs: plan.asOfMs - 1 } })).rejects.toMatchObject({
      name: 'ConflictError',
    });
  });

  it('is a join of which a file is missing', async () => {
    await prepared();
    const { plan } = await sealed();
    const [, second] = await lab.objects.list('offline-bucket', plan.prefix);
    await lab.objects.deleteAll('offline-bucket', second!.key);
    await expect(lab.seal({ plan })).rejects.toMatchObject({ name: 'CorruptDataError' });
  });
});
