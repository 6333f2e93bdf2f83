import type { Context } from 'aws-lambda';
import { afterEach, describe, expect, it } from 'vitest';
import type { LeakReport } from '../../contracts/leak-check.ts';
import type { SealedTrainingSet } from '../../contracts/training-flow.ts';
import type { TrainingPlan } from '../../contracts/training-plan.ts';
import { DAY_MS } from '../../core/clock.ts';
import type { Definitions } from '../../core/definitions/definitions.ts';
import type { Model } from '../../core/definitions/model.ts';
import { tarModelArchive } from '../../lambdas/adapters/files/tar-model-archive.ts';
import { makeMeasureLeak } from '../../lambdas/handlers/training/measure-leak.ts';
import { makePlanTraining } from '../../lambdas/handlers/training/plan.ts';
import { makePrepareEvaluation } from '../../lambdas/handlers/training/prepare-evaluation.ts';
import { makeRegisterRelease } from '../../lambdas/handlers/training/register-release.ts';
import { leakReports } from '../../lambdas/use-cases/training/leak-reports.ts';
import { memoryModelPackages } from '../memory/memory-model-packages.ts';
import { packedModel } from '../packed-model.ts';
import { PLATFORM_FACTS } from '../platform-facts.ts';
import { ARTIFACTS, type FeatureStoreLab, featureStoreLab, materialize, type Order } from './feature-store-lab.ts';

const ORDERS: readonly Order[] = Array.from({ length: 30 }, (_, i) =>
  Array.from({ length: 12 }, (__, n) => ({
    customer: i + 1,
    daysAgo: 120.3 - n * (i % 3 === 0 ? 4 : 10) - i / 10,
    amount: i + n / 4,
    country: ['FR', 'DE', 'FR', 'IT'][i % 4]!,
  })),
).flat();

const withSplit =
  (change: Partial<Model> = {}) =>
  (definitions: Definitions) => ({
    ...definitions,
    models: definitions.models.map(
      (model): Model => ({
        ...model,
        label: { ...model.label, horizonMs: 10 * DAY_MS },
        split: { by: 'time', validationShare: 0.2, testShare: 0.2 },
        ...change,
      }),
    ),
  });

const ask = { model: 'churn_1', cause: 'test', actor: 'arn:aws:iam::000000000000:user/someone' };
const context = {} as Context; // the handlers do not look at it

const PLATFORM = { platformVersion: '0.1.0', platform: PLATFORM_FACTS, packages: memoryModelPackages() };

let lab: FeatureStoreLab;
afterEach(() => lab.close());

/** `restatedFrom` customers and on had their newest order come from somewhere else, as was told later. */
async function prepared(restatedFrom = 99): Promise<void> {
  lab = await featureStoreLab(withSplit());
  await lab.ingest(ORDERS, 'load-1');
  for (const view of ['customer_spend', 'last_order']) await materialize(lab, view, `first-${view}`);
  const restated = ORDERS.filter(({ customer }) => customer >= restatedFrom);
  if (restated.length === 0) return;
  lab.clock.advance(60_000);
  await lab.ingest(
    restated.map((order) => ({ ...order, amount: null, country: 'BE' })),
    'load-2',
  );
  for (const view of ['customer_spend', 'last_order']) await materialize(lab, view, `second-${view}`);
}

const jobOf = ({ trainingId }: TrainingPlan) => ({
  TrainingJobName: `job-${trainingId}`,
  ModelArtifacts: { S3ModelArtifacts: `s3://${ARTIFACTS}/training-output/churn_1/${trainingId}/output/model.tar.gz` },
  TrainingStartTime: '2026-03-01T12:00:00.000Z',
  TrainingEndTime: '2026-03-01T12:05:00.000Z',
});

/** The states up to the scores, which are what `score` makes of each label. */
async function evaluated(plan: TrainingPlan, score: (label: number, row: number) => number) {
  await lab.athena.unload(plan.query);
  const sealed = await lab.seal({ plan });
  const set = (name: string) => ({ bucket: ARTIFACTS, key: `${sealed.uri.slice(`s3://${ARTIFACTS}/`.length)}${name}` });
  const labels = new TextDecoder()
    .decode(await lab.objects.get(set('test/labels.csv')))
    .trimEnd()
    .split('\n');
  const put = (key: string, text: string) =>
    lab.objects.put({ bucket: ARTIFACTS, key }, new TextEncoder().encode(text), 'text/csv');
  const scores = labels.map((label, row) => score(Number(label), row)).join('\n');
  await put(`evaluation/churn_1/${plan.trainingId}/candidate/features.csv.out`, `${scores}\n`);
  await lab.objects.put(
    { bucket: ARTIFACTS, key: `training-output/churn_1/${plan.trainingId}/output/model.tar.gz` },
    await packedModel(2),
    'application/gzip',
  );
  return { plan, sealed, job: jobOf(plan), put, set };
}

const noisy = (label: number, row: number) => (row % 3 === 0 ? 0.5 : label * 0.4 + (row % 7) / 20);
const json = (value: unknown) => JSON.parse(JSON.stringify(value));

async function released() {
  const plan: TrainingPlan = await lab.planTraining({ ...ask, executionName: 'train' });
  const { put, set, ...step } = await evaluated(plan, noisy);
  const { artifact, scored } = await makePrepareEvaluation({ ...lab, archive: tarModelArchive })(json(step), context);
  const register = makeRegisterRelease({ ...lab, ...PLATFORM, archive: tarModelArchive });
  const { releaseId } = await register({ ...json(step), artifact, scored }, context);
  return { plan, releaseId, put, set };
}

const planCheck = (): Promise<TrainingPlan> =>
  lab.planTraining({ ...ask, knowledgeCut: false, executionName: 'check' });
const measure = (step: object): Promise<LeakReport> => makeMeasureLeak(lab)(json(step), context);

describe('a leak check', () => {
  it('joins the labels of the newest release again, as of its instant and from its watermarks', async () => {
    await prepared();
    const { plan, releaseId } = await released();
    lab.clock.advance(5 * DAY_MS);
    const check = await planCheck();
    expect(check).toMatchObject({
      comparedWith: releaseId,
      knowledgeCut: false,
      championId: null,
      asOfMs: plan.asOfMs,
      watermarks: plan.watermarks,
      labelEvents: plan.labelEvents,
    });
    expect(check.statementSha256).not.toBe(plan.statementSha256);
    const { sealed } = await evaluated(check, noisy);
    const set = JSON.parse(new TextDecoder().decode(await lab.objects.get(keyOf(sealed.uri)))) as SealedTrainingSet;
    const release = await lab.releases.manifest(releaseId);
    expect(set.record).toMatchObject({ rows: release.trainingSet.rows, labelTimes: release.trainingSet.labelTimes });
    expect(set.record.trainingSetId).not.toBe(release.trainingSet.trainingSetId);
    expect(set.joined?.knowledgeCut).toBe(false);
  });

  it('finds nothing where nothing was restated', async () => {
    await prepared();
    await released();
    const report = await measure(await evaluated(await planCheck(), noisy));
    expect(report.features.map(({ ref, changed, share }) => [ref, changed, share])).toEqual([
      ['customer_spend:spend_30d', 0, 0],
      ['last_order:country', 0, 0],
    ]);
    expect(report.metrics['auc']).toMatchObject({ difference: 0, standardError: 0 });
    expect(report.because).toContain('nothing leaks');
  });

  it('counts the rows of the feature that was restated, and no other, and keeps one report', async () => {
    await prepared(16);
    const { releaseId } = await released();
    const step = await evaluated(await planCheck(), (label, row) => label * 0.8 + (row % 7) / 70);
    const report = await measure(step);
    const [spend, country] = report.features;
    const { train, validation, test } = (await lab.releases.manifest(releaseId)).trainingSet.rows;
    expect(spend).toMatchObject({ changed: 0, rows: train + validation + test });
    expect(country!.share).toBeGreaterThan(0.3);
    expect(country!.share).toBeLessThan(0.7);
    expect(report.testRows).toBe(test);
    expect(report.metrics['auc']).toMatchObject({ without: 1, standardError: expect.any(Number) });
    expect(report.because).toMatch(/into last_order:country in [\d.]+ % of the rows; auc would look better by 0\.\d+/);
    expect(await measure(step)).toEqual(report);
    expect(await leakReports(lab, 'churn_1')).toEqual({ checks: [report], unreadable: [] });
    expect(await lab.registry.releases('churn_1')).toHaveLength(1);
  });

  it('does without an interval when the scores of the release are gone', async () => {
    await prepared();
    const { plan } = await released();
    const step = await evaluated(await planCheck(), (label) => label);
    await lab.objects.deleteAll(ARTIFACTS, `evaluation/churn_1/${plan.trainingId}/`);
    expect((await measure(step)).metrics['auc']).toMatchObject({ without: 1, standardError: null });
  });

  it('refuses to compare test rows that are not the same', async () => {
    await prepared();
    const { put, set } = await released();
    const { bucket: _, key } = set('test/labels.csv');
    const step = await evaluated(await planCheck(), noisy);
    await put(key, '1\n0\n');
    await expect(measure(step)).rejects.toMatchObject({ name: 'CorruptDataError' });
  });

  it('is never registered', async () => {
    await prepared();
    await released();
    const step = await evaluated(await planCheck(), noisy);
    const { artifact, scored } = await makePrepareEvaluation({ ...lab, archive: tarModelArchive })(json(step), context);
    const register = makeRegisterRelease({ ...lab, ...PLATFORM, archive: tarModelArchive });
    await expect(register({ ...json(step), artifact, scored }, context)).rejects.toThrow(/knowledge cut/);
    expect(await lab.registry.releases('churn_1')).toHaveLength(1);
  });

  it('needs a release whose training can be repeated', async () => {
    await prepared();
    await expect(planCheck()).rejects.toThrow(/no release to compare with; train it first/);
    const { releaseId } = await released();
    const checkWith = (change: (definitions: Definitions) => Definitions) =>
      makePlanTraining({ ...lab, definitions: change(lab.definitions) })(
        { ...ask, knowledgeCut: false, executionName: 'check' },
        context,
      );
    const label = lab.definitions.models[0]!.label;
    const training = { ...lab.definitions.models[0]!.training, hyperparameters: { num_round: 7 } };
    await expect(checkWith(withSplit({ label, training }))).rejects.toThrow(/before the model's training changed/);
    const slower = (definitions: Definitions) => ({
      ...definitions,
      featureViews: definitions.featureViews.map((view) => ({ ...view, ttlMs: 5 * DAY_MS })),
    });
    await expect(checkWith(slower)).rejects.toThrow(/another version of feature view customer_spend/);
    const otherGates = (definitions: Definitions) => ({
      ...definitions,
      models: definitions.models.map(
        (one): Model => ({ ...one, rollout: { ...one.rollout, inServiceTimeoutMs: 1 }, gates: [] }),
      ),
    });
    expect(await checkWith(otherGates)).toMatchObject({ comparedWith: releaseId }); // neither is learnt from

    const { uri } = (await lab.releases.manifest(releaseId)).trainingSet;
    const { joined: _, ...old } = JSON.parse(new TextDecoder().decode(await lab.objects.get(keyOf(uri))));
    await lab.objects.put(keyOf(uri), new TextEncoder().encode(JSON.stringify(old)), 'application/json');
    await expect(planCheck()).rejects.toThrow(/without leak checks: .* train the model, then check it again/);
  });
});

function keyOf(uri: string) {
  return { bucket: ARTIFACTS, key: `${uri.slice(`s3://${ARTIFACTS}/`.length)}training-set.json` };
}
