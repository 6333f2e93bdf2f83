import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../core/clock.ts';
import type { ResolvedView } from '../../core/definitions/definitions.ts';
import type { Value } from '../../core/definitions/value-type.ts';
import { EARLIEST_MS, LATEST_MS, type MaterializationRun } from '../../core/offline/materialization-run.ts';
import { dayOf } from '../../core/offline/table-layout.ts';
import { computeViewRows } from '../../core/point-in-time/compute-view-rows.ts';
import { joinPointInTime, visibleValues } from '../../core/point-in-time/join-point-in-time.ts';
import { byKey, type SourceRow, type ViewRow } from '../../core/point-in-time/offline-row.ts';
import { servedValues } from '../../core/serving/served-values.ts';
import { latestRowsSql } from '../../core/sql/latest-rows-sql.ts';
import { unloadQuery } from '../../core/sql/unload-query.ts';
import { viewRowsSql } from '../../core/sql/view-rows-sql.ts';
import { hyparquetFiles } from '../../lambdas/adapters/files/parquet-files.ts';
import { bringOnline } from '../../lambdas/use-cases/ingestion/bring-online.ts';
import { writeOnlineFeatures } from '../../lambdas/use-cases/materialization/write-online-features.ts';
import { fixedClock } from '../memory/memory-clock-and-ids.ts';
import { memoryObjectStore } from '../memory/memory-object-store.ts';
import { memoryOnlineStore } from '../memory/memory-online-store.ts';
import { memoryTableLog } from '../memory/memory-table-log.ts';
import { AthenaLab, DATABASE, type LabRow } from '../property/sql/athena-lab.ts';
import {
  aggregatedView,
  SALES,
  SALES_COLUMNS,
  SEED,
  sales,
  salesTable,
  viewColumns,
  viewOf,
} from '../property/sql/histories.ts';

const CASES = 8;
/** By then every row of a history is known. */
const NOW_MS = 25 * HOUR_MS;

let athena: AthenaLab;
beforeAll(async () => {
  athena = await AthenaLab.open();
});
afterAll(() => athena.close());

const ROW_LEVEL = viewOf(
  [
    { name: 'amount', type: 'float64', compute: { kind: 'column', column: 'amount' }, description: '' },
    { name: 'price', type: 'float64', compute: { kind: 'expression', sql: 'amount / items' }, description: '' },
    { name: 'product', type: 'string', compute: { kind: 'column', column: 'product' }, description: '' },
    { name: 'returned', type: 'boolean', compute: { kind: 'column', column: 'returned' }, description: '' },
    { name: 'paid_at', type: 'timestamp', compute: { kind: 'column', column: 'paid_at' }, description: '' },
  ],
  HOUR_MS,
  14 * HOUR_MS,
);

/** A first run and one that goes on from it, as materializations plan them. */
function runsOf({ view }: ResolvedView): readonly MaterializationRun[] {
  const all = { fromMs: EARLIEST_MS, toMs: LATEST_MS };
  const [first, second] =
    view.features[0]?.compute.kind === 'aggregate'
      ? [
          { fromMs: -6 * HOUR_MS, toMs: 6 * HOUR_MS, loadedFromMs: 0 },
          { fromMs: 6 * HOUR_MS, toMs: 24 * HOUR_MS, loadedFromMs: 0 },
        ]
      : [
          { ...all, loadedFromMs: 0 },
          { ...all, loadedFromMs: 2_000 },
        ];
  return [
    { ...first!, watermarkMs: 2_000, loadedAtMs: 6 * HOUR_MS, isFirst: true },
    { ...second!, watermarkMs: 3_000, loadedAtMs: 24 * HOUR_MS, isFirst: false },
  ];
}

/** One view and its history in every engine: Athena computes and exports, the function writes, the reader reads. */
async function served(resolved: ResolvedView, rows: readonly SourceRow[], isPushed: boolean) {
  const { view, entity, version } = resolved;
  const clock = fixedClock(NOW_MS);
  const [objects, online, tables] = [memoryObjectStore(), memoryOnlineStore(), memoryTableLog(clock)];
  const versions = { live: async () => [{ resolved, isCurrent: true, neededBy: [] }] };
  const deps = { versions, tables, objects, online, parquet: hyparquetFiles, clock, offlineBucket: 'offline' };
  await athena.table('source_sales', SALES_COLUMNS, salesTable(rows));
  const place = { database: DATABASE, workgroup: 'headgate-test', offlineBucket: 'bucket' };
  const offline: LabRow[] = [];
  for (const run of runsOf(resolved)) {
    const source = { database: DATABASE, table: 'source_sales', watermarkMs: run.watermarkMs };
    for (const row of await athena.run(viewRowsSql(resolved, source, run)))
      offline.push({ ...row, loaded_day: dayOf(run.loadedAtMs) });
    await athena.table('view_visits', viewColumns(resolved), offline);
    if (isPushed && !run.isFirst) {
      const load = { loadedAtMs: 3_000, isFirst: false };
      await bringOnline(
        { online, clock },
        SALES,
        [resolved],
        rows.filter(({ loadedAtMs }) => loadedAtMs === 3_000),
        load,
      );
    }
    const table = { database: DATABASE, table: 'view_visits', watermarkMs: run.loadedAtMs };
    const exported = await athena.run(latestRowsSql(resolved, table, run.isFirst ? 0 : 6 * HOUR_MS));
    const times = ['event_time_ms', 'known_at_ms'].map((name) => ({ name, type: 'int64' as const }));
    const columns = [...entity.joinKeys, ...view.features, ...times].map(({ name, type }) => ({
      name,
      type: type === 'timestamp' ? ('int64' as const) : type,
      values: exported.map((row) => row[name] as Value),
    }));
    const prefix = `online-export/${run.loadedAtMs}/`;
    await objects.put(
      { bucket: 'offline', key: `${prefix}0` },
      hyparquetFiles.write(columns),
      'application/octet-stream',
    );
    const query = unloadQuery(place, latestRowsSql(resolved, table, 0), prefix, 'rows');
    const plan = { action: 'export' as const, view: view.name, version, table: 'view_visits', prefix, query };
    const { done } = await writeOnlineFeatures(deps, { online: { ...plan, loadedAtMs: run.loadedAtMs }, cursor: null });
    expect(done).toBe(true);
  }
  return async (key: readonly (string | number)[]) => {
    const { items } = await online.read([{ entity: entity.name, key, view: view.name, version }], []);
    return servedValues(view.features, view.ttlMs, items[0] ?? null, NOW_MS, null);
  };
}

const zero = (value: Value) => (value === 0 ? 0 : value); // 0 and -0 are one number

async function expectSame(resolved: ResolvedView, rows: readonly SourceRow[], isPushed = false): Promise<number> {
  const { view } = resolved;
  const read = await served(resolved, rows, isPushed);
  const wanted: ViewRow[] = runsOf(resolved).flatMap((run) => computeViewRows(resolved, rows, run));
  let present = 0;
  for (const { key } of byKey(rows, (row) => view.keyColumns.map((column) => row.values[column] ?? null))) {
    const ofEntity = wanted.filter((row) => JSON.stringify(row.key) === JSON.stringify(key));
    const [seen] = joinPointInTime([{ key, timeMs: NOW_MS }], ofEntity, view.ttlMs);
    const found = await read(key);
    const values = visibleValues(seen!, view.features.length);
    expect({ key, values: found.map(({ value }) => zero(value)) }).toEqual({ key, values: values.map(zero) });
    present += found.filter(({ status }) => status === 'PRESENT').length;
  }
  return present;
}

describe(`what is served after a materialization is what the oracle sees now (seed ${SEED})`, () => {
  const views = fc.sample(fc.tuple(aggregatedView, sales), { seed: SEED, numRuns: CASES });

  let ofAggregates = 0;
  test.each(views.map((one, i) => [i, ...one] as const))(
    'scheduled aggregates of 40 visitors, case %i',
    async (_, view, rows) => {
      ofAggregates += await expectSame(view, rows);
    },
  );

  test('the cases serve hundreds of aggregates', () => {
    expect(ofAggregates).toBeGreaterThan(300);
  });

  test.each([false, true])('rows of 40 visitors, pushed as well: %s', async (isPushed) => {
    let present = 0;
    for (const rows of fc.sample(sales, { seed: SEED + 1, numRuns: CASES })) {
      present += await expectSame(ROW_LEVEL, rows, isPushed);
    }
    expect(present).toBeGreaterThan(100);
  });
});
