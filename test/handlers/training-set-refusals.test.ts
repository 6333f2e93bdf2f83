import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tripDefinitions } from './training-set-definitions.ts';
import { type TrainingSetLab, trainingSetLab } from './training-set-lab.ts';

let lab: TrainingSetLab;
beforeAll(async () => {
  lab = await trainingSetLab(tripDefinitions);
  await lab.give('zone_load', [{ values: { zone_id: 'north', trips: 10, fare: 8 }, at: '2026-02-01T06:00:00Z' }]);
  await lab.give('weather', [{ values: { rain: 0.5 }, at: '2026-01-01T00:00:00Z' }]);
});
afterAll(() => lab.close());

describe('what cannot be made', () => {
  const run = async (request: object, csv: string) => lab.run({ entities: await lab.upload(csv), ...request });
  const csv = 'zone_id,event_timestamp\nnorth,2026-02-01';

  it.each([
    [{ features: ['zone_load:nothing'] }, /no feature of view "zone_load" named "nothing"; known: trips, fare/],
    [{ features: ['nothing:trips'] }, /no feature view named "nothing"; known: .*zone_load.*offer/],
    [{ features: ['zone_load'] }, /"zone_load" is no feature reference; write view:feature/],
    [{ features: ['weather:rain', 'weather:rain'] }, /two of the features get the column "weather__rain"/],
    [{ featureService: 'nothing' }, /no feature service named "nothing"; known: trip/],
    [
      { features: ['pair_score:score'] },
      /feature view pair_score has no rows .*; run: headgate materialize pair_score/,
    ],
    [{ features: ['weather:rain'], types: { zone_id: 'int64' } }, /1 of 1 rows .* row 1: zone_id: not a whole number/],
    [
      { features: ['zone_load:trips'], types: { zone_id: 'int64' } },
      /"zone_id" is a string by definition, not a int64/,
    ],
    [{ features: ['weather:rain'], types: { x: 'int64' } }, /a type is given for "x", which the entity table lacks/],
    [{ features: ['weather:rain'], mapping: { x: 'y' } }, /the mapping names x, which the entity table lacks/],
    [
      { features: ['weather:rain'], mapping: { zone_id: 'event_timestamp' } },
      /two columns .* called "event_timestamp"/,
    ],
    [{ features: ['weather:rain'], mapping: { zone_id: 'weather__rain' } }, /the name of a feature's column/],
    [{ features: ['weather:rain'], timestampColumn: 'day' }, /lacks day \(the instant of each row; --timestamp-column/],
    [{ features: ['weather:rain'], snapshotOf: 'f'.repeat(64) }, /no training set named "ffff/],
    [{ features: ['weather:rain'], entities: { sha256: 'f'.repeat(64), format: 'csv' } }, /has not been uploaded/],
  ])('is %j', async (request, message) => {
    await expect(run(request, csv)).rejects.toThrow(message);
  });

  it.each([
    ['zone_id,event_timestamp\n', /the entity table has no rows/],
    [
      'zone_id,event_timestamp\nz,\nz,noon\nz,1700000000\nz,2026-02-01\n',
      /3 of 4 rows .* row 1: event_timestamp: required, but missing; row 2: event_timestamp: not an ISO 8601 instant or epoch milliseconds; row 3: .*looks like epoch seconds/,
    ],
    ['zone_id,event_timestamp\nz,2026-02-01,extra\n', /row 1: another number of cells than the header/],
    [',zone_id,event_timestamp\n0,z,2026-02-01\n', /column 1 of the entity table has no name; .*index=False/],
    [`${Array.from({ length: 110 }, (_, i) => `c${i}`).join(',')},event_timestamp\n`, /more than 99 columns/],
  ])('is a table such as %j', async (text, message) => {
    await expect(run({ features: ['weather:rain'] }, text)).rejects.toThrow(message);
  });

  it('is a table with lists', async () => {
    const entities = await lab.upload('{"event_timestamp":"2026-02-01","tags":["a"]}', 'jsonl');
    await expect(lab.run({ features: ['weather:rain'], entities })).rejects.toThrow(/column "tags" .* holds lists/);
  });

  it('leaves nothing where training sets lie', async () => {
    await expect(run({ features: ['weather:rain'] }, 'event_timestamp\n')).rejects.toThrow();
    expect(lab.objects.keys('artifact-bucket')).toEqual([]);
  });
});
