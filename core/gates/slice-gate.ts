import type { GateDefinition } from '../definitions/model.ts';
import { influenced, measure, standardErrorOf } from '../metrics/metric.ts';
import { METRIC_FACTS, metricName } from '../metrics/metric-facts.ts';
import { metricInterval } from '../metrics/metric-interval.ts';
import type { Scored } from '../metrics/scored.ts';
import type { Interval } from '../stats/interval.ts';
import { normalQuantile } from '../stats/normal-quantile.ts';
import { type Finding, type FindingState, verdictOf } from './finding.ts';
import type { GateEvidence } from './gate-evidence.ts';
import { type Slice, slicesOf } from './segment-rows.ts';
import type { Evidence, Verdict } from './verdict.ts';

type SliceGate = Extract<GateDefinition, { kind: 'slice' }>;

/** What one limit is about in one slice. */
interface Measured {
  readonly observed: number | null;
  /** With a confidence; null where it cannot be told. */
  readonly interval: (confidence: number) => Interval | null;
}

/** A limit of the gate as it is applied to every slice. */
interface Check {
  readonly name: string;
  readonly limit: number;
  readonly rule: Evidence['rule'];
  readonly measure: (slice: Slice) => Measured;
}

/** Slices that are told of, the worst first; the rest is counted. */
const MAX_TOLD = 50;

/**
 * The metric is right in every slice: the whole interval of each lies on the right side of the limit, so the chance to
 * pass although one slice is beyond it stays below half of what the confidence leaves. It fails when the interval of one
 * lies on the wrong side with the confidence shared by all slices (Bonferroni), and is inconclusive in between. Slices of
 * fewer than `minRows` rows make it inconclusive, or are left out and told of, as the definition says.
 *
 * Sources: Berger (1982), Technometrics 24, 295-300 (all slices have to show it, so none needs a correction); Bonferroni.
 */
export function judgeSlices(gate: SliceGate, { test, segments }: Pick<GateEvidence, 'test' | 'segments'>): Verdict {
  const chosen = segments.filter(({ segment }) => gate.by.length === 0 || gate.by.includes(segment));
  const slices = slicesOf(chosen, gate.pairs);
  const checks = checksOf(gate, test);
  if (slices.length === 0) {
    const evidence = checks.map(
      ({ name, limit, rule }): Evidence => ({ metric: name, observed: null, limit, rule, n: 0 }),
    );
    return { outcome: 'inconclusive', evidence, because: 'no test row belongs to a slice' };
  }
  const judged = slices.filter(({ rows }) => rows.length >= gate.minRows);
  const small = slices.filter(({ rows }) => rows.length < gate.minRows);
  const findings = [
    ...checks.flatMap((check) => judged.map((slice) => judgeSlice(gate, check, slice, judged.length * checks.length))),
    ...small.map((slice) => tooSmall(gate, checks[0]!, slice)),
  ];
  if (judged.length > 0 || gate.onSmall === 'inconclusive') return verdictOf(findings, MAX_TOLD);
  const because = `none of the ${slices.length} slices has ${gate.minRows} test rows`;
  return { outcome: 'inconclusive', evidence: findings.map(({ evidence }) => evidence).slice(0, MAX_TOLD), because };
}

function checksOf(gate: SliceGate, test: Scored): readonly Check[] {
  const { better } = METRIC_FACTS[gate.metric];
  const limit = gate.atLeast ?? gate.atMost;
  const name = metricName(gate);
  return [
    ...(limit === null
      ? []
      : [
          {
            name,
            limit,
            rule: gate.atLeast === null ? 'at-most' : 'at-least',
            measure: ownMetric(gate, test),
          } as const,
        ]),
    ...(gate.maxGap === null
      ? []
      : [
          {
            name: `${name} loss against all rows`,
            limit: gate.maxGap,
            rule: 'at-most',
            measure: gapOf(gate, test, better),
          } as const,
        ]),
  ];
}

function ownMetric(gate: SliceGate, test: Scored): Check['measure'] {
  return ({ rows }) => {
    const scored = rowsOf(test, rows);
    return {
      observed: measure(gate, scored),
      interval: (confidence) => metricInterval(gate, scored, confidence),
    };
  };
}

/** How much worse the slice is than all rows, it among them: by the influences of the rows on both. */
function gapOf(gate: SliceGate, test: Scored, better: 'higher' | 'lower'): Check['measure'] {
  const all = influenced(gate, test);
  return ({ rows }) => {
    const own = influenced(gate, rowsOf(test, rows));
    if (all === null || own === null) return { observed: null, interval: () => null };
    const observed = better === 'higher' ? all.value - own.value : own.value - all.value;
    const influence = all.influence.map((value) => -value);
    rows.forEach((row, i) => {
      influence[row]! += (own.influence[i]! * test.scores.length) / rows.length;
    });
    const standardError = standardErrorOf(influence);
    return {
      observed,
      interval: (confidence) => {
        const reach = normalQuantile((1 + confidence) / 2) * standardError;
        return { low: observed - reach, high: observed + reach };
      },
    };
  };
}

function judgeSlice(gate: SliceGate, check: Check, slice: Slice, family: number): Finding {
  const { limit, rule } = check;
  const { observed, interval } = check.measure(slice);
  const shown = interval(gate.confidence);
  const n = slice.rows.length;
  const base = { metric: `${check.name} where ${slice.name}`, observed, limit, rule, n };
  if (observed === null || shown === null) {
    const needs = 'rows that differ in label and decision';
    const because = `${base.metric} cannot be told from its ${n} test rows`;
    return { state: 'undecided', distance: 0, evidence: { ...base, needs }, because };
  }
  const sure = interval(1 - (1 - gate.confidence) / family) ?? shown;
  const isFloor = rule === 'at-least';
  const isWithin = isFloor ? shown.low >= limit : shown.high <= limit;
  const isBeyond = isFloor ? sure.high < limit : sure.low > limit;
  const state: FindingState = isWithin ? 'within' : isBeyond ? 'beyond' : 'undecided';
  const reach = isFloor ? observed - shown.low : shown.high - observed;
  const room = isFloor ? observed - limit : limit - observed;
  const needed = room > 0 ? Math.ceil(n * (reach / room) ** 2) : null;
  const needs =
    needed === null ? 'no number of rows helps at the present value' : `about ${needed} test rows in the slice`;
  const evidence: Evidence = {
    ...base,
    interval: { ...shown, confidence: gate.confidence },
    ...(state === 'undecided' ? { needs } : {}),
  };
  const sides = `[${shown.low.toPrecision(4)}, ${shown.high.toPrecision(4)}]`;
  const has = `has to be ${isFloor ? 'at least' : 'at most'} ${limit}`;
  const because = `${base.metric} is ${observed.toPrecision(4)} in ${sides} and ${has}${state === 'undecided' ? `; it would take ${needs}` : ''}`;
  return { state, distance: room, evidence, because };
}

function tooSmall(gate: SliceGate, check: Check, slice: Slice): Finding {
  const n = slice.rows.length;
  const isIgnored = gate.onSmall === 'ignore';
  const needs = `${gate.minRows - n} more test rows in the slice`;
  const base = { metric: `${check.name} where ${slice.name}`, observed: null, limit: check.limit, rule: check.rule, n };
  const evidence: Evidence = isIgnored
    ? { ...base, note: `left out: fewer than ${gate.minRows} rows` }
    : { ...base, needs };
  const because = `${slice.name} has ${n} test rows of ${gate.minRows}; it needs ${needs}`;
  return { state: isIgnored ? 'left-out' : 'undecided', distance: 0, evidence, because };
}

function rowsOf({ labels, scores, threshold }: Scored, rows: readonly number[]): Scored {
  return { labels: rows.map((row) => labels[row]!), scores: rows.map((row) => scores[row]!), threshold };
}
