import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../core/clock.ts';
import type { Source } from '../../../core/definitions/source.ts';
import { CLOCK_TOLERANCE_MS, checkRow, knownAtOf } from '../../../core/ingestion/check-row.ts';

const NOW = Date.UTC(2026, 2, 1);

const source: Source = {
  kind: 'source',
  name: 's',
  columns: [
    { name: 'id', from: 'id', type: 'string', required: true },
    { name: 'at', from: 'at', type: 'timestamp', required: true },
    { name: 'known', from: 'known', type: 'timestamp', required: false },
    { name: 'due', from: 'due', type: 'timestamp', required: false },
  ],
  eventTime: { column: 'at' },
  knownAtColumn: 'known',
  lagMs: HOUR_MS,
  eventIdColumn: null,
  csv: { delimiter: ',', skipLines: 0, header: true, nulls: [] },
  description: '',
  owner: '',
};

describe('a row is checked against its source', () => {
  it('gives its values, event time and what the source says of when it was known', () => {
    expect(checkRow(source, ['a', '2026-02-01', '2026-02-02', null], NOW, [])).toEqual({
      isGood: true,
      values: ['a', Date.UTC(2026, 1, 1), Date.UTC(2026, 1, 2), null],
      eventTimeMs: Date.UTC(2026, 1, 1),
      knownAtMs: Date.UTC(2026, 1, 2),
    });
  });

  it.each([
    ['a required value is missing', [null, NOW, null, null], 'id: required, but missing'],
    ['the event time is missing', ['a', null, null, null], 'at: required, but missing'],
    ['a value does not fit', ['a', NOW, 'x', null], 'known: not an ISO 8601 instant or epoch milliseconds'],
    ['it happened in the future', ['a', NOW + CLOCK_TOLERANCE_MS + 1, null, null], 'at: event time in the future'],
    ['it was known in the future', ['a', NOW, NOW + CLOCK_TOLERANCE_MS + 1, null], 'known: known in the future'],
  ])('is refused when %s', (_why, cells, reason) => {
    expect(checkRow(source, cells, NOW, [])).toEqual({ isGood: false, reason });
  });

  it('may be ahead of our clock by the tolerance, and other instants by any time', () => {
    const ahead = NOW + CLOCK_TOLERANCE_MS;
    expect(checkRow(source, ['a', ahead, ahead, NOW + 1e12], NOW, [])).toMatchObject({ isGood: true });
  });

  it('of a static table has the one event time of the table, even in the future', () => {
    const fixed: Source = { ...source, eventTime: { fixedMs: NOW + 1e9 }, knownAtColumn: null };
    expect(checkRow(fixed, ['a', NOW, null, null], NOW, [])).toMatchObject({ eventTimeMs: NOW + 1e9, knownAtMs: null });
  });
});

describe('a row must fit into the online store', () => {
  const texts: Source = { ...source, columns: source.columns.map((one) => ({ ...one, type: 'string' as const })) };
  const plain = { ...texts, eventTime: { fixedMs: 0 }, knownAtColumn: null };

  it('with its join keys, counted together and as JSON', () => {
    const check = (id: string, at = 'b') => checkRow(plain, [id, at, null, null], NOW, [[0], [0, 1]]);
    expect(check('x'.repeat(1_990))).toMatchObject({ isGood: true });
    const reason = 'more than 2000 bytes, which is too long for a join key';
    expect(check('x'.repeat(1_999))).toEqual({ isGood: false, reason: `id: ${reason}` });
    expect(check('\u0001'.repeat(400))).toEqual({ isGood: false, reason: `id: ${reason}` });
    expect(check('x'.repeat(1_000), 'y'.repeat(1_000))).toEqual({ isGood: false, reason: `id and at: ${reason}` });
  });

  it('with all of its text', () => {
    const check = (text: string) => checkRow(plain, ['a', text, text, text], NOW, [[0]]);
    expect(check('x'.repeat(60_000))).toMatchObject({ isGood: true });
    const wide = { ...plain, columns: [...plain.columns, ...plain.columns] };
    const row = Array(8).fill('ü'.repeat(20_000));
    expect(checkRow(wide, row, NOW, [])).toEqual({ isGood: false, reason: 'row: more than 256 KiB of text' });
  });
});

describe('a row is known', () => {
  const load = { isHistory: true, loadedAtMs: NOW };

  it('when its source says', () => {
    expect(knownAtOf({ eventTimeMs: 1, knownAtMs: 5 }, source, load)).toBe(5);
  });

  it('at its event time plus the lag in loaded history', () => {
    expect(knownAtOf({ eventTimeMs: 1, knownAtMs: null }, source, load)).toBe(1 + HOUR_MS);
  });

  it('from its load on otherwise', () => {
    expect(knownAtOf({ eventTimeMs: 1, knownAtMs: null }, source, { ...load, isHistory: false })).toBe(NOW);
  });
});
