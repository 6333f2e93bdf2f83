import type { Expectation } from '../definitions/expectation.ts';
import type { Evidence, Verdict } from '../gates/verdict.ts';

/** What one run measured, in the words of `measureSql`. */
export interface MeasuredRun {
  /** Source rows that were judged. */
  readonly sourceRows: number;
  /** Those of them that break no quarantine rule. */
  readonly admittedRows: number;
  /** Rows written. */
  readonly rows: number;
  /** By the place of an expectation in the view's list: rows that break it; absent where nothing is counted. */
  readonly counts: readonly (number | null)[];
  /** When the run was planned. */
  readonly plannedAtMs: number;
  /** Event time of the source's newest row then; null when it had none. */
  readonly newestEventTimeMs: number | null;
  /** Rows, or rows per tick; null for a run that does not compare with others. */
  readonly volume: number | null;
  /** The same of the runs before that compare. */
  readonly volumesBefore: readonly number[];
}

export interface ExpectationVerdict {
  readonly name: string;
  readonly kind: Expectation['kind'];
  readonly severity: Expectation['severity'];
  readonly verdict: Verdict;
}

/** Each expectation of a view against what a run measured, in order. Without rows a rule is inconclusive, never passed. */
export function judgeExpectations(
  expectations: readonly Expectation[],
  measured: MeasuredRun,
): readonly ExpectationVerdict[] {
  return expectations.map((expectation, i) => ({
    name: expectation.name,
    kind: expectation.kind,
    severity: expectation.severity,
    verdict: judge(expectation, measured, measured.counts[i] ?? 0),
  }));
}

/** The failed ones that refuse the run. */
export function blocking(verdicts: readonly ExpectationVerdict[]): readonly ExpectationVerdict[] {
  return verdicts.filter(({ severity, verdict }) => severity === 'block' && verdict.outcome === 'fail');
}

function judge(expectation: Expectation, measured: MeasuredRun, count: number): Verdict {
  switch (expectation.kind) {
    case 'row': {
      const n = expectation.severity === 'quarantine' ? measured.sourceRows : measured.admittedRows;
      return shareVerdict(
        `share of source rows where ${expectation.condition} is false`,
        count,
        n,
        expectation.maxShare,
      );
    }
    case 'null_share':
      return shareVerdict(`share of rows without ${expectation.feature}`, count, measured.rows, expectation.atMost);
    case 'unique': {
      const what = `share of source rows that repeat ${expectation.columns.join(', ')}`;
      return shareVerdict(what, count, measured.admittedRows, 0);
    }
    case 'freshness':
      return freshnessVerdict(expectation.atMostMs, measured);
    case 'volume':
      return volumeVerdict(expectation, measured);
  }
}

function shareVerdict(metric: string, count: number, n: number, limit: number): Verdict {
  const observed = n === 0 ? null : count / n;
  const evidence: Evidence[] = [{ metric, observed, limit, rule: 'at-most', n, note: `${count} of ${n} rows` }];
  if (observed === null) return { outcome: 'inconclusive', evidence, because: 'there are no rows to judge' };
  if (observed <= limit) return { outcome: 'pass', evidence };
  return {
    outcome: 'fail',
    evidence,
    because: `${metric} is ${share(observed)} (${count} of ${n}), at most ${limit} is allowed`,
  };
}

function freshnessVerdict(atMostMs: number, { plannedAtMs, newestEventTimeMs }: MeasuredRun): Verdict {
  const metric = 'age of the newest event, ms';
  const observed = newestEventTimeMs === null ? null : plannedAtMs - newestEventTimeMs;
  const evidence: Evidence[] = [{ metric, observed, limit: atMostMs, rule: 'at-most', n: observed === null ? 0 : 1 }];
  if (newestEventTimeMs === null || observed === null) {
    return { outcome: 'inconclusive', evidence, because: 'the source has no event yet' };
  }
  const newest = new Date(newestEventTimeMs).toISOString();
  if (observed < 0) {
    return { outcome: 'inconclusive', evidence, because: `the newest event, of ${newest}, lies in the future` };
  }
  if (observed <= atMostMs) return { outcome: 'pass', evidence };
  const because = `the newest event is of ${newest}, ${observed} ms old; at most ${atMostMs} ms are allowed`;
  return { outcome: 'fail', evidence, because };
}

function volumeVerdict(
  { atLeastShare, atMostShare, minRuns }: Expectation & { kind: 'volume' },
  { volume, volumesBefore }: MeasuredRun,
): Verdict {
  const n = volumesBefore.length;
  const middle = median(volumesBefore);
  const observed = volume === null || middle === null || middle === 0 || n < minRuns ? null : volume / middle;
  const metric = 'rows against the median of the runs before';
  const note = `${volume ?? 'not comparable'} against a median of ${middle ?? 'no run'}`;
  const evidence: Evidence[] = [
    { metric, observed, limit: atLeastShare, rule: 'at-least', n, note },
    { metric, observed, limit: atMostShare, rule: 'at-most', n, note },
  ];
  if (observed === null) return { outcome: 'inconclusive', evidence, because: whyNoVolume(volume, n, minRuns) };
  if (observed >= atLeastShare && observed <= atMostShare) return { outcome: 'pass', evidence };
  const allowed = observed < atLeastShare ? `at least ${atLeastShare}` : `at most ${atMostShare}`;
  return {
    outcome: 'fail',
    evidence,
    because: `the run has ${share(observed)} times the rows of the runs before it (${note}), ${allowed} times is allowed`,
  };
}

function whyNoVolume(volume: number | null, n: number, minRuns: number): string {
  if (volume === null) return 'a first run, or one over a range that was asked for, does not compare with others';
  if (n < minRuns) return `${n} runs can be compared with, ${minRuns} are needed`;
  return 'the median of the runs before is 0 rows';
}

/** Mean of the two in the middle for an even number; null for none. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

/** Three significant digits, so that a small share does not read as 0. */
function share(value: number): string {
  return String(Number(value.toPrecision(3)));
}
