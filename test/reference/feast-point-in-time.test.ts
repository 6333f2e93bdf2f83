/**
 * The shape of Feast's universal retrieval test (test_universal_historical_retrieval.py, driver_test_data.py): orders with
 * naive and zoned stamps in rotation, hourly drivers with one row more and two late copies, daily customers, locations
 * joined twice under other names, statistics of nobody in particular, a mapped column. Values are made here; what is
 * expected is Feast's own oracle `find_latest_record`, written down from its text, over the files' rows.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entity } from '../../contracts/definitions/entity.ts';
import { column } from '../../contracts/definitions/feature.ts';
import { featureView } from '../../contracts/definitions/feature-view.ts';
import { source } from '../../contracts/definitions/source.ts';
import { DAY_MS, HOUR_MS } from '../../core/clock.ts';
import { type ResolvedView, resolveView } from '../../core/definitions/definitions.ts';
import { checkRow } from '../../core/ingestion/check-row.ts';
import { coerceValue } from '../../core/ingestion/coerce-value.ts';
import type { SourceRow } from '../../core/point-in-time/offline-row.ts';
import { pointInTimeJoin } from '../../core/sql/point-in-time-join-sql.ts';
import { joinSql, listSql, nameSql, rawSql, sql } from '../../core/sql/sql.ts';
import { viewRowsSql } from '../../core/sql/view-rows-sql.ts';
import { csvRowReader } from '../../lambdas/adapters/files/csv-row-reader.ts';
import { AthenaLab, DATABASE } from '../property/sql/athena-lab.ts';

const owner = 'tests';
const FROM_MS = Date.UTC(2021, 3, 8);
const TO_MS = Date.UTC(2021, 3, 15);

const driver = entity({ name: 'driver', joinKeys: { driver_id: 'int64' }, owner });
const customer = entity({ name: 'customer', joinKeys: { customer_id: 'string' }, owner });
const location = entity({ name: 'location', joinKeys: { location_id: 'int64' }, owner });
const nobody = entity({ name: 'nobody', joinKeys: {}, owner });

const sources = {
  drivers: source({
    name: 'drivers',
    columns: { driver_id: 'int64', at: 'timestamp', conv_rate: 'float64', trips: 'int64' },
    eventTime: 'at',
    owner,
  }),
  customers: source({
    name: 'customers',
    columns: { customer_id: 'string', at: 'timestamp', balance: 'float64' },
    eventTime: 'at',
    owner,
  }),
  locations: source({
    name: 'locations',
    columns: { location_id: 'int64', at: 'timestamp', temperature: 'int64' },
    eventTime: 'at',
    owner,
  }),
  statistics: source({
    name: 'statistics',
    columns: { at: 'timestamp', rides: 'int64', feature_name: { type: 'int64', from: 'column_name' } },
    eventTime: 'at',
    owner,
  }),
};

const views = [
  featureView({
    name: 'driver_stats',
    entity: driver,
    source: sources.drivers,
    features: { conv_rate: column(), trips: column() },
    ttl: '3h',
    owner,
  }),
  featureView({
    name: 'customer_profile',
    entity: customer,
    source: sources.customers,
    features: { balance: column() },
    ttl: '2d',
    owner,
  }),
  featureView({
    name: 'location_stats',
    entity: location,
    source: sources.locations,
    features: { temperature: column() },
    ttl: '2d',
    owner,
  }),
  featureView({
    name: 'global_stats',
    entity: nobody,
    source: sources.statistics,
    features: { rides: column(), feature_name: column() },
    ttl: '2d',
    owner,
  }),
];

const definitions = {
  entities: [driver, customer, location, nobody],
  sources: Object.values(sources),
  featureViews: views,
  onDemandFeatureViews: [],
  featureServices: [],
  models: [],
};

const iso = (ms: number) => new Date(ms).toISOString();
const every = (stepMs: number) =>
  Array.from({ length: (TO_MS - FROM_MS) / stepMs + 1 }, (_, i) => FROM_MS + i * stepMs);

/** Rows as the files spell them: cell by file column. */
type FileRow = Readonly<Record<string, string | number>>;

const driverRows: FileRow[] = [1001, 1002, 1003].flatMap((driver_id) => {
  const hourly = every(HOUR_MS)
    // Feast leaves hours out, so that a gap longer than the TTL is there
    .filter((_, hour) => hour % 24 < 17)
    .map((ms, i) => ({ driver_id, at: iso(ms), conv_rate: (i % 101) / 100 + driver_id, trips: i }));
  const extra = { driver_id, at: '2021-04-12 07:00:00', conv_rate: 0.5 + driver_id, trips: 4_000 };
  return [...hourly.filter(({ at }) => at !== '2021-04-12T07:00:00.000Z'), extra, hourly[40]!, hourly[41]!];
});
const files: Readonly<Record<keyof typeof sources, readonly FileRow[]>> = {
  drivers: driverRows,
  customers: ['c1', 'c2'].flatMap((customer_id, c) =>
    every(DAY_MS).map((ms, i) => ({ customer_id, at: iso(ms), balance: i * 10 + c + 0.25 })),
  ),
  locations: [1, 11, 111].flatMap((location_id) =>
    every(HOUR_MS).map((ms, i) => ({ location_id, at: iso(ms), temperature: i * 1_000 + location_id })),
  ),
  statistics: every(DAY_MS).map((ms, i) => ({ at: iso(ms), rides: 100 + i, column_name: 7 * i })),
};

interface Order {
  readonly customer_id: string | null;
  readonly driver_id: number;
  readonly origin_id: number;
  readonly destination_id: number;
  readonly timeMs: number;
}

/** Stamps as Feast's orders have them: naive, UTC, +01:00, US/Pacific (daylight saving) in rotation. */
const orders: readonly Order[] = Array.from({ length: 120 }, (_, i) => {
  const ms =
    FROM_MS - DAY_MS + Math.floor((i * 37 * (TO_MS - FROM_MS + 4 * DAY_MS)) / (120 * 37)) + (i % 3) * 1_234_567;
  const onTheHour = i % 10 === 0 ? ms - (ms % HOUR_MS) : ms;
  const offsetHours = [null, 0, 1, -7][i % 4]!;
  const wall = iso(onTheHour + (offsetHours ?? 0) * HOUR_MS).slice(0, -1);
  const zone = offsetHours === null ? '' : offsetHours < 0 ? '-07:00' : `+0${offsetHours}:00`;
  const read = coerceValue('timestamp', `${wall}${zone}`);
  if (!('value' in read)) throw new Error(read.problem);
  return {
    customer_id: i % 17 === 16 ? null : ['c1', 'c2', 'unknown'][i % 3]!,
    driver_id: 1001 + (i % 4),
    origin_id: [1, 11, 111][i % 3]!,
    destination_id: [11, 111, 1][(i >> 1) % 3]!,
    timeMs: Number(read.value),
  };
});

/** Feast's oracle: of the rows of the entity with ts - ttl <= t <= ts the latest, both ends closed. */
function findLatestRecord(
  rows: readonly FileRow[],
  key: FileRow | null,
  timeMs: number,
  ttlMs: number,
): FileRow | null {
  const instantOf = (row: FileRow) => Date.parse(/Z$/.test(String(row['at'])) ? String(row['at']) : `${row['at']}Z`);
  if (key === null) return null;
  return rows
    .filter((row) => Object.entries(key).every(([name, value]) => row[name] === value))
    .filter((row) => instantOf(row) <= timeMs && instantOf(row) >= timeMs - ttlMs)
    .reduce<FileRow | null>((best, row) => (best === null || instantOf(row) > instantOf(best) ? row : best), null);
}

let lab: AthenaLab;
beforeAll(async () => {
  lab = await AthenaLab.open();
  for (const view of views) await materialize(resolveView(definitions, view.name));
});
afterAll(() => lab.close());

/** A file's way into the view's table: read, checked, stored, materialized by the platform's statement. */
async function materialize(resolved: ResolvedView): Promise<void> {
  const { source: from, view } = resolved;
  const rows = files[from.name as keyof typeof sources]; // the sources above
  const header = Object.keys(rows[0]!);
  const csv = [header.join(), ...rows.map((row) => header.map((name) => row[name]).join())].join('\n');
  const file = await csvRowReader.open(from, new TextEncoder().encode(csv));
  const stored: SourceRow[] = [];
  for await (const batch of file.batches()) {
    for (const raw of batch) {
      const checked = 'cells' in raw ? checkRow(from, raw.cells, TO_MS, []) : null;
      if (checked === null || !checked.isGood) throw new Error(`row ${raw.row} of ${from.name} is refused`);
      const values = Object.fromEntries(from.columns.map(({ name }, i) => [name, checked.values[i]!]));
      const { eventTimeMs } = checked;
      stored.push({ values, eventTimeMs, knownAtMs: eventTimeMs, loadedAtMs: 1, seq: raw.row, servedAtMs: null });
    }
  }
  const times = ['event_time_ms', 'known_at_ms', 'loaded_at_ms', 'seq', 'served_at_ms'];
  await lab.table(
    `source_${from.name}`,
    [
      ...from.columns,
      ...times.map((name) => ({ name, type: 'int64' as const })),
      { name: 'loaded_day', type: 'string' },
    ],
    stored.map((row) => ({
      ...row.values,
      event_time_ms: row.eventTimeMs,
      known_at_ms: row.knownAtMs,
      loaded_at_ms: 1,
      seq: row.seq,
      loaded_day: '1970-01-01',
    })),
  );
  const table = { database: DATABASE, table: `source_${from.name}`, watermarkMs: 9 };
  const run = { fromMs: 0, toMs: TO_MS, loadedFromMs: 0, watermarkMs: 9, loadedAtMs: 2, isFirst: true };
  await lab.keep(`view_${view.name}`, viewRowsSql(resolved, table, run));
  await lab.connection.run(`ALTER TABLE "view_${view.name}" ADD COLUMN loaded_day varchar DEFAULT '1970-01-01'`);
}

const JOINS = [
  { as: 'driver_stats', view: 'driver_stats', keys: ['driver_id'] },
  { as: 'customer_profile', view: 'customer_profile', keys: ['customer_id'] },
  { as: 'origin', view: 'location_stats', keys: ['origin_id'] },
  { as: 'destination', view: 'location_stats', keys: ['destination_id'] },
  { as: 'global_stats', view: 'global_stats', keys: [] },
] as const;

async function retrieved(): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const keys = ['customer_id', 'driver_id', 'origin_id', 'destination_id'] as const;
  const columns = keys.map((name) => ({
    name,
    type: name === 'customer_id' ? ('string' as const) : ('int64' as const),
  }));
  await lab.table(
    'orders',
    [{ name: 'id', type: 'int64' }, { name: 'at_ms', type: 'int64' }, ...columns],
    orders.map((order, id) => ({ ...order, id, at_ms: order.timeMs })),
  );
  const picked = listSql(keys.map((name) => sql`${nameSql(name)} as ${nameSql(`hg_c_${name}`)}`));
  const spine = {
    ctes: [sql`"hg_spine" as (select "id" as "hg_id", "at_ms" as "hg_time", ${picked} from "orders")`],
    keys: keys.map((name) => `hg_c_${name}`),
    firstTimeMs: Math.min(...orders.map((order) => order.timeMs)),
    lastTimeMs: null,
  };
  const joins = JOINS.map(({ as, view, keys: by }) => {
    const resolved = resolveView(definitions, view);
    const table = { database: DATABASE, table: `view_${view}`, watermarkMs: 9 };
    const features = resolved.view.features.map(({ name }) => name);
    return { resolved, table, as, keys: by.map((name) => `hg_c_${name}`), features };
  });
  const join = pointInTimeJoin(spine, joins, { knowledgeCut: true });
  const values = joins.flatMap(({ as, features }) =>
    features.map((name) => sql`${join.column(as, name)} as ${nameSql(`${as}__${name}`)}`),
  );
  const answer = joinSql([rawSql('l."hg_id" as "id"'), ...values], ', ');
  return lab.run(sql`with ${listSql(join.ctes)} select ${answer} from "hg_spine" l ${join.joins} order by "id"`);
}

function expected(order: Order, id: number): Readonly<Record<string, unknown>> {
  const drivers = findLatestRecord(files.drivers, { driver_id: order.driver_id }, order.timeMs, 3 * HOUR_MS);
  const key = order.customer_id === null ? null : { customer_id: order.customer_id };
  const customers = findLatestRecord(files.customers, key, order.timeMs, 2 * DAY_MS);
  const at = (location_id: number) => findLatestRecord(files.locations, { location_id }, order.timeMs, 2 * DAY_MS);
  const everyone = findLatestRecord(files.statistics, {}, order.timeMs, 2 * DAY_MS);
  return {
    id,
    driver_stats__conv_rate: drivers?.['conv_rate'] ?? null,
    driver_stats__trips: drivers?.['trips'] ?? null,
    customer_profile__balance: customers?.['balance'] ?? null,
    origin__temperature: at(order.origin_id)?.['temperature'] ?? null,
    destination__temperature: at(order.destination_id)?.['temperature'] ?? null,
    global_stats__rides: everyone?.['rides'] ?? null,
    global_stats__feature_name: everyone?.['column_name'] ?? null,
  };
}

describe("Feast's universal retrieval, as ours", () => {
  it('gives every order what Feast gives it', async () => {
    expect(await retrieved()).toEqual(orders.map(expected));
  });

  it('has orders that see something of every view, and orders that see nothing', () => {
    const all = orders.map(expected);
    for (const name of Object.keys(all[0]!).filter((one) => one !== 'id')) {
      expect(all.filter((row) => row[name] === null).length, name).toBeGreaterThan(5);
      expect(all.filter((row) => row[name] !== null).length, name).toBeGreaterThan(20);
    }
  });
});
