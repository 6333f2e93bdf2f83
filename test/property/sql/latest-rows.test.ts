import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../core/clock.ts';
import { byKey, latest, type ViewRow } from '../../../core/point-in-time/offline-row.ts';
import { latestRowsSql } from '../../../core/sql/latest-rows-sql.ts';
import { AthenaLab, DATABASE } from './athena-lab.ts';
import { inOrder, instant, named, ofOne, SEED, viewColumns, viewOf, viewTableRows } from './histories.ts';

let lab: AthenaLab;
beforeAll(async () => {
  lab = await AthenaLab.open();
});
afterAll(() => lab.close());

const VIEW = viewOf(
  [{ name: 'amount', type: 'float64', compute: { kind: 'column', column: 'amount' }, description: '' }],
  HOUR_MS,
  null,
);

const rows: fc.Arbitrary<readonly ViewRow[]> = fc
  .array(
    fc.record({
      key: fc.tuple(fc.constantFrom('1', '12', '123'), fc.constantFrom(3, 23)),
      values: fc.tuple(fc.option(fc.integer({ min: 1, max: 99 }))),
      eventTimeMs: instant,
      knownAtMs: instant,
      loadedAtMs: fc.constantFrom(1_000, 2_000, 3_000, 4_000),
    }),
    { minLength: 60, maxLength: 60 },
  )
  .map((all) => all.map((row, seq) => ({ ...row, seq })));

describe(`latestRowsSql (seed ${SEED})`, () => {
  test.each(fc.sample(rows, { seed: SEED, numRuns: 6 }).map((all, i) => [i, all] as const))(
    'answers the latest row of each entity among those loaded after one instant and up to another, case %i',
    async (_, all) => {
      await lab.table('view_visits', viewColumns(VIEW), viewTableRows(VIEW, all));
      const table = { database: DATABASE, table: 'view_visits', watermarkMs: 3_000 };
      const found = await lab.run(latestRowsSql(VIEW, table, 1_000));
      const loaded = all.filter((row) => row.loadedAtMs > 1_000 && row.loadedAtMs <= 3_000);
      const wanted = byKey(loaded, (row) => row.key).map((entity) => {
        const { loaded_at_ms: _loaded, seq: _seq, ...row } = named(VIEW, latest(entity.rows)!);
        return row;
      });
      expect(inOrder(found)).toEqual(inOrder(wanted));
    },
  );

  test('answers one row for an entity without join keys', async () => {
    const everyone = ofOne(VIEW);
    const [all] = fc.sample(rows, { seed: SEED, numRuns: 1 });
    const ours = all!.map((row) => ({ ...row, key: [] }));
    await lab.table('view_visits', viewColumns(everyone), viewTableRows(everyone, ours));
    const table = { database: DATABASE, table: 'view_visits', watermarkMs: 4_000 };
    const { loaded_at_ms: _loaded, seq: _seq, ...wanted } = named(everyone, latest(ours)!);
    expect(await lab.run(latestRowsSql(everyone, table, 0))).toEqual([wanted]);
  });
});
