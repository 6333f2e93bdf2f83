import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../core/clock.ts';
import { ADJACENT, DAYS, MAX_AGE, MAX_DELAY } from '../../../core/health/source-buckets.ts';
import { dayOf } from '../../../core/offline/table-layout.ts';
import { healthCountsSql } from '../../../core/sql/health-sql.ts';
import { AthenaLab, DATABASE, type LabColumn } from './athena-lab.ts';
import { SEED } from './histories.ts';

const AT_MS = Date.UTC(2026, 2, 4, 9, 30);
const WATERMARK_MS = AT_MS - 5;
const COLUMNS: readonly LabColumn[] = [
  { name: 'event_time_ms', type: 'timestamp' },
  { name: 'known_at_ms', type: 'timestamp' },
  { name: 'loaded_at_ms', type: 'timestamp' },
  { name: 'loaded_day', type: 'string' },
  { name: 'seq', type: 'int64' },
  { name: 'amount', type: 'float64' },
  { name: 'note', type: 'string' },
];

interface SourceRow {
  readonly event: number;
  readonly loaded: number;
  readonly amount: number | null;
  readonly note: string | null;
}

let lab: AthenaLab;
beforeAll(async () => {
  lab = await AthenaLab.open();
});
afterAll(() => lab.close());

const near = (unit: number) => fc.integer({ min: -2, max: 50 }).map((n) => n * unit);
const row = fc
  .record({
    ago: fc.oneof(near(MINUTE_MS), near(HOUR_MS), near(DAY_MS)),
    jitter: fc.constantFrom(-1, 0, 1, 30_000),
    delay: fc.oneof(near(MINUTE_MS), near(DAY_MS), fc.constantFrom(0, 1)),
    amount: fc.constantFrom(1, 2.5, null),
    note: fc.constantFrom('a', null),
  })
  .map(({ ago, jitter, delay, amount, note }): SourceRow => {
    const event = AT_MS - ago + jitter;
    return { event, loaded: event + Math.max(0, delay), amount, note };
  });

/** The definition read aloud. */
function oracle(rows: readonly SourceRow[], widthsMs: readonly number[], newestMs: number): readonly string[] {
  const groups = new Map<string, { rows: number; nulls: [number, number]; loads: number[]; events: number[] }>();
  for (const widthMs of widthsMs) {
    const perDay = DAY_MS / widthMs;
    const firstBucket = Math.floor((AT_MS - newestMs) / widthMs);
    const oldestMs = newestMs - DAYS * DAY_MS - (MAX_AGE + 1) * Math.max(...widthsMs);
    for (const { event, loaded, amount, note } of rows) {
      if (event > AT_MS || loaded > WATERMARK_MS || event <= oldestMs) continue;
      const bucket = Math.floor((AT_MS - event) / widthMs);
      if (bucket >= firstBucket + ADJACENT && bucket % perDay > MAX_AGE && perDay > 1) continue;
      const endMs = AT_MS - bucket * widthMs;
      const delay = Math.min(MAX_DELAY, Math.max(0, Math.ceil((loaded - endMs) / widthMs)));
      const key = `${widthMs} ${bucket} ${delay}`;
      const group = groups.get(key) ?? { rows: 0, nulls: [0, 0], loads: [], events: [] };
      group.rows++;
      if (amount === null) group.nulls[0]++;
      if (note === null) group.nulls[1]++;
      group.loads.push(loaded);
      group.events.push(event);
      groups.set(key, group);
    }
  }
  return [...groups]
    .map(
      ([key, { rows: n, nulls, loads, events }]) =>
        `${key} ${n} ${nulls.join(' ')} ${Math.min(...loads)} ${Math.max(...events)}`,
    )
    .sort();
}

describe('the counts of a source', () => {
  const histories = fc.sample(fc.array(row, { minLength: 150, maxLength: 250 }), { seed: SEED, numRuns: 4 });

  it.each([[[DAY_MS]], [[HOUR_MS, DAY_MS]], [[MINUTE_MS, DAY_MS]]])(
    'in buckets of %j ms are those of the definition',
    async (widthsMs) => {
      for (const [i, rows] of histories.entries()) {
        const silentMs = i % 2 === 0 ? 0 : 10 * DAY_MS; // half of them have been silent for ten days
        const kept = rows.filter(({ event }) => event <= AT_MS - silentMs);
        const newestMs = Math.max(...kept.filter(({ event }) => event <= AT_MS).map(({ event }) => event));
        await lab.table('source_orders', COLUMNS, kept.map(labRow));
        const found = await lab.run(
          healthCountsSql({
            table: { database: DATABASE, table: 'source_orders', watermarkMs: WATERMARK_MS },
            atMs: AT_MS,
            widthsMs,
            newestEventTimeMs: newestMs,
            columns: ['amount', 'note'],
          }),
        );
        const told = found.map((one) =>
          [
            one['width_ms'],
            one['bucket'],
            one['delay'],
            one['rows'],
            one['nulls_0'],
            one['nulls_1'],
            one['oldest_load_ms'],
            one['newest_event_ms'],
          ].join(' '),
        );
        expect(told.sort()).toEqual(oracle(kept, widthsMs, newestMs));
      }
    },
  );

  it('of a source whose newest row is not known, or of columns that none are, begin at the scan', async () => {
    await lab.table('source_orders', COLUMNS, [
      labRow({ event: AT_MS - 1, loaded: AT_MS - 6, amount: 1, note: null }, 0),
    ]);
    const table = { database: DATABASE, table: 'source_orders', watermarkMs: WATERMARK_MS };
    const found = await lab.run(
      healthCountsSql({ table, atMs: AT_MS, widthsMs: [DAY_MS], newestEventTimeMs: null, columns: [] }),
    );
    expect(found).toMatchObject([{ bucket: 0, delay: 0, rows: 1 }]);
  });
});

function labRow({ event, loaded, amount, note }: SourceRow, seq: number) {
  return {
    event_time_ms: event,
    known_at_ms: event,
    loaded_at_ms: loaded,
    loaded_day: dayOf(loaded),
    seq,
    amount,
    note,
  };
}
