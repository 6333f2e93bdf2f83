import { describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../core/clock.ts';
import type { OpenMode, RunFacts, TableLog } from '../../lambdas/ports/table-log.ts';
import { type FixedClock, fixedClock } from '../memory/memory-clock-and-ids.ts';

const LEASE_MS = 10 * MINUTE_MS;

function facts(rows: number, oldest: number | null = null, newest: number | null = null): RunFacts {
  return { rows, oldestEventTimeMs: oldest, newestEventTimeMs: newest, materializedToMs: null, report: { rows } };
}

const nothing = async () => {};

/** Every TableLog must pass this; call it once per adapter. `make` gives a log that nobody else uses. */
export function tableLogContract(adapter: string, make: (clock: FixedClock) => TableLog | Promise<TableLog>): void {
  const setUp = async () => {
    const clock = fixedClock();
    return { clock, log: await make(clock) };
  };
  const open = async (log: TableLog, runId: string, mode: OpenMode = 'alone') => {
    const opened = await log.open('source_s', runId, LEASE_MS, mode);
    if (opened.state !== 'open') throw new Error(`run ${runId} is ${opened.state}`);
    return opened;
  };

  describe(`TableLog: ${adapter}`, () => {
    it('knows an empty table before anything was written', async () => {
      const { log } = await setUp();
      expect(await log.head('source_s')).toEqual({
        table: 'source_s',
        watermarkMs: 0,
        rows: 0,
        newestEventTimeMs: null,
        oldestEventTimeMs: null,
        materializedToMs: null,
        onlineToMs: 0,
        judgedToMs: 0,
        recent: [],
      });
      expect(await log.run('source_s', 'r1')).toBeNull();
    });

    it('shows the rows of a run at its commit and not before', async () => {
      const { log } = await setUp();
      const { loadedAtMs, isFirst } = await open(log, 'r1');
      expect(isFirst).toBe(true);
      expect((await log.head('source_s')).watermarkMs).toBe(0);
      await log.commit('source_s', 'r1', facts(5, 10, 20));
      expect(await log.head('source_s')).toMatchObject({
        watermarkMs: loadedAtMs,
        rows: 5,
        oldestEventTimeMs: 10,
        newestEventTimeMs: 20,
      });
      expect(await log.run('source_s', 'r1')).toMatchObject({ state: 'committed', loadedAtMs, facts: { rows: 5 } });
    });

    it('adds the facts of later runs, whose load times are later even when the clock stands', async () => {
      const { log } = await setUp();
      const first = await open(log, 'r1');
      await log.commit('source_s', 'r1', facts(5, 10, 20));
      const second = await open(log, 'r2');
      expect(second.loadedAtMs).toBeGreaterThan(first.loadedAtMs);
      expect(second.isFirst).toBe(false);
      await log.commit('source_s', 'r2', { ...facts(2, 15, 30), materializedToMs: 7 });
      expect(await log.head('source_s')).toMatchObject({
        rows: 7,
        oldestEventTimeMs: 10,
        newestEventTimeMs: 30,
        materializedToMs: 7,
      });
    });

    it('remembers the newest runs that were judged, and how far the source has been', async () => {
      const { log } = await setUp();
      for (let n = 1; n <= 22; n++) {
        await open(log, `r${n}`);
        const judged = { volume: n === 22 ? null : n / 2, toMs: n === 21 ? null : 100 + n };
        await log.commit('source_s', `r${n}`, { ...facts(n), judged });
      }
      const { recent, judgedToMs } = await log.head('source_s');
      expect(judgedToMs).toBe(122);
      expect(recent.map(({ runId }) => runId)).toEqual(Array.from({ length: 20 }, (_, i) => `r${i + 3}`));
      expect(recent.slice(-2)).toMatchObject([
        { rows: 21, volume: 10.5 },
        { rows: 22, volume: null, judged: { fromMs: 120, toMs: 122 } },
      ]);
      expect(recent.at(-2)).not.toHaveProperty('judged'); // it judged a range of its own
    });

    it('answers a committed run with its facts, and commits it once', async () => {
      const { log } = await setUp();
      await open(log, 'r1');
      await log.commit('source_s', 'r1', facts(5));
      await log.commit('source_s', 'r1', facts(5));
      expect((await log.head('source_s')).rows).toBe(5);
      expect(await log.open('source_s', 'r1', LEASE_MS, 'alone')).toMatchObject({
        state: 'committed',
        run: { facts: { rows: 5 } },
      });
    });

    it('refuses a second run while the first holds the table', async () => {
      const { log } = await setUp();
      await open(log, 'r1');
      await expect(open(log, 'r2')).rejects.toMatchObject({ name: 'TableBusyError', kind: 'throttled' });
    });

    it('resumes an open run with its load time', async () => {
      const { log, clock } = await setUp();
      const first = await open(log, 'r1');
      clock.advance(MINUTE_MS);
      expect(await open(log, 'r1')).toEqual(first);
    });

    it('lets the next run in when the lease has passed, names what it has to clean, and fences the dead one', async () => {
      const { log, clock } = await setUp();
      const dead = await open(log, 'r1');
      clock.advance(LEASE_MS);
      const opened = await open(log, 'r2');
      expect(opened.mustClean).toEqual([{ runId: 'r1', loadedAtMs: dead.loadedAtMs }]);
      await expect(log.commit('source_s', 'r1', facts(1))).rejects.toMatchObject({ kind: 'conflict' });
      expect((await open(log, 'r2')).mustClean).toHaveLength(1);
      await log.commit('source_s', 'r2', facts(1));
      expect((await open(log, 'r3')).mustClean).toEqual([]);
    });

    it('remembers every dead run until one commits', async () => {
      const { log, clock } = await setUp();
      await open(log, 'r1');
      clock.advance(LEASE_MS);
      await open(log, 'r2');
      clock.advance(LEASE_MS);
      expect((await open(log, 'r3')).mustClean.map(({ runId }) => runId)).toEqual(['r1', 'r2']);
    });

    it('refuses to commit a run that was never opened', async () => {
      const { log } = await setUp();
      await expect(log.commit('source_s', 'r1', facts(1))).rejects.toMatchObject({ kind: 'conflict' });
    });

    it('frees the table when a run is abandoned, after its rows are gone', async () => {
      const { log } = await setUp();
      const { loadedAtMs } = await open(log, 'r1');
      await log.abandon('source_s', 'r1', 'file rejected', async (run) => {
        expect(run).toMatchObject({ runId: 'r1', state: 'abandoned', loadedAtMs });
        await expect(log.commit('source_s', 'r1', facts(1))).rejects.toMatchObject({ kind: 'conflict' });
        await expect(open(log, 'r2')).rejects.toMatchObject({ kind: 'throttled' });
      });
      expect((await open(log, 'r2')).mustClean).toEqual([]);
      await log.abandon('source_s', 'r1', 'again', nothing);
      expect((await log.head('source_s')).rows).toBe(0);
    });

    it('keeps the table held when cleaning fails, and goes on when it is tried again', async () => {
      const { log } = await setUp();
      await open(log, 'r1');
      const fail = async () => Promise.reject(new Error('no network'));
      await expect(log.abandon('source_s', 'r1', 'x', fail)).rejects.toThrow('no network');
      await expect(open(log, 'r2')).rejects.toMatchObject({ kind: 'throttled' });
      await log.abandon('source_s', 'r1', 'x', nothing);
      expect((await open(log, 'r2')).mustClean).toEqual([]);
    });

    it('leaves committed and unknown runs alone when they are to be abandoned', async () => {
      const { log } = await setUp();
      await open(log, 'r1');
      await log.commit('source_s', 'r1', facts(3));
      const clean = async () => Promise.reject(new Error('must not be called'));
      await log.abandon('source_s', 'r1', 'x', clean);
      await log.abandon('source_s', 'nobody', 'x', clean);
      expect((await log.head('source_s')).rows).toBe(3);
    });

    it('opens an abandoned run anew with a later load time', async () => {
      const { log } = await setUp();
      const before = await open(log, 'r1');
      await log.abandon('source_s', 'r1', 'x', nothing);
      expect((await open(log, 'r1')).loadedAtMs).toBeGreaterThan(before.loadedAtMs);
    });

    it('lets runs write beside each other, and shows what is committed when nothing earlier is open', async () => {
      const { log } = await setUp();
      const file = await open(log, 'file', 'beside-others');
      const push = await open(log, 'push', 'beside-others');
      expect([file.isFirst, push.isFirst]).toEqual([true, false]);
      await log.commit('source_s', 'push', facts(2, 15, 30));
      expect(await log.head('source_s')).toMatchObject({ watermarkMs: 0, rows: 0, newestEventTimeMs: null });
      expect(await log.run('source_s', 'push')).toMatchObject({ state: 'committed' });
      const later = await open(log, 'later', 'beside-others');
      await log.commit('source_s', 'file', facts(5, 10, 20));
      expect(await log.head('source_s')).toMatchObject({
        watermarkMs: push.loadedAtMs,
        rows: 7,
        oldestEventTimeMs: 10,
        newestEventTimeMs: 30,
      });
      await log.commit('source_s', 'later', facts(1));
      expect(await log.head('source_s')).toMatchObject({ watermarkMs: later.loadedAtMs, rows: 8 });
    });

    it('takes rows that come one by one for no history, and leaves that to the first load', async () => {
      const { log } = await setUp();
      expect((await open(log, 'push', 'row-by-row')).isFirst).toBe(false);
      expect((await open(log, 'file', 'beside-others')).isFirst).toBe(true);
      await log.commit('source_s', 'push', facts(1));
      expect((await open(log, 'push-2', 'row-by-row')).isFirst).toBe(false);
      expect((await open(log, 'file', 'beside-others')).isFirst).toBe(true);
      await log.commit('source_s', 'file', facts(1));
      expect((await open(log, 'file-2', 'beside-others')).isFirst).toBe(false);
    });

    it('shows what waited for a run when that is abandoned and its rows are gone', async () => {
      const { log } = await setUp();
      await open(log, 'file', 'beside-others');
      const { loadedAtMs } = await open(log, 'push', 'beside-others');
      await log.commit('source_s', 'push', facts(2));
      await log.abandon('source_s', 'file', 'x', async () => {
        expect((await log.head('source_s')).rows).toBe(0);
      });
      expect(await log.head('source_s')).toMatchObject({ watermarkMs: loadedAtMs, rows: 2 });
      expect(await open(log, 'file', 'beside-others')).toMatchObject({ isFirst: true, mustClean: [] });
    });

    it('keeps the watermark before a dead run until the run that was told to clean it commits', async () => {
      const { log, clock } = await setUp();
      const dead = await open(log, 'dead', 'beside-others');
      const { loadedAtMs } = await open(log, 'push', 'beside-others');
      await log.commit('source_s', 'push', facts(2));
      clock.advance(LEASE_MS);
      const next = await open(log, 'next', 'beside-others');
      expect(next.mustClean).toEqual([{ runId: 'dead', loadedAtMs: dead.loadedAtMs }]);
      expect((await log.head('source_s')).rows).toBe(0);
      await log.commit('source_s', 'next', facts(1));
      expect(await log.head('source_s')).toMatchObject({ watermarkMs: next.loadedAtMs, rows: 3 });
      expect(loadedAtMs).toBeLessThan(next.loadedAtMs);
    });

    it('gives up the dead for those who only read, and leaves the living', async () => {
      const { log, clock } = await setUp();
      const dead = await open(log, 'dead', 'beside-others');
      const { loadedAtMs } = await open(log, 'push', 'beside-others');
      await log.commit('source_s', 'push', facts(2));
      const gone: unknown[] = [];
      const clean = async (run: unknown) => void gone.push(run);
      await log.sweep('source_s', clean);
      expect(gone).toEqual([]);
      clock.advance(LEASE_MS);
      await log.sweep('source_s', clean);
      expect(gone).toEqual([{ runId: 'dead', loadedAtMs: dead.loadedAtMs }]);
      expect(await log.head('source_s')).toMatchObject({ watermarkMs: loadedAtMs, rows: 2 });
      await expect(log.commit('source_s', 'dead', facts(1))).rejects.toMatchObject({ kind: 'conflict' });
      await log.sweep('source_s', clean);
      expect(gone).toHaveLength(1);
    });

    it('refuses to be shared while a run writes alone, and to be alone while others write', async () => {
      const { log } = await setUp();
      await open(log, 'alone');
      await expect(open(log, 'push', 'beside-others')).rejects.toMatchObject({ name: 'TableBusyError' });
      await log.commit('source_s', 'alone', facts(1));
      await open(log, 'push', 'beside-others');
      await expect(open(log, 'alone-2')).rejects.toMatchObject({ name: 'TableBusyError' });
    });

    it('finds committed runs by their names, in order', async () => {
      const { log } = await setUp();
      for (const runId of ['s-3', 's-1', 't-1', 's-2']) {
        await open(log, runId, 'beside-others');
        if (runId !== 's-2') await log.commit('source_s', runId, facts(1));
      }
      const named = async (from: string, before: string, limit: number) =>
        (await log.committedRuns('source_s', from, before, limit)).map(({ runId }) => runId);
      expect(await named('s-1', 't', Number.POSITIVE_INFINITY)).toEqual(['s-1', 's-3']);
      expect(await named('s-11', 's-3', 10)).toEqual([]);
      expect(await named('s', 'u', 2)).toEqual(['s-1', 's-3']);
      expect(await log.committedRuns('source_other', 'a', 'z', 9)).toEqual([]);
    });

    it('never moves the online mark back, and keeps it through commits', async () => {
      const { log } = await setUp();
      await log.advanceOnline('source_s', 50);
      await log.advanceOnline('source_s', 20);
      await open(log, 'r1');
      await log.advanceOnline('source_s', 60);
      await log.commit('source_s', 'r1', facts(1));
      expect((await log.head('source_s')).onlineToMs).toBe(60);
    });

    it('forgets that anything is online, and begins again from there', async () => {
      const { log } = await setUp();
      await log.advanceOnline('source_s', 50);
      await log.forgetOnline('source_s');
      expect((await log.head('source_s')).onlineToMs).toBe(0);
      await log.advanceOnline('source_s', 20);
      expect((await log.head('source_s')).onlineToMs).toBe(20);
    });

    it('gives the table to one of many that open it at once', async () => {
      const { log } = await setUp();
      const tries = Array.from({ length: 6 }, (_, i) => log.open('source_s', `r${i}`, LEASE_MS, 'alone'));
      const settled = await Promise.allSettled(tries);
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });
  });
}
