import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../core/clock.ts';
import type { Definitions } from '../../core/definitions/definitions.ts';
import type { FeatureView } from '../../core/definitions/feature-view.ts';
import { AthenaLab } from '../property/sql/athena-lab.ts';
import { CrashLab, type Resumed } from './crash-lab.ts';

let duckdb: AthenaLab;
beforeAll(async () => {
  duckdb = await AthenaLab.open();
});
afterAll(() => duckdb.close());

const VIEWS: Readonly<Record<string, (definitions: Definitions) => FeatureView>> = {
  'a row-level view': ({ featureViews }) => featureViews[1]!,
  'a view of scheduled aggregates': ({ featureViews }) => featureViews[0]!,
  'a view of streamed aggregates': ({ featureViews }) => ({
    ...featureViews[0]!,
    ttlMs: null,
    stream: { tileMs: HOUR_MS },
  }),
};

/** Negative amounts are set aside. */
const EXPECTATIONS: FeatureView['expectations'] = [
  { kind: 'row', name: 'charged', condition: 'amount >= 0', severity: 'quarantine', maxShare: 0 },
];

const of = (kind: string) => (definitions: Definitions) => ({
  ...definitions,
  featureViews: [{ ...VIEWS[kind]!(definitions), expectations: EXPECTATIONS }],
  models: [],
});

const day = (n: number) => new Date(Date.parse('2026-03-01T06:00:00Z') + n * DAY_MS).toISOString();

/** History, a materialization, events from the stream, a late file, a materialization; each may be killed. */
async function live(kind: string, at: number, moment: 'before' | 'after', how: Resumed) {
  const lab = await CrashLab.open(duckdb, of(kind), at, moment, how);
  await lab.undisturbed(() =>
    lab.load('history', [
      { customer: 1, daysAgo: 9, amount: 10, country: 'FR' },
      { customer: 1, daysAgo: 3.25, amount: -1, country: 'XX' },
      { customer: 1, daysAgo: 2.5, amount: 2.25, country: 'DE' },
      { customer: 2, daysAgo: 2, amount: 7, country: null },
    ]),
  );
  await lab.materialize('one');
  lab.advance(DAY_MS);
  await lab.consume([
    { at: 1, data: { source: 'orders', row: { customer_id: 1, ordered_at: day(0), amount: 0.5, country: 'IT' } } },
    { at: 2, data: { source: 'orders', row: { customer_id: 3, ordered_at: day(0), amount: 4, country: 'ES' } } },
    { at: 3, data: { source: 'orders', row: { customer_id: 1, ordered_at: day(-3), amount: 1, country: 'PT' } } },
  ]);
  const served = lab.isHeld() ? null : (await lab.state()).online;
  lab.advance(HOUR_MS);
  await lab.undisturbed(() =>
    lab.load('late', [
      { customer: 2, daysAgo: 1.5, amount: 8, country: 'BE' },
      { customer: 3, daysAgo: 1.25, amount: -5, country: 'YY' },
    ]),
  );
  await lab.materialize('two');
  // what was lost with its lease is found by the next execution after that
  lab.advance(4 * HOUR_MS);
  const isHeld = lab.isHeld();
  await lab.undisturbed(() => lab.materialize('three'));
  return { isHeld, calls: lab.calls(), served, state: await lab.state() };
}

describe.each(Object.keys(VIEWS))('materializing %s, killed at every call of an adapter', (kind) => {
  it.each(['retry', 'next-execution', 'lease'] as const)(
    'and resumed by %s: no row and no item is lost, doubled or another',
    async (how) => {
      const calm = await live(kind, 0, 'before', how);
      expect(calm.calls).toBeGreaterThan(40);
      expect(calm.state.online.filter(({ status }) => status === 'PRESENT').length).toBeGreaterThan(2);
      expect(calm.state.offline.length).toBeGreaterThan(4);
      for (let at = 1; at <= calm.calls; at++) {
        for (const moment of ['before', 'after'] as const) {
          const { state, served, isHeld } = await live(kind, at, moment, how);
          const where = `killed ${moment} call ${at}`;
          expect({ where, online: state.online }).toEqual({ where, online: calm.state.online });
          expect({ where, orphans: state.orphans }).toEqual({ where, orphans: [] });
          if (served !== null) expect({ where, served }).toEqual({ where, served: calm.served });
          // the rows of a streamed view are about the instants at which they came
          if (isHeld && kind.includes('streamed')) continue;
          const kept = isHeld ? 'untimed' : 'offline';
          expect({ where, kept: state[kept] }).toEqual({ where, kept: calm.state[kept] });
        }
      }
    },
  );
});
