import type { GateDefinition, MetricChoice } from '../definitions/model.ts';
import { groupRates, type RateKind } from '../gates/group-rates.ts';
import { type SegmentRows, slicesOf } from '../gates/segment-rows.ts';
import type { Scored } from '../metrics/scored.ts';
import { proportionInterval } from '../stats/proportion-interval.ts';
import { type Estimate, measuredEstimates } from './estimate.ts';

/** The metrics of the answers of one slice. */
export interface SliceFindings {
  readonly segment: string;
  readonly n: number;
  readonly metrics: readonly Estimate[];
}

/** How decisions treat the groups of one attribute. */
export interface FairnessFindings {
  readonly attribute: string;
  readonly criterion: string;
  readonly groups: readonly GroupFindings[];
  /** Largest rate less the smallest, of groups of the gate's least size; null with fewer than two of them. */
  readonly difference: number | null;
}

export interface GroupFindings {
  readonly group: string;
  readonly n: number;
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

type FairnessGate = Extract<GateDefinition, { kind: 'fairness' }>;

const CONFIDENCE = 0.95;
/** Smaller ones are not told of, nor are more. */
const MIN_ROWS = 30;
const MAX_TOLD = 50;

/** Slices of the segments with at least thirty answers, the largest first. */
export function sliceFindings(
  metrics: readonly MetricChoice[],
  scored: Scored,
  segments: readonly SegmentRows[],
): readonly SliceFindings[] {
  return [...slicesOf(segments, false)]
    .filter(({ rows }) => rows.length >= MIN_ROWS)
    .sort((a, b) => b.rows.length - a.rows.length)
    .slice(0, MAX_TOLD)
    .map(({ name, rows }) => ({
      segment: name,
      n: rows.length,
      metrics: measuredEstimates(metrics, {
        labels: rows.map((row) => scored.labels[row]!),
        scores: rows.map((row) => scored.scores[row]!),
        threshold: scored.threshold,
      }),
    }));
}

const CRITERIA: Readonly<Record<FairnessGate['criterion'], readonly RateKind[]>> = {
  demographic_parity: ['selection rate'],
  equal_opportunity: ['true positive rate'],
  equalized_odds: ['true positive rate', 'false positive rate'],
};

/**
 * The rates that the model's fairness gates are about, in production: one finding for each attribute and rate, each
 * group's rate in its Wilson interval of 95 %. An attribute that the log tells nothing of has no groups.
 */
export function fairnessFindings(
  gates: readonly GateDefinition[],
  scored: Scored,
  segments: readonly SegmentRows[],
): readonly FairnessFindings[] {
  const found = new Map<string, FairnessFindings>();
  for (const gate of gates) {
    if (gate.kind !== 'fairness') continue;
    const segment = segments.find((one) => one.segment === gate.attribute);
    for (const kind of CRITERIA[gate.criterion]) {
      const criterion = `${gate.criterion}: ${kind}`;
      const key = `${gate.attribute} ${criterion}`;
      if (!found.has(key))
        found.set(key, { attribute: gate.attribute, criterion, ...ratesOf(gate, scored, segment, kind) });
    }
  }
  return [...found.values()];
}

function ratesOf(
  { minGroupSize }: FairnessGate,
  scored: Scored,
  segment: SegmentRows | undefined,
  kind: RateKind,
): Pick<FairnessFindings, 'groups' | 'difference'> {
  if (segment === undefined || scored.threshold === null) return { groups: [], difference: null };
  const groups = groupRates(scored, segment, [kind]).flatMap(({ name, rates: [rate] }) => {
    if (rate === undefined || rate.n === 0) return [];
    const { hits, n } = rate;
    return [{ group: name, n, rate: hits / n, ...proportionInterval(hits, n, CONFIDENCE) }];
  });
  const told = groups.sort((a, b) => b.n - a.n).slice(0, MAX_TOLD);
  const sure = told.filter(({ n }) => n >= minGroupSize).map(({ rate }) => rate);
  return { groups: told, difference: sure.length < 2 ? null : Math.max(...sure) - Math.min(...sure) };
}
