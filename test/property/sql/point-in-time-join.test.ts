import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../core/clock.ts';
import type { ResolvedView } from '../../../core/definitions/definitions.ts';
import type { JoinKey } from '../../../core/definitions/entity.ts';
import { coerceValue } from '../../../core/ingestion/coerce-value.ts';
import { joinPointInTime, visibleValues } from '../../../core/point-in-time/join-point-in-time.ts';
import type { ViewRow } from '../../../core/point-in-time/offline-row.ts';
import { type JoinSpine, pointInTimeJoin } from '../../../core/sql/point-in-time-join-sql.ts';
import { listSql, nameSql, rawSql, sql } from '../../../core/sql/sql.ts';
import { AthenaLab, DATABASE, type LabRow } from './athena-lab.ts';
import { SEED, VISITOR, viewColumns, viewOf, viewTableRows } from './histories.ts';

let lab: AthenaLab;
beforeAll(async () => {
  lab = await AthenaLab.open();
});
afterAll(() => lab.close());

const KEYS = [0, 1, 2, 11, 12, 21, 111, 112, 211, 1111];
const LOADED_TO_MS = 2_000;
/** Central Europe's clocks were put forward at this instant. */
const CLOCKS_FORWARD_MS = Date.UTC(2025, 2, 30, 1);

/** Instants around the hour that was left out, as people write them: with whatever offset their clock had. */
const instant = fc
  .record({
    quarters: fc.integer({ min: -60, max: 60 }),
    ms: fc.constantFrom(0, 0, 0, -1, 1),
    offsetHours: fc.constantFrom('there', 0, -7, 5.5),
  })
  .map(({ quarters, ms, offsetHours }) => {
    const atMs = CLOCKS_FORWARD_MS + (quarters * HOUR_MS) / 4 + ms;
    const hours = offsetHours === 'there' ? (atMs < CLOCKS_FORWARD_MS ? 1 : 2) : Number(offsetHours);
    const wall = new Date(atMs + hours * HOUR_MS).toISOString().slice(0, -1);
    const minutes = Math.abs(hours * 60);
    const two = (value: number) => String(value).padStart(2, '0');
    const read = coerceValue(
      'timestamp',
      `${wall}${hours < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`,
    );
    if (!('value' in read) || read.value !== atMs)
      throw new Error(`${wall} at ${hours} h is read as ${JSON.stringify(read)}`);
    return atMs;
  });

const key = fc.constantFrom(...KEYS);
const FEATURES = [
  { name: 'amount', type: 'float64' as const },
  { name: 'note', type: 'string' as const },
];

/** On time, known before it was true, late, restated, tied in everything but the position, loaded after the watermark. */
const viewRows = (joinKeys: number): fc.Arbitrary<readonly ViewRow[]> =>
  fc
    .array(
      fc.record({
        key: fc.tuple(key, key),
        amount: fc.option(fc.integer({ min: -99, max: 99 }).map((halves) => halves / 2)),
        note: fc.option(fc.constantFrom('', 'é', "o'clock")),
        eventTimeMs: instant,
        lateQuarters: fc.oneof(fc.constantFrom(0, 0, 0, -4), fc.integer({ min: 1, max: 40 })),
        loadedAtMs: fc.constantFrom(1_000, 1_500, 2_000, 3_000),
        copies: fc.constantFrom(1, 1, 1, 2, 4),
      }),
      { minLength: 300, maxLength: 300 },
    )
    .map((rows) =>
      rows.flatMap(({ key: keys, amount, note, lateQuarters, copies, ...row }, i) =>
        Array.from({ length: copies }, (_, copy) => ({
          key: keys.slice(0, joinKeys),
          values: [amount === null ? null : amount + copy, note],
          eventTimeMs: row.eventTimeMs,
          // a copy ties, or restates the row
          knownAtMs: row.eventTimeMs + ((lateQuarters + (copy > 1 ? copy : 0)) * HOUR_MS) / 4,
          loadedAtMs: row.loadedAtMs,
          seq: i * 10 + (9 - copy),
        })),
      ),
    );

interface SpineRow {
  readonly keys: readonly (number | null)[];
  readonly timeMs: number;
}

const spineRows: fc.Arbitrary<readonly SpineRow[]> = fc.array(
  fc.record({
    keys: fc.tuple(fc.option(key, { nil: null, freq: 20 }), fc.option(key, { nil: null, freq: 20 })),
    timeMs: instant,
  }),
  { minLength: 300, maxLength: 300 },
);

function view(name: string, joinKeys: readonly JoinKey[], ttlMs: number | null): ResolvedView {
  const features = FEATURES.map((one) => ({
    ...one,
    compute: { kind: 'column', column: 'amount' } as const,
    description: '',
  }));
  const resolved = viewOf(features, HOUR_MS, ttlMs);
  const keyColumns = joinKeys.map((one) => one.name);
  return { ...resolved, view: { ...resolved.view, name, keyColumns }, entity: { ...VISITOR, name, joinKeys } };
}

const AT: JoinKey = { name: 'shop_id', type: 'int64' };
const BY: JoinKey = { name: 'clerk_id', type: 'int64' };

/** Views of a pair, of one thing and of the only one there is; two of them joined twice, by different keys. */
const JOINS = [
  { as: 'pair', view: 'pair', keys: [0, 1] },
  { as: 'turned', view: 'pair', keys: [1, 0] },
  { as: 'shop', view: 'shop', keys: [0] },
  { as: 'other_shop', view: 'shop', keys: [1] },
  { as: 'market', view: 'market', keys: [] },
] as const;

const histories = fc.record({
  spine: spineRows,
  rows: fc.record({ pair: viewRows(2), shop: viewRows(1), market: viewRows(0) }),
  ttlMs: fc.constantFrom(null, 0, HOUR_MS / 4, 5 * HOUR_MS),
  knowledgeCut: fc.constantFrom(true, true, false),
  isBounded: fc.boolean(),
});

type Case = typeof histories extends fc.Arbitrary<infer T> ? T : never;

const viewsOf = ({ ttlMs }: Case): Readonly<Record<string, ResolvedView>> => ({
  pair: view('pair', [AT, BY], ttlMs),
  shop: view('shop', [AT], ttlMs),
  market: view('market', [], ttlMs),
});

async function joined(one: Case): Promise<readonly LabRow[]> {
  const views = viewsOf(one);
  for (const [name, rows] of Object.entries(one.rows)) {
    await lab.table(`view_${name}`, viewColumns(views[name]!), viewTableRows(views[name]!, rows));
  }
  const columns = ['id', 'at_ms', 'k0', 'k1'].map((name) => ({ name, type: 'int64' as const }));
  const rows = one.spine.map(({ keys, timeMs }, i) => ({ id: i, at_ms: timeMs, k0: keys[0], k1: keys[1] }));
  await lab.table('spine', columns, rows);
  const times = one.spine.map(({ timeMs }) => timeMs);
  const spine: JoinSpine = {
    ctes: [
      sql`"hg_spine" as (select "id" as "hg_id", "at_ms" as "hg_time", "k0" as "hg_k0", "k1" as "hg_k1" from "spine")`,
    ],
    keys: ['hg_k0', 'hg_k1'],
    firstTimeMs: one.isBounded ? Math.min(...times) : null,
    lastTimeMs: one.isBounded ? Math.max(...times) : null,
  };
  const joins = JOINS.map(({ as, view: name, keys }) => ({
    resolved: views[name]!,
    table: { database: DATABASE, table: `view_${name}`, watermarkMs: LOADED_TO_MS },
    as,
    keys: keys.map((position) => `hg_k${position}`),
    features: FEATURES.map((feature) => feature.name),
  }));
  const join = pointInTimeJoin(spine, joins, { knowledgeCut: one.knowledgeCut });
  const picked = joins.flatMap(({ as, features }) =>
    features.map((feature) => sql`${join.column(as, feature)} as ${nameSql(`${as}__${feature}`)}`),
  );
  const answer = listSql([rawSql('l."hg_id" as "id"'), ...picked]);
  return lab.run(sql`with ${listSql(join.ctes)} select ${answer} from "hg_spine" l ${join.joins} order by "id"`);
}

function expected(one: Case): readonly LabRow[] {
  const seen = JOINS.map(({ view: name, keys }) => {
    const loaded = one.rows[name].filter((row) => row.loadedAtMs <= LOADED_TO_MS);
    const spine = one.spine.map(({ keys: all, timeMs }) => ({ timeMs, key: keys.map((position) => all[position]!) }));
    return joinPointInTime(spine, loaded, one.ttlMs, one);
  });
  return one.spine.map((_, i) =>
    Object.fromEntries([
      ['id', i],
      ...JOINS.flatMap(({ as }, j) => {
        const values = visibleValues(seen[j]![i]!, FEATURES.length);
        return FEATURES.map(({ name }, f) => [`${as}__${name}`, values[f] === 0 ? 0 : values[f]]);
      }),
    ]),
  );
}

describe(`pointInTimeJoin says what joinPointInTime says (seed ${SEED})`, () => {
  const cases = fc.sample(histories, { seed: SEED, numRuns: 12 });

  test.each(cases.map((one, i) => [i, one] as const))('case %i', async (_, one) => {
    expect(await joined(one)).toEqual(expected(one));
  });

  test('over 1,000 histories, seen and not seen, with and without the knowledge cut', () => {
    const keys = cases.flatMap((one) => [
      new Set(one.rows.pair.map((row) => row.key.join())).size,
      new Set(one.rows.shop.map((row) => row.key.join())).size,
    ]);
    expect(keys.reduce((sum, count) => sum + count, cases.length)).toBeGreaterThan(1_000);
    const rows = cases.flatMap(expected);
    for (const { as } of JOINS) {
      expect(rows.filter((row) => row[`${as}__amount`] === null).length).toBeGreaterThan(50);
      expect(rows.filter((row) => row[`${as}__amount`] !== null).length).toBeGreaterThan(50);
    }
    expect(new Set(cases.map((one) => one.knowledgeCut)).size).toBe(2);
  });

  test('rows of one instant, known later than another event, stay overtaken after a day', async () => {
    const row = (values: ViewRow['values'], eventTimeMs: number, knownAtMs: number, seq: number): ViewRow => ({
      key: [1, 11],
      values,
      eventTimeMs,
      knownAtMs,
      loadedAtMs: 1_000,
      seq,
    });
    const rows = [row([1, null], 0, DAY_MS, 2), row([2, null], HOUR_MS, HOUR_MS, 1), row([3, null], 0, DAY_MS, 3)];
    const spine = [HOUR_MS, DAY_MS - 1, DAY_MS, 2 * DAY_MS].map((timeMs) => ({ keys: [1, 11], timeMs }));
    const one = {
      spine,
      rows: { pair: rows, shop: [], market: [] },
      ttlMs: null,
      knowledgeCut: true,
      isBounded: true,
    } as unknown as Case; // the tuples of the generated cases are lists here
    expect((await joined(one)).map((found) => found['pair__amount'])).toEqual([2, 2, 2, 2]);
    expect((await joined(one)).map((found) => found['turned__amount'])).toEqual([null, null, null, null]);
  });
});
