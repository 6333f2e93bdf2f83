import { afterEach, describe, expect, it } from 'vitest';
import type { SealedTrainingSet } from '../../contracts/training-flow.ts';
import type { Definitions } from '../../core/definitions/definitions.ts';
import type { Model } from '../../core/definitions/model.ts';
import type { OnDemandFeatureView } from '../../core/definitions/on-demand-feature-view.ts';
import type { ReleaseManifest } from '../../core/release/release-manifest.ts';
import { hyparquetFiles } from '../../lambdas/adapters/files/parquet-files.ts';
import { ARTIFACTS, type FeatureStoreLab, featureStoreLab, materialize, type Order } from './feature-store-lab.ts';

const ORDERS: readonly Order[] = Array.from({ length: 20 }, (_, i) =>
  Array.from({ length: 12 }, (__, n) => ({
    customer: i + 1,
    daysAgo: 120.3 - n * 9 - i / 10,
    amount: n % 2 === 0 ? 10 : 40,
    country: 'FR',
  })),
).flat();

const asked = (ratio: string): OnDemandFeatureView => ({
  kind: 'onDemandFeatureView',
  name: 'asked',
  request: [{ name: 'price', type: 'float64' }],
  features: [
    { name: 'ratio', type: 'float64', sql: ratio, description: '' },
    { name: 'day', type: 'int64', sql: 'day(request_time)', description: '' },
  ],
  description: '',
  owner: 'team',
});
const RATIO = 'price / customer_spend__spend_30d';

const withOnDemand = (ratio: string) => (definitions: Definitions) => ({
  ...definitions,
  onDemandFeatureViews: [asked(ratio)],
  models: definitions.models.map(
    (model): Model => ({
      ...model,
      label: {
        kind: 'observed',
        source: 'orders',
        keyColumns: ['customer_id'],
        value: 'amount > 20',
        where: null,
        horizonMs: 0,
        context: [{ name: 'price', sql: 'amount' }],
      },
      features: [
        { view: 'asked', feature: 'ratio' },
        { view: 'asked', feature: 'day' },
      ],
      split: { by: 'time', validationShare: 0.2, testShare: 0.2 },
    }),
  ),
});

let lab: FeatureStoreLab;
afterEach(() => lab.close());

async function sealed(ratio: string) {
  lab = await featureStoreLab(withOnDemand(ratio));
  await lab.ingest(ORDERS, 'load-1');
  await materialize(lab, 'customer_spend', 'm1');
  return async (executionName: string) => {
    const plan = await lab.planTraining({ model: 'churn_1', cause: 'test', actor: 'someone', executionName });
    await lab.athena.unload(plan.query);
    const { uri } = await lab.seal({ plan });
    const read = (name: string) =>
      lab.objects.get({ bucket: ARTIFACTS, key: `${uri.slice(`s3://${ARTIFACTS}/`.length)}${name}` });
    const set = JSON.parse(Buffer.from(await read('training-set.json')).toString()) as SealedTrainingSet;
    return { set, read };
  };
}

async function promote(manifest: ReleaseManifest) {
  const { releaseId } = await lab.releases.put(manifest);
  const model = await lab.registry.model('churn_1');
  lab.registry.model = async () => ({
    ...model,
    route: { ...model.route, champion: { releaseId, variant: 'champion' } },
  });
  return releaseId;
}

describe('a training set with on-demand inputs', () => {
  it('computes them from what the label saw, its context and its instant, and keeps how', async () => {
    const { set, read } = await (await sealed(RATIO))('first');
    expect(set.onDemandFeatureViews).toEqual([asked(RATIO)]);
    expect(set.featureViews.map(({ view }) => view.name)).toEqual(['customer_spend']);
    expect(set.inputs).toMatchObject([
      { view: 'asked', feature: 'ratio', type: 'float64' },
      { view: 'asked', feature: 'day', type: 'int64' },
    ]);
    const train = await hyparquetFiles.open(await read('train/part-0.parquet'));
    expect(train.columns).toEqual(['label', 'asked__ratio', 'asked__day']);
    const ratios = new Set<unknown>();
    for await (const { columns } of train.batches()) {
      for (const ratio of columns['asked__ratio'] ?? [])
        ratios.add(typeof ratio === 'number' ? ratio.toFixed(6) : ratio);
      expect(columns['asked__day']?.every((day) => Number(day) >= 1 && Number(day) <= 31)).toBe(true);
    }
    // within 30 days lie three orders: 10 + 40 + 10 before one of 40, 40 + 10 + 40 before one of 10; fewer at first
    expect(ratios).toContain((40 / 60).toFixed(6));
    expect(ratios).toContain((10 / 90).toFixed(6));
    expect(ratios).toContain(null);
  });

  it('can ask a champion that computes its inputs alike, and says why it cannot ask another', async () => {
    const seal = await sealed(RATIO);
    const { set } = await seal('first');
    const champion = (sql: string): ReleaseManifest =>
      ({
        model: set.model,
        featureViews: set.featureViews,
        onDemandFeatureViews: [asked(sql)],
        inputs: set.inputs,
      }) as unknown as ReleaseManifest; // sealing reads no other members
    const crown = async (manifest: ReleaseManifest) => {
      const releaseId = await promote(manifest);
      return { expectedId: releaseId, ...(await seal(releaseId)).set.champion };
    };
    const alike = await crown(champion(RATIO));
    expect(alike).toEqual({ expectedId: alike.expectedId, releaseId: alike.expectedId, comparable: true });
    expect(await crown(champion(`${RATIO} + 0`))).toMatchObject({
      comparable: false,
      because: `its input asked:ratio is computed as ${RATIO} + 0, the training set's as ${RATIO}`,
    });
    const stale = champion(RATIO);
    const featureViews = stale.featureViews.map((view) => ({ ...view, version: 'f'.repeat(12) }));
    expect(await crown({ ...stale, featureViews })).toMatchObject({
      comparable: false,
      because: expect.stringContaining('reads customer_spend:spend_30d, which comes from version ffffffffffff'),
    });
  });
});
