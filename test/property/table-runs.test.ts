import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../core/clock.ts';
import type { DeadRun, OpenMode } from '../../core/offline/table-runs.ts';
import { fixedClock } from '../memory/memory-clock-and-ids.ts';
import { memoryTableLog } from '../memory/memory-table-log.ts';

const TABLE = 'source_s';
const LEASE_MS = 3 * MINUTE_MS;
const RUNS = ['a', 'b', 'c', 'd', 'e'];

type Step =
  | { readonly do: 'open'; readonly run: string; readonly mode: OpenMode }
  | { readonly do: 'commit'; readonly run: string }
  | { readonly do: 'abandon'; readonly run: string }
  | { readonly do: 'wait' }
  | { readonly do: 'sweep' };

const run = fc.constantFrom(...RUNS);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('open'),
      run,
      mode: fc.constantFrom('beside-others', 'row-by-row', 'alone'),
    }) as fc.Arbitrary<Step>,
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('commit'), run }) as fc.Arbitrary<Step> },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('abandon'), run }) as fc.Arbitrary<Step> },
  { weight: 2, arbitrary: fc.constantFrom({ do: 'wait' }, { do: 'sweep' }) as fc.Arbitrary<Step> },
);

/** A table whose rows are written when a run is opened, one each. A run cleans what it has to right before its commit, so that one that dies has not. */
function tableLab() {
  const clock = fixedClock();
  const log = memoryTableLog(clock);
  const rows = new Map<number, string>();
  const committed = new Map<string, number>();
  const clean = async ({ loadedAtMs }: { readonly loadedAtMs: number }) => void rows.delete(loadedAtMs);
  const facts = { rows: 1, oldestEventTimeMs: 5, newestEventTimeMs: 5, materializedToMs: null, report: {} };
  const loads = new Map<string, number>();
  const toClean = new Map<string, readonly DeadRun[]>();

  const take = async (next: Step): Promise<void> => {
    if (next.do === 'wait') return clock.advance(LEASE_MS / 2); // so that some leases pass and others do not
    if (next.do === 'sweep') return log.sweep(TABLE, clean);
    if (next.do === 'abandon') return log.abandon(TABLE, next.run, 'x', clean);
    if (next.do === 'commit') {
      for (const dead of toClean.get(next.run) ?? []) await clean(dead);
      await log.commit(TABLE, next.run, facts);
      committed.set(next.run, loads.get(next.run)!);
      return;
    }
    const opened = await log.open(TABLE, next.run, LEASE_MS, next.mode);
    if (opened.state === 'committed') return;
    toClean.set(next.run, opened.mustClean);
    rows.set(opened.loadedAtMs, next.run);
    loads.set(next.run, opened.loadedAtMs);
  };
  const visible = async () => {
    const { watermarkMs, rows: counted } = await log.head(TABLE);
    return { watermarkMs, counted, rows: [...rows.keys()].filter((at) => at <= watermarkMs).sort((a, b) => a - b) };
  };
  return { log, clock, committed, take, visible, clean };
}

test('readers see whole committed runs, each once, and nothing is ever added at or below a watermark', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
      const lab = tableLab();
      let before = await lab.visible();
      for (const next of steps) {
        await lab.take(next).catch((error: { kind?: string }) => {
          expect(['conflict', 'throttled']).toContain(error.kind); // what the log may refuse
        });
        const now = await lab.visible();
        expect(now.watermarkMs).toBeGreaterThanOrEqual(before.watermarkMs);
        expect(now.rows.filter((at) => at <= before.watermarkMs)).toEqual(before.rows);
        const seen = [...lab.committed.values()].filter((at) => at <= now.watermarkMs).sort((a, b) => a - b);
        expect(now.rows).toEqual(seen);
        expect(now.counted).toBe(seen.length);
        before = now;
      }
      lab.clock.advance(LEASE_MS);
      await lab.log.sweep(TABLE, lab.clean);
      const last = await lab.visible();
      expect(last.rows).toEqual([...lab.committed.values()].sort((a, b) => a - b));
    }),
    { seed: 20260301, numRuns: 1000 },
  );
});
