import fc from 'fast-check';
import { HOUR_MS } from '../../../core/clock.ts';
import type { ResolvedView } from '../../../core/definitions/definitions.ts';
import type { Entity } from '../../../core/definitions/entity.ts';
import { AGGREGATIONS, type Aggregate, type Feature } from '../../../core/definitions/feature-view.ts';
import type { Source } from '../../../core/definitions/source.ts';
import type { ValueType } from '../../../core/definitions/value-type.ts';
import { dayOf } from '../../../core/offline/table-layout.ts';
import type { SourceRow, ViewRow } from '../../../core/point-in-time/offline-row.ts';
import type { LabColumn, LabRow } from './athena-lab.ts';

export const SEED = 20260101;

const DESCRIBED = { description: 'of tests', owner: 'tests' };
const column = (name: string, type: ValueType) => ({ name, from: name, type, required: false });

/** Sales at shops: a composite key, and a column of every type. */
export const SALES: Source = {
  kind: 'source',
  name: 'sales',
  columns: [
    column('customer', 'string'),
    column('shop', 'int64'),
    column('amount', 'float64'),
    column('items', 'int64'),
    column('product', 'string'),
    column('returned', 'boolean'),
    column('paid_at', 'timestamp'),
  ],
  eventTime: { column: 'paid_at' },
  knownAtColumn: null,
  lagMs: 0,
  eventIdColumn: null,
  csv: { delimiter: ',', skipLines: 0, header: true, nulls: [] },
  ...DESCRIBED,
};

export const VISITOR: Entity = {
  kind: 'entity',
  name: 'visitor',
  joinKeys: [
    { name: 'visitor_id', type: 'string' },
    { name: 'shop_id', type: 'int64' },
  ],
  ...DESCRIBED,
};

export function viewOf(features: readonly Feature[], scheduleMs: number, ttlMs: number | null): ResolvedView {
  const view = {
    kind: 'featureView' as const,
    name: 'visits',
    entity: VISITOR.name,
    source: SALES.name,
    keyColumns: ['customer', 'shop'],
    features,
    ttlMs,
    scheduleMs,
    freshnessMs: null,
    stream: null,
    expectations: [],
    ...DESCRIBED,
  };
  return { view, entity: VISITOR, source: SALES, version: '0123456789ab' };
}

/** The same view of an entity without join keys: there is one, and every row is about it. */
export function ofOne(resolved: ResolvedView): ResolvedView {
  return {
    ...resolved,
    view: { ...resolved.view, keyColumns: [] },
    entity: { ...resolved.entity, name: 'everyone', joinKeys: [] },
  };
}

const INPUTS: readonly { readonly input: string; readonly type: ValueType; readonly isNumber: boolean }[] = [
  { input: 'amount', type: 'float64', isNumber: true },
  { input: 'items', type: 'int64', isNumber: true },
  { input: 'amount * items', type: 'float64', isNumber: true },
  { input: 'product', type: 'string', isNumber: false },
  { input: 'returned', type: 'boolean', isNumber: false },
  { input: 'paid_at', type: 'timestamp', isNumber: false },
];

const input = fc.constantFrom(...INPUTS);
const where = fc.constantFrom(null, null, 'returned', "product <> 'tea'", 'amount > 1');

/** Windows that are whole ticks and windows that are not. */
const windowMs = fc.constantFrom(1, 1.5, 2, 3, 5, 8).map((hours) => hours * HOUR_MS);

const aggregate = fc
  .record({ aggregation: fc.constantFrom(...AGGREGATIONS), input, where, windowMs, counts: fc.boolean() })
  .map(({ aggregation, input: { input: text, type, isNumber }, counts, ...rest }): Omit<Feature, 'name'> => {
    const isSum = aggregation === 'sum' || aggregation === 'mean';
    const fits = isNumber || !isSum;
    const compute: Aggregate = {
      kind: 'aggregate',
      aggregation: fits ? aggregation : 'last',
      input: aggregation === 'count' && counts ? null : text,
      ...rest,
    };
    return { type: outputType(compute.aggregation, type), compute, description: 'of tests' };
  });

function outputType(aggregation: string, type: ValueType): ValueType {
  if (aggregation === 'count' || aggregation === 'count_distinct') return 'int64';
  return aggregation === 'mean' ? 'float64' : type;
}

export const aggregatedView: fc.Arbitrary<ResolvedView> = fc
  .record({
    features: fc.array(aggregate, { minLength: 1, maxLength: 9 }),
    scheduleMs: fc.constantFrom(0.5, 1, 2).map((hours) => hours * HOUR_MS),
    ttlMs: fc.constantFrom(null, 2 * HOUR_MS),
  })
  .map(({ features, scheduleMs, ttlMs }) =>
    viewOf(
      features.map((feature, i) => ({ ...feature, name: `f${i}` })),
      scheduleMs,
      ttlMs,
    ),
  );

/** Instants on and around quarter hours, a few of them before 1970, so that rows tie and lie on every edge. */
export const instant = fc
  .tuple(fc.integer({ min: -8, max: 60 }), fc.constantFrom(0, 0, 0, -1, 1))
  .map(([quarters, ms]) => (quarters * HOUR_MS) / 4 + ms);

const amount = fc.oneof(
  fc.constantFrom(0.1, 0.2, 0.3, 1, -2.5, 0.0000005, -0.0000015, 1e12, 1e12 + 1, 123456.789012),
  fc.integer({ min: -9_999_999, max: 9_999_999 }).map((cents) => cents / 100),
);

/** One row of somebody's history: on time, late, loaded later, restated, tied. */
const saleRow = fc.record({
  amount: fc.option(amount),
  items: fc.option(fc.oneof(fc.integer({ min: -3, max: 12 }), fc.constantFrom(Number.MAX_SAFE_INTEGER))),
  product: fc.option(fc.constantFrom('tea', 'Tea', 'tee', 'éclair', "o'clock", '')),
  returned: fc.option(fc.boolean()),
  paid_at: fc.option(instant),
  eventTimeMs: instant,
  lateMs: fc.oneof(
    fc.constant(0),
    fc.constant(0),
    fc.integer({ min: 1, max: 30 }).map((quarters) => (quarters * HOUR_MS) / 4),
  ),
  loadedAtMs: fc.constantFrom(1_000, 2_000, 3_000),
  isServed: fc.boolean(),
});

/** Histories of many visitors; keys that joined strings would confuse, and incomplete ones. */
export const sales: fc.Arbitrary<readonly SourceRow[]> = fc
  .array(fc.array(saleRow, { minLength: 1, maxLength: 9 }), { minLength: 40, maxLength: 40 })
  .map((histories) =>
    histories.flatMap((history, h) =>
      history.map(({ eventTimeMs, lateMs, loadedAtMs, isServed, ...values }, i) => ({
        values: {
          ...values,
          customer: h % 13 === 12 ? null : `${h % 4}`,
          shop: h % 17 === 16 ? null : Math.floor(h / 4),
        },
        eventTimeMs,
        knownAtMs: eventTimeMs + lateMs,
        loadedAtMs,
        seq: h * 100 + i,
        servedAtMs: isServed ? loadedAtMs : null,
      })),
    ),
  );

const TIMES: readonly LabColumn[] = [
  { name: 'event_time_ms', type: 'int64' },
  { name: 'known_at_ms', type: 'int64' },
  { name: 'loaded_at_ms', type: 'int64' },
  { name: 'seq', type: 'int64' },
  { name: 'loaded_day', type: 'string' },
];

export const SALES_COLUMNS: readonly LabColumn[] = [
  ...SALES.columns,
  ...TIMES,
  { name: 'served_at_ms', type: 'int64' },
];

export function viewColumns({ view, entity }: ResolvedView): readonly LabColumn[] {
  return [...entity.joinKeys, ...view.features, ...TIMES];
}

export function salesTable(rows: readonly SourceRow[]): readonly LabRow[] {
  return rows.map((row) => ({ ...row.values, ...times(row), served_at_ms: row.servedAtMs }));
}

/** View rows as the view's table holds them. */
export function viewTableRows(resolved: ResolvedView, rows: readonly ViewRow[]): readonly LabRow[] {
  return rows.map((row) => ({ ...named(resolved, row), ...times(row) }));
}

/** View rows with names, in one order, as `viewRowsSql` answers them. */
export function named({ view, entity }: ResolvedView, row: ViewRow): LabRow {
  return Object.fromEntries([
    ...entity.joinKeys.map(({ name }, i) => [name, row.key[i]]),
    ...view.features.map(({ name }, i) => [name, row.values[i] === 0 ? 0 : row.values[i]]), // 0 and -0 are one number
    ['event_time_ms', row.eventTimeMs],
    ['known_at_ms', row.knownAtMs],
    ['loaded_at_ms', row.loadedAtMs],
    ['seq', row.seq],
  ]);
}

export function inOrder(rows: readonly LabRow[]): readonly LabRow[] {
  const id = (row: LabRow) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
  return rows
    .map((row) => ({ row, id: id(row) }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ row }) => row);
}

function times(row: SourceRow | ViewRow): LabRow {
  return {
    event_time_ms: row.eventTimeMs,
    known_at_ms: row.knownAtMs,
    loaded_at_ms: row.loadedAtMs,
    seq: row.seq,
    loaded_day: dayOf(row.loadedAtMs),
  };
}
