import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tripDefinitions } from './training-set-definitions.ts';
import { type TrainingSetLab, trainingSetLab } from './training-set-lab.ts';

let lab: TrainingSetLab;
beforeEach(async () => {
  lab = await trainingSetLab(tripDefinitions);
  await lab.give('zone_load', [
    { values: { zone_id: 'north', trips: 10, fare: 8 }, at: '2026-02-01T06:00:00Z' },
    { values: { zone_id: 'south', trips: 20, fare: 5 }, at: '2026-02-01T07:00:00Z' },
  ]);
  await lab.give('weather', [{ values: { rain: 0.5 }, at: '2026-01-01T00:00:00Z' }]);
});
afterEach(() => lab.close());

describe('a feature service', () => {
  it('reads one view under two names, by two keys, beside a view of no key', async () => {
    const entities = await lab.upload(
      [
        'pickup_zone,dropoff_zone,event_timestamp',
        'north,south,2026-02-01T08:00:00Z',
        'south,south,2026-02-01T06:30:00Z',
        ',north,2026-02-01T08:00:00Z',
      ].join('\n'),
    );
    const result = await lab.run({ featureService: 'trip', entities });
    const stored = await lab.stored(result);
    expect(stored.featureService).toBe('trip');
    expect(stored.features.map(({ column }) => column)).toEqual(['pickup__trips', 'dropoff__trips', 'weather__rain']);
    expect(stored.views.map(({ as, resolved, keyColumns }) => [as, resolved.view.name, keyColumns])).toEqual([
      ['dropoff', 'zone_load', ['dropoff_zone']],
      ['pickup', 'zone_load', ['pickup_zone']],
      ['weather', 'weather', []],
    ]);
    expect((await lab.rowsOf(result)).map((row) => row.slice(3))).toEqual([
      [10n, 20n, 0.5],
      [null, null, 0.5],
      [null, 10n, 0.5],
    ]);
  });
});

describe('on-demand features', () => {
  const header = 'zone_id,event_timestamp,asked_fare';

  it('are computed from stored features, from columns of the entity table and from its instants', async () => {
    const entities = await lab.upload(
      [header, 'north,2026-02-01T08:15:00Z,10', 'south,2026-02-01T23:59:59Z,', 'east,2026-02-01T00:00:00Z,3'].join(
        '\n',
      ),
    );
    const result = await lab.run({ features: ['offer:above_usual', 'offer:hour'], entities });
    expect((await lab.rowsOf(result)).map((row) => row.slice(2))).toEqual([
      [10, 2, 8n],
      [null, null, 23n],
      [3, null, 0n],
    ]);
    const stored = await lab.stored(result);
    expect(stored.onDemandFeatureViews.map(({ name }) => name)).toEqual(['offer']);
    expect(stored.entities.columns.map(({ name, role }) => [name, role])).toEqual([
      ['zone_id', 'key'],
      ['event_timestamp', 'time'],
      ['asked_fare', 'request'],
    ]);
  });

  it('ask for the columns they read, and for no key when they read none', async () => {
    const entities = await lab.upload('event_timestamp\n2026-02-01T05:00:00Z');
    expect((await lab.rowsOf(await lab.run({ features: ['offer:hour'], entities })))[0]?.at(-1)).toBe(5n);
    await expect(lab.run({ features: ['offer:above_usual'], entities })).rejects.toThrow(
      /lacks zone_id \(string, join key of zone_load\); asked_fare \(float64, read by on-demand features\)/,
    );
  });
});
