import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { materialize } from './feature-store-lab.ts';
import { type TrainingSetLab, trainingSetLab } from './training-set-lab.ts';

/** Days before 2026-03-01T00:00Z; the spend of a day is what was bought in the 30 days before its first instant. */
const ORDERS = [
  { customer: 1, daysAgo: 40.5, amount: 100, country: 'FR' },
  { customer: 1, daysAgo: 20.5, amount: 10, country: 'DE' },
  { customer: 2, daysAgo: 5.5, amount: 7, country: null },
];

let lab: TrainingSetLab;
beforeEach(async () => {
  lab = await trainingSetLab();
  await lab.ingest(ORDERS, 'load-1');
  await materialize(lab, 'customer_spend', 'm1');
  await materialize(lab, 'last_order', 'm2');
});
afterEach(() => lab.close());

const features = ['customer_spend:spend_30d', 'last_order:country'];
const at = (text: string) => new Date(text);

describe('a training set of an entity table', () => {
  it('has the rows of the table in their order, with what was known at the instant of each', async () => {
    const entities = await lab.upload(
      [
        'note,customer_id,event_timestamp,bought',
        'late,1,2026-02-28T12:00:00Z,1',
        'other,2,2026-02-28T12:00:00+02:00,0',
        'early,1,2026-01-25,',
        'unknown,3,2026-02-28T12:00:00Z,1',
      ].join('\n'),
    );
    const result = await lab.run({ features, entities });
    expect(await lab.rowsOf(result)).toEqual([
      ['late', 1n, at('2026-02-28T12:00:00Z'), 1n, 10, 'DE'],
      ['other', 2n, at('2026-02-28T10:00:00Z'), 0n, 7, null],
      ['early', 1n, at('2026-01-25T00:00:00Z'), null, 100, 'FR'],
      ['unknown', 3n, at('2026-02-28T12:00:00Z'), 1n, null, null],
    ]);
    const stored = await lab.stored(result);
    expect(stored.entities).toMatchObject({
      rows: 4,
      eventTimes: { from: '2026-01-25T00:00:00.000Z', to: '2026-02-28T12:00:00.000Z' },
    });
    expect(stored.nullShares).toEqual({ customer_spend__spend_30d: 0.25, last_order__country: 0.5 });
    expect(stored.views.map(({ as, watermarkMs, resolved }) => [as, watermarkMs > 0, resolved.version.length])).toEqual(
      [
        ['customer_spend', true, 12],
        ['last_order', true, 12],
      ],
    );
  });
});
