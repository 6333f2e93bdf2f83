import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../core/clock.ts';
import { resolveView } from '../../../core/definitions/definitions.ts';
import { materializationRange, openedRun } from '../../../core/offline/materialization-range.ts';
import { emptyTable } from '../../../core/offline/table-runs.ts';
import { ceilTick, floorTick } from '../../../core/offline/ticks.ts';
import { fixtureDefinitions } from '../../infra/fixture-definitions.ts';

const DAYS = resolveView(fixtureDefinitions(), 'customer_spend');
const ROWS = resolveView(fixtureDefinitions(), 'last_order');
const NOW = 100 * DAY_MS + 5 * HOUR_MS;
const ANY = { fromMs: null, toMs: null };

const source = {
  ...emptyTable('source_orders').head,
  rows: 3,
  watermarkMs: 1_000,
  oldestEventTimeMs: 90 * DAY_MS + 1,
  newestEventTimeMs: 95 * DAY_MS,
};
const view = emptyTable('view_x_0123456789ab').head;

const runOf = (...args: Parameters<typeof materializationRange>) => {
  const range = materializationRange(...args);
  if (!range.isDue) throw new Error(range.because);
  return { from: range.run.fromMs / DAY_MS, to: range.run.toMs / DAY_MS, head: range.materializedToMs };
};

describe('the range of an aggregated view', () => {
  it('begins before the first tick that can see a row, and ends at the last tick by now', () => {
    expect(runOf(DAYS, source, view, ANY, NOW)).toEqual({ from: 90, to: 100, head: 100 * DAY_MS });
  });

  it('goes on after the last tick that is covered', () => {
    expect(runOf(DAYS, source, { ...view, materializedToMs: 98 * DAY_MS }, ANY, NOW)).toMatchObject({
      from: 98,
      to: 100,
    });
  });

  it('holds both ends of an explicit range when they are ticks, and never ends after now', () => {
    const head = { ...view, materializedToMs: 100 * DAY_MS };
    const at = (from: number, to: number) => ({ fromMs: from * DAY_MS, toMs: to * DAY_MS });
    expect(runOf(DAYS, source, head, at(93, 95), NOW)).toMatchObject({ from: 92, to: 95 });
    expect(runOf(DAYS, source, head, at(93.5, 95.5), NOW)).toMatchObject({ from: 93, to: 95 });
    expect(runOf(DAYS, source, head, at(1, 500), NOW)).toMatchObject({ from: 90, to: 100 });
  });

  it('is empty, and says why, when no tick is due', () => {
    const done = materializationRange(DAYS, source, { ...view, materializedToMs: 100 * DAY_MS }, ANY, NOW);
    expect(done).toMatchObject({ isDue: false, because: expect.stringContaining('is computed up to 1970-04-11') });
    const early = materializationRange(DAYS, source, view, { fromMs: null, toMs: 80 * DAY_MS }, NOW);
    expect(early).toMatchObject({ isDue: false, because: expect.stringContaining('is not computed yet') });
    const empty = materializationRange(DAYS, emptyTable('source_orders').head, view, ANY, NOW);
    expect(empty).toMatchObject({ isDue: false, because: 'source orders has no rows yet; ingest some first' });
  });
});

describe('the range of a row-level view', () => {
  it('is what was loaded since the last run, whatever its event time', () => {
    const range = materializationRange(ROWS, source, { ...view, materializedToMs: 400 }, ANY, NOW);
    expect(range).toMatchObject({
      isDue: true,
      run: { loadedFromMs: 400, watermarkMs: 1_000 },
      materializedToMs: 1_000,
    });
  });

  it('is empty when nothing was loaded since', () => {
    const range = materializationRange(ROWS, source, { ...view, materializedToMs: 1_000 }, ANY, NOW);
    expect(range).toMatchObject({ isDue: false, because: expect.stringContaining('holds every row of source orders') });
  });

  it('is a range of event times when one is asked for, and leaves what increments have reached', () => {
    const ask = { fromMs: 92 * DAY_MS, toMs: 93 * DAY_MS };
    const range = materializationRange(ROWS, source, { ...view, materializedToMs: 1_000 }, ask, NOW);
    expect(range).toMatchObject({
      run: { fromMs: 92 * DAY_MS - 1, toMs: 93 * DAY_MS, loadedFromMs: 0 },
      materializedToMs: null,
    });
  });
});

it('finds ticks on both sides of 1970', () => {
  expect([ceilTick(7, 5), ceilTick(10, 5), ceilTick(-7, 5)]).toEqual([10, 10, -5]);
  expect([floorTick(7, 5), floorTick(10, 5), floorTick(-7, 5)]).toEqual([5, 10, -10]);
});

describe('the run of a streamed view', () => {
  const STREAMED = { ...DAYS, view: { ...DAYS.view, ttlMs: null, stream: { tileMs: HOUR_MS } } };
  const run = (runId: string, loadedAtMs: number) => ({ runId, loadedAtMs, rows: 1, volume: null });
  const recent = [
    { ...run('first', 100), judged: { fromMs: 0, toMs: 90 } },
    { ...run('second', 300), judged: { fromMs: 90, toMs: 250 } },
    { ...run('third', 600), judged: { fromMs: 250, toMs: 500 } },
    run('of-a-range', 700),
    { ...run('fourth', 800), judged: { fromMs: 500, toMs: 550 } },
  ];
  const head = { ...view, materializedToMs: 800, judgedToMs: 550, recent };
  const seenBefore = (ask: { fromMs: number | null; toMs: number | null }) => {
    const range = materializationRange(STREAMED, source, head, ask, 2_000);
    if (!range.isDue) throw new Error(range.because);
    return openedRun(STREAMED, range, head, { loadedAtMs: 2_000, isFirst: false }, ask).run.seenBefore;
  };

  it('knows which rows earlier runs brought online at instants that it may write again', () => {
    expect(seenBefore(ANY)).toEqual([
      { fromMs: 250, toMs: 500, loadedAtMs: 600 },
      { fromMs: 500, toMs: 550, loadedAtMs: 800 },
    ]);
  });

  it('leaves what the first run saw as history when a range is written again', () => {
    expect(seenBefore({ fromMs: 1, toMs: null })?.map(({ loadedAtMs }) => loadedAtMs)).toEqual([300, 600, 800]);
  });
});
