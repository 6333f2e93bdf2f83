import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { HOUR_MS } from '../../../core/clock.ts';
import type { ResolvedView } from '../../../core/definitions/definitions.ts';
import type { Aggregation, Feature } from '../../../core/definitions/feature-view.ts';
import type { ValueType } from '../../../core/definitions/value-type.ts';
import { CorruptDataError } from '../../../core/errors.ts';
import { eventName } from '../../../core/streaming/event-name.ts';
import { packStream, unpackStream } from '../../../core/streaming/pack-stream.ts';
import { readStream } from '../../../core/streaming/read-stream.ts';
import { streamLayout } from '../../../core/streaming/stream-layout.ts';
import {
  applyBase,
  applyRun,
  EMPTY_STATE,
  REMEMBERED_EVENTS,
  SPAN_MS,
  type StreamRow,
  type StreamState,
} from '../../../core/streaming/stream-state.ts';
import { SEED, viewOf } from '../sql/histories.ts';

const of = (name: string, aggregation: Aggregation, input: string | null, type: ValueType, hours: number): Feature => ({
  name,
  type,
  compute: { kind: 'aggregate', aggregation, input, where: null, windowMs: hours * HOUR_MS },
  description: '',
});

const scheduled = viewOf(
  [
    of('orders', 'count', null, 'int64', 3),
    of('spend', 'sum', 'amount', 'float64', 3),
    of('mean_spend', 'mean', 'amount', 'float64', 8),
    of('items', 'sum', 'items', 'int64', 2),
    of('least', 'min', 'amount', 'float64', 5),
    of('greatest', 'max', 'product', 'string', 5),
    of('returned', 'last', 'returned', 'boolean', 8),
    of('paid', 'last', 'paid_at', 'timestamp', 2),
  ],
  HOUR_MS,
  null,
);
const VIEW: ResolvedView = { ...scheduled, view: { ...scheduled.view, stream: { tileMs: HOUR_MS / 4 } } };
const layout = streamLayout(VIEW)!;
const NOW_MS = 1_000 * HOUR_MS;

/** Inputs in the layout's order: rows, amount, items, product, returned, paid_at. */
const row = (loadedAtMs: number): fc.Arbitrary<StreamRow> =>
  fc
    .record({
      ageMs: fc.integer({ min: -1_000, max: 12 * HOUR_MS }),
      seq: fc.nat(9),
      amount: fc.option(fc.double({ min: -1e13, max: 1e13, noNaN: true }).map((value) => value + 0)),
      items: fc.option(fc.maxSafeInteger()),
      product: fc.option(fc.string({ unit: 'grapheme', maxLength: 9 })),
      returned: fc.option(fc.boolean()),
      paid: fc.option(fc.integer()),
    })
    .map(({ ageMs, seq, amount, items, product, returned, paid }) => ({
      times: { eventTimeMs: NOW_MS - ageMs, knownAtMs: loadedAtMs, loadedAtMs, seq },
      inputs: [1, amount, items, product, returned, paid],
      event: null,
    }));

interface Run {
  readonly loadedAtMs: number;
  readonly rows: readonly StreamRow[];
}

const runs: fc.Arbitrary<readonly Run[]> = fc
  .uniqueArray(fc.integer({ min: 0, max: 3 * HOUR_MS }), { minLength: 1, maxLength: 8 })
  .chain((ages) =>
    fc.tuple(
      ...ages.map((ageMs) => {
        const loadedAtMs = NOW_MS - ageMs;
        return fc.array(row(loadedAtMs), { maxLength: 4 }).map((rows): Run => ({ loadedAtMs, rows }));
      }),
    ),
  );

const applied = (all: readonly Run[], from: StreamState = { ...EMPTY_STATE, isComplete: true }) =>
  all.reduce((state, run) => applyRun(layout, state, run, NOW_MS), from);
const readNow = (state: StreamState) => readStream(layout, state, NOW_MS);
const packed = (state: StreamState) => unpackStream(layout, packStream(layout, state));

describe(`tiles (seed ${SEED})`, () => {
  test('are read from their bytes as they were', () => {
    fc.assert(
      fc.property(runs, (all) => {
        const state = applied(all);
        expect(packed(state)).toEqual(state);
      }),
      { seed: SEED },
    );
  });

  test('do not depend on the order of runs, nor on how often one comes', () => {
    const shuffled = runs.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })),
    );
    fc.assert(
      fc.property(shuffled, ([all, again]) => {
        expect(applied(again)).toEqual(applied([...all].sort((a, b) => a.loadedAtMs - b.loadedAtMs)));
      }),
      { seed: SEED },
    );
  });

  test('say the same on top of a base as without one, whenever the base comes', () => {
    fc.assert(
      fc.property(runs, fc.nat(12), fc.nat(8), (all, spans, position) => {
        const toMs = NOW_MS - spans * SPAN_MS;
        const below = all.filter(({ loadedAtMs }) => loadedAtMs <= toMs);
        const under = applied(below);
        const cells = under.spans.flatMap((span) => span.cells);
        const base = { toMs, newestMs: under.newestMs, cells, runs: [], events: [] };
        const [first, then] = [all.slice(0, position), all.slice(position)];
        const rebased = applied(then, applyBase(layout, applied(first, EMPTY_STATE), base, NOW_MS));
        expect(readNow(packed(rebased))).toEqual(readNow(applied(all)));
        expect(rebased.applied.every((loadedAtMs) => loadedAtMs > toMs)).toBe(true);
      }),
      { seed: SEED },
    );
  });

  it('are not served before a base or the first materialization says that they are complete', () => {
    const event = {
      times: { eventTimeMs: NOW_MS, knownAtMs: NOW_MS, loadedAtMs: NOW_MS, seq: 1 },
      inputs: [1],
      event: null,
    };
    const run = { loadedAtMs: NOW_MS, rows: [event] };
    expect(readNow(applied([run], EMPTY_STATE))).toBeNull();
    expect(readNow(applied([run]))?.values[0]).toBe(1);
    expect(readNow({ ...EMPTY_STATE, isComplete: true })).toBeNull();
  });

  it('count an event once among the last 256 of an entity', () => {
    const run = (at: number, id: string): Run => {
      const loadedAtMs = NOW_MS - HOUR_MS + at;
      const times = { eventTimeMs: loadedAtMs, knownAtMs: loadedAtMs, loadedAtMs, seq: 1 };
      return { loadedAtMs, rows: [{ times, inputs: [1, null, null, null, null, null], event: eventName(id) }] };
    };
    const all = Array.from({ length: REMEMBERED_EVENTS }, (_, i) => run(i, `e${i}`));
    const twice = applied([...all, run(1_000, 'e0')]);
    expect(readNow(twice)?.values[0]).toBe(REMEMBERED_EVENTS);
    expect(twice.events).toHaveLength(REMEMBERED_EVENTS);
    expect(readNow(applied([run(2_000, 'new'), run(2_001, 'e0')], twice))?.values[0]).toBe(REMEMBERED_EVENTS + 2);
  });

  it('cannot be read when bytes are missing, left over or of another format', () => {
    const bytes = packStream(layout, applied([]));
    expect(() => unpackStream(layout, bytes.slice(0, -1))).toThrow(CorruptDataError);
    expect(() => unpackStream(layout, new Uint8Array([...bytes, 0]))).toThrow('1 bytes are left over');
    expect(() => unpackStream(layout, new Uint8Array([1, 0]))).toThrow('format 1, known is 2');
  });
});
