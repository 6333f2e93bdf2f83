import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../core/clock.ts';
import type { Expectation } from '../../../core/definitions/expectation.ts';
import { blocking, judgeExpectations, type MeasuredRun, median } from '../../../core/quality/judge-expectations.ts';
import { judgedRows } from '../../../core/quality/judged-rows.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const measured: MeasuredRun = {
  sourceRows: 50,
  admittedRows: 40,
  rows: 20,
  counts: [10],
  plannedAtMs: NOW,
  newestEventTimeMs: NOW - 2 * HOUR_MS,
  volume: 20,
  volumesBefore: [10, 30, 20, 25],
};

function verdictOn(expectation: Expectation, change: Partial<MeasuredRun> = {}) {
  return judgeExpectations([expectation], { ...measured, ...change })[0]!.verdict;
}

describe('a rule about rows', () => {
  const rule = { kind: 'row', name: 'paid', condition: 'amount > 0', severity: 'block', maxShare: 0.25 } as const;

  it('judges the rows that are admitted: 10 of 40 may break it where a quarter may', () => {
    expect(verdictOn(rule)).toMatchObject({ outcome: 'pass', evidence: [{ observed: 0.25, limit: 0.25, n: 40 }] });
    expect(verdictOn(rule, { counts: [11] })).toMatchObject({
      outcome: 'fail',
      because: 'share of source rows where amount > 0 is false is 0.275 (11 of 40), at most 0.25 is allowed',
    });
  });

  it('counts a quarantine rule among all rows', () => {
    const quarantine = { ...rule, severity: 'quarantine', maxShare: 0 } as const;
    expect(verdictOn(quarantine)).toMatchObject({ outcome: 'fail', evidence: [{ observed: 0.2, n: 50 }] });
    expect(blocking(judgeExpectations([quarantine], measured))).toEqual([]);
  });

  it('is inconclusive, not passed, over no rows, and blocks nothing', () => {
    const none = { admittedRows: 0, counts: [0] };
    expect(verdictOn(rule, none)).toMatchObject({ outcome: 'inconclusive', evidence: [{ observed: null, n: 0 }] });
    expect(blocking(judgeExpectations([rule], { ...measured, ...none }))).toEqual([]);
  });
});

describe('nulls and repeats', () => {
  it('compares nulls with the rows written', () => {
    const rule = { kind: 'null_share', name: 'n', feature: 'amount', atMost: 0.5, severity: 'warn' } as const;
    expect(verdictOn(rule)).toMatchObject({ outcome: 'pass', evidence: [{ observed: 0.5, n: 20 }] });
    expect(verdictOn(rule, { counts: [11] })).toMatchObject({ outcome: 'fail', evidence: [{ observed: 0.55 }] });
    expect(verdictOn(rule, { rows: 0, counts: [0] })).toMatchObject({ outcome: 'inconclusive' });
  });

  it('allows no repeat at all', () => {
    const rule = { kind: 'unique', name: 'u', columns: ['order_id', 'line'], severity: 'block' } as const;
    expect(verdictOn(rule, { counts: [0] })).toMatchObject({ outcome: 'pass' });
    expect(verdictOn(rule, { counts: [1] })).toMatchObject({
      outcome: 'fail',
      because: 'share of source rows that repeat order_id, line is 0.025 (1 of 40), at most 0 is allowed',
    });
  });
});

describe('freshness', () => {
  const rule = { kind: 'freshness', name: 'f', atMostMs: 2 * HOUR_MS, severity: 'block' } as const;

  it('allows the limit itself and not a millisecond more', () => {
    expect(verdictOn(rule)).toMatchObject({ outcome: 'pass', evidence: [{ observed: 7_200_000, n: 1 }] });
    expect(verdictOn(rule, { newestEventTimeMs: NOW - 2 * HOUR_MS - 1 })).toMatchObject({
      outcome: 'fail',
      because: 'the newest event is of 2026-03-01T09:59:59.999Z, 7200001 ms old; at most 7200000 ms are allowed',
    });
  });

  it('is inconclusive where there is no event, or where one comes from the future', () => {
    expect(verdictOn(rule, { newestEventTimeMs: null })).toMatchObject({ outcome: 'inconclusive' });
    expect(verdictOn(rule, { newestEventTimeMs: NOW + 1 })).toMatchObject({
      outcome: 'inconclusive',
      because: expect.stringContaining('lies in the future'),
    });
  });
});

describe('volume', () => {
  const rule = { kind: 'volume', name: 'v', atLeastShare: 0.5, atMostShare: 2, minRuns: 3, severity: 'block' } as const;

  it('compares with the median, which is the mean of the two in the middle for four runs', () => {
    expect(verdictOn(rule)).toMatchObject({ outcome: 'pass', evidence: [{ observed: 20 / 22.5, n: 4 }, { limit: 2 }] });
    expect(verdictOn(rule, { volume: 11.25 })).toMatchObject({ outcome: 'pass' });
    expect(verdictOn(rule, { volume: 11 })).toMatchObject({
      outcome: 'fail',
      because:
        'the run has 0.489 times the rows of the runs before it (11 against a median of 22.5), at least 0.5 times is allowed',
    });
    expect(verdictOn(rule, { volume: 45 })).toMatchObject({ outcome: 'pass' });
    expect(verdictOn(rule, { volume: 46 })).toMatchObject({ outcome: 'fail' });
  });

  it('fails a run with 1 % of the usual rows (fault 58)', () => {
    expect(verdictOn(rule, { volume: 0.225 })).toMatchObject({ outcome: 'fail', evidence: [{ observed: 0.01 }, {}] });
  });

  it('is inconclusive before enough runs, for a run that does not compare, and after nothing but empty runs', () => {
    expect(verdictOn(rule, { volume: 0, volumesBefore: [10, 30] })).toMatchObject({
      outcome: 'inconclusive',
      because: '2 runs can be compared with, 3 are needed',
    });
    expect(verdictOn(rule, { volume: null })).toMatchObject({ outcome: 'inconclusive' });
    expect(verdictOn(rule, { volumesBefore: [0, 0, 0] })).toMatchObject({ outcome: 'inconclusive' });
  });

  it('knows the median of none, one, and an odd number', () => {
    expect([median([]), median([4]), median([9, 1, 2])]).toEqual([null, 4, 2]);
  });
});

describe('the rows a run judges', () => {
  const run = { fromMs: 5, toMs: 9, loadedFromMs: 3, watermarkMs: 100 };

  it('are those loaded since the run before, whatever their event time', () => {
    expect(judgedRows(run, { judgedToMs: 40, isOfRange: false })).toMatchObject({ loadedFromMs: 40, watermarkMs: 100 });
  });

  it('are those of the range that was asked for, whenever they were loaded', () => {
    expect(judgedRows(run, { judgedToMs: 40, isOfRange: true })).toEqual({ ...run, loadedFromMs: 0 });
  });
});
