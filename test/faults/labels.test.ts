import { afterEach, describe, expect, it } from 'vitest';
import type { SealedTrainingSet } from '../../contracts/training-flow.ts';
import { DAY_MS } from '../../core/clock.ts';
import type { Definitions } from '../../core/definitions/definitions.ts';
import type { Model } from '../../core/definitions/model.ts';
import {
  ARTIFACTS,
  type FeatureStoreLab,
  featureStoreLab,
  materialize,
  OFFLINE,
  type Order,
} from '../handlers/feature-store-lab.ts';

let lab: FeatureStoreLab;
afterEach(() => lab.close());

/** Who buys again within ten days; some buy every few days, some stop half way. */
const ORDERS: readonly Order[] = Array.from({ length: 15 }, (_, i) =>
  Array.from({ length: 12 }, (__, n) => ({
    customer: i + 1,
    daysAgo: 120.3 - n * (i % 3 === 0 ? 4 : 10) - i / 10,
    amount: i + n / 4,
    country: 'FR',
  })),
).flat();

const tenDays = (definitions: Definitions): Definitions => ({
  ...definitions,
  models: definitions.models.map((model): Model => {
    const label = { ...model.label, horizonMs: 10 * DAY_MS } as Model['label']; // a label over the future
    return { ...model, label, split: { by: 'time', validationShare: 0.2, testShare: 0.2 } };
  }),
});

async function prepared(): Promise<void> {
  lab = await featureStoreLab(tenDays);
  await lab.ingest(ORDERS, 'history');
  await materialize(lab, 'customer_spend', 'm1');
  await materialize(lab, 'last_order', 'm2');
  await lab.refresh();
}

const planned = (executionName: string) =>
  lab.planTraining({ model: 'churn_1', cause: 'test', actor: 'tests', executionName });

async function sealed(plan: Awaited<ReturnType<typeof planned>>) {
  await lab.athena.unload(plan.query);
  const { trainingSetId, uri } = await lab.seal({ plan });
  const key = `${uri.slice(`s3://${ARTIFACTS}/`.length)}training-set.json`;
  const { record }: SealedTrainingSet = JSON.parse(
    new TextDecoder().decode(await lab.objects.get({ bucket: ARTIFACTS, key })),
  );
  return { trainingSetId, record };
}

describe('fault 64: labels that are not known yet', () => {
  it('are left out and counted, and taken when they are: nobody counts as somebody who did not buy', async () => {
    await prepared();
    const first = await sealed(await planned('first'));
    const newest = (record: SealedTrainingSet['record']) => Date.parse(record.labelTimes.test!.to);
    const nowMs = lab.clock.now().getTime();
    expect(newest(first.record)).toBeLessThanOrEqual(nowMs - 10 * DAY_MS);
    expect(first.record.dropped.unmatured).toBeGreaterThan(0);
    // time alone tells nothing about what the source has not said yet
    lab.clock.advance(5 * DAY_MS);
    expect(newest((await sealed(await planned('too-early'))).record)).toBe(newest(first.record));
    await lab.ingest([{ customer: 1, daysAgo: -4, amount: 1, country: 'FR' }], 'days-later');
    await lab.refresh();
    const later = await sealed(await planned('later'));
    expect(newest(later.record)).toBeGreaterThan(newest(first.record));
    expect(newest(later.record)).toBeLessThanOrEqual(nowMs - 5 * DAY_MS);
  });
});

describe('fault 66: a label that is corrected later', () => {
  it('is in the next training set, and the one before it is made again as it was', async () => {
    await prepared();
    const plan = await planned('first');
    const before = await sealed(plan);
    // a file that came late: those who had stopped had bought all along
    const missed = [1, 4, 7, 10].flatMap((customer) =>
      Array.from({ length: 10 }, (_, n) => ({ customer, daysAgo: 60.5 - 4 * n, amount: 1, country: 'FR' })),
    );
    lab.clock.advance(1_000);
    await lab.ingest(missed, 'late');
    await lab.refresh();
    const after = await sealed(await planned('second'));
    expect(after.trainingSetId).not.toBe(before.trainingSetId);
    expect(after.record.watermarks).not.toEqual(before.record.watermarks);
    const positives = ({ labelMean }: typeof after.record) =>
      Object.values(labelMean).reduce((sum: number, mean) => sum + (mean ?? 0), 0);
    expect(positives(after.record)).toBeGreaterThan(positives(before.record));

    await lab.objects.deleteAll(OFFLINE, 'training-join/');
    expect(await sealed(plan)).toEqual(before);
  });
});
