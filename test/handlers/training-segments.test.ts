import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SealedTrainingSet } from '../../contracts/training-flow.ts';
import { DAY_MS } from '../../core/clock.ts';
import type { Definitions } from '../../core/definitions/definitions.ts';
import { hyparquetFiles } from '../../lambdas/adapters/files/parquet-files.ts';
import { readSegments } from '../../lambdas/use-cases/training/segments-file.ts';
import { ARTIFACTS, type FeatureStoreLab, featureStoreLab, materialize, type Order } from './feature-store-lab.ts';

const ORDERS: readonly Order[] = Array.from({ length: 20 }, (_, i) =>
  Array.from({ length: 12 }, (__, n) => ({
    customer: i + 1,
    daysAgo: 120.3 - n * (i % 3 === 0 ? 4 : 10) - i / 10,
    amount: i + n / 4,
    country: i % 7 === 0 ? null : ['FR', 'DE'][i % 2]!,
  })),
).flat();

/** One input, and two segments of which one is no input and comes from a view of its own. */
const segmented = (definitions: Definitions): Definitions => ({
  ...definitions,
  models: definitions.models.map((model) => ({
    ...model,
    label: { ...model.label, horizonMs: 10 * DAY_MS },
    split: { by: 'time', validationShare: 0.2, testShare: 0.2 },
    features: [{ view: 'customer_spend', feature: 'spend_30d' }],
    segments: [
      { view: 'last_order', feature: 'country', cuts: null },
      { view: 'customer_spend', feature: 'spend_30d', cuts: [20, 60] },
    ],
  })),
});

let lab: FeatureStoreLab;
let sealed: Awaited<ReturnType<typeof sealOnce>>;
beforeAll(async () => {
  sealed = await sealOnce();
});
afterAll(() => lab.close());

async function sealOnce() {
  lab = await featureStoreLab(segmented);
  await lab.ingest(ORDERS, 'load-1');
  await materialize(lab, 'customer_spend', 'm1');
  await materialize(lab, 'last_order', 'm2');
  const plan = await lab.planTraining({ model: 'churn_1', cause: 'test', actor: 'someone', executionName: 'first' });
  await lab.athena.unload(plan.query);
  return { plan, answer: await lab.seal({ plan }) };
}

const bytes = (uri: string, name: string) =>
  lab.objects.get({ bucket: ARTIFACTS, key: `${uri.slice(`s3://${ARTIFACTS}/`.length)}${name}` });

it('keeps the slices of the test rows beside them, of features that no model learns from too', async () => {
  const { plan, answer } = sealed;
  const set = JSON.parse(new TextDecoder().decode(await bytes(answer.uri, 'training-set.json'))) as SealedTrainingSet;
  const segments = await readSegments(lab.objects, answer.uri, set.model, answer.rows.test);
  const [country, spend] = segments;
  expect(country).toMatchObject({ segment: 'last_order:country', slices: ['DE', 'FR', null] });
  expect(spend!.slices.every((name) => ['below 20', '[20, 60)', '60 and above', null].includes(name))).toBe(true);

  const features = new TextDecoder()
    .decode(await bytes(answer.uri, 'test/features.csv'))
    .trimEnd()
    .split('\n');
  const sliceOf = (text: string) => {
    if (text === 'nan') return null;
    return Number(text) < 20 ? 'below 20' : Number(text) < 60 ? '[20, 60)' : '60 and above';
  };
  expect(spend!.rows.map((slice) => spend!.slices[slice])).toEqual(features.map(sliceOf));

  const train = await hyparquetFiles.open(await bytes(answer.uri, 'train/part-0.parquet'));
  expect(train.columns).toEqual(['label', 'customer_spend__spend_30d']);
  expect(set.featureViews.map(({ view }) => view.name)).toEqual(['customer_spend']);
  expect(Object.keys(plan.watermarks).some((table) => table.includes('last_order'))).toBe(true);
  expect(plan.lastReleaseId).toBeNull();
});

it('finds out when the slices do not tell of every row', async () => {
  const { answer } = sealed;
  const set = JSON.parse(new TextDecoder().decode(await bytes(answer.uri, 'training-set.json'))) as SealedTrainingSet;
  await expect(readSegments(lab.objects, answer.uri, set.model, answer.rows.test + 1)).rejects.toMatchObject({
    kind: 'corrupt-data',
  });
});
