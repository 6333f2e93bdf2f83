import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../core/clock.ts';
import type { Label } from '../../../core/definitions/model.ts';
import { computeLabels } from '../../../core/point-in-time/compute-labels.ts';
import { computeViewRows } from '../../../core/point-in-time/compute-view-rows.ts';
import type { SourceRow } from '../../../core/point-in-time/offline-row.ts';
import { labelsSql } from '../../../core/sql/labels-sql.ts';
import { listSql, sql } from '../../../core/sql/sql.ts';
import { viewRowsSql } from '../../../core/sql/view-rows-sql.ts';
import { seededRandom } from '../../../core/stats/seeded-random.ts';
import { NAMED_SALES, timeline } from '../streaming/timeline.ts';
import { AthenaLab, DATABASE } from './athena-lab.ts';
import { inOrder, named, SALES_COLUMNS, SEED, salesTable, viewOf } from './histories.ts';

const random = seededRandom(SEED);
const rows: readonly SourceRow[] = timeline((below) => Math.floor(random() * below), NAMED_SALES).flatMap((step) =>
  step.kind === 'load' ? step.load.rows : [],
);
const times = rows.map(({ eventTimeMs }) => eventTimeMs);
const [oldestMs, newestMs] = [Math.min(...times), Math.max(...times)];
const watermarkMs = Math.max(...rows.map(({ loadedAtMs }) => loadedAtMs));
const TABLE = { database: DATABASE, table: 'source_sales', watermarkMs };

let lab: AthenaLab;
beforeAll(async () => {
  lab = await AthenaLab.open();
  const columns = [
    ...NAMED_SALES.columns,
    ...SALES_COLUMNS.filter(({ name }) => name.includes('_ms') || name === 'seq' || name === 'loaded_day'),
  ];
  await lab.table('source_sales', columns, salesTable(rows));
});
afterAll(() => lab.close());

/** Many rows repeat an event of another. */
const repeated = rows.filter(
  (row, i) => row.values['sale'] !== null && rows.findIndex(({ values }) => values['sale'] === row.values['sale']) < i,
);

describe(`duplicates of events (seed ${SEED})`, () => {
  const label = { source: NAMED_SALES.name, keyColumns: ['customer', 'shop'], where: null };
  const labels: readonly Label[] = [
    { ...label, kind: 'observed', value: 'amount', horizonMs: 0, context: [] },
    {
      ...label,
      kind: 'future',
      everyMs: 6 * HOUR_MS,
      activeWithinMs: DAY_MS,
      aggregation: 'count',
      input: null,
      horizonMs: 4 * HOUR_MS,
      positiveAtLeast: null,
    },
  ];

  it.each(labels.map((one) => [one.kind, one] as const))('do not count in %s labels', async (_, one) => {
    expect(repeated.length).toBeGreaterThan(50);
    const scope = { asOfMs: watermarkMs, newestEventMs: newestMs, labelsFromMs: null };
    const from = { source: NAMED_SALES, table: TABLE, scope, oldestEventMs: oldestMs };
    const found = await lab.run(
      sql`with ${listSql(labelsSql(one, from))} select "hg_k0", "hg_k1", "hg_time", "hg_label" from "hg_labels"`,
    );
    const wanted = computeLabels(one, NAMED_SALES, rows, { ...scope, watermarkMs });
    const spelled = wanted.map(({ key, timeMs, label: value }) => ({
      hg_k0: key[0],
      hg_k1: key[1],
      hg_time: timeMs,
      hg_label: value === 0 ? 0 : value,
    }));
    expect(inOrder(found)).toEqual(inOrder(spelled));
    const withoutIds = computeLabels(one, { ...NAMED_SALES, eventIdColumn: null }, rows, { ...scope, watermarkMs });
    expect(withoutIds).not.toEqual(wanted);
  });

  it('do not count in scheduled aggregates', async () => {
    const compute = { kind: 'aggregate', aggregation: 'count', input: null, where: null, windowMs: DAY_MS } as const;
    const view = viewOf([{ name: 'sales', type: 'int64', compute, description: '' }], 6 * HOUR_MS, null);
    const resolved = { ...view, source: NAMED_SALES };
    const run = {
      fromMs: oldestMs,
      toMs: watermarkMs,
      loadedFromMs: 0,
      watermarkMs,
      loadedAtMs: watermarkMs,
      isFirst: true,
    };
    const found = await lab.run(viewRowsSql(resolved, TABLE, run));
    const wanted = computeViewRows(resolved, rows, run);
    expect(inOrder(found)).toEqual(inOrder(wanted.map((row) => named(resolved, row))));
    expect(computeViewRows(view, rows, run)).not.toEqual(wanted);
  });
});
