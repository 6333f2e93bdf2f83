import type { GateDefinition } from '../definitions/model.ts';
import { type ContributionSample, contributionShares } from '../explain/contribution-sample.ts';
import { shareChange } from '../explain/share-change.ts';
import { normalQuantile } from '../stats/normal-quantile.ts';
import { type Finding, verdictOf } from './finding.ts';
import type { Evidence, Verdict } from './verdict.ts';

type AttributionGate = Extract<GateDefinition, { kind: 'attribution' }>;

/** What the inputs contribute to the scores of a sample of the test rows. */
export type AttributionEvidence =
  | { readonly kind: 'measured'; readonly sample: ContributionSample; readonly champion: ChampionAttribution }
  | { readonly kind: 'unmeasured'; readonly because: string };

export type ChampionAttribution =
  | { readonly kind: 'none' }
  /** The same rows in the same order, as the champion sees them. */
  | { readonly kind: 'measured'; readonly releaseId: string; readonly sample: ContributionSample }
  | { readonly kind: 'incomparable'; readonly releaseId: string; readonly because: string };

/** Below this the intervals, which are asymptotic, mean little. */
const MIN_ROWS = 100;

/**
 * No input has more than `maxShare` of what all inputs contribute, and the shares are no further than `maxChange` from
 * the champion's on the same rows. The whole interval has to lie on the right side; across the limit is inconclusive,
 * with the number of rows that would settle it.
 */
export function judgeAttribution(
  gate: AttributionGate,
  { attribution }: { readonly attribution: AttributionEvidence },
): Verdict {
  if (attribution.kind === 'unmeasured') return unmeasured(gate, attribution.because, 0);
  const { sample, champion } = attribution;
  if (sample.rows < MIN_ROWS) {
    const needs = `at least ${MIN_ROWS} are needed, ${MIN_ROWS - sample.rows} more`;
    return unmeasured(gate, `contributions rest on ${sample.rows} test rows; ${needs}`, sample.rows);
  }
  const findings = [
    ...(gate.maxShare === null ? [] : [largestShare(sample, gate.maxShare, gate.confidence)]),
    ...(gate.maxChange === null ? [] : [change(sample, champion, gate.maxChange, gate.confidence)]),
  ];
  return verdictOf(findings, findings.length);
}

function unmeasured({ maxShare, maxChange }: AttributionGate, because: string, n: number): Verdict {
  const limits = { 'largest share': maxShare, 'change of shares': maxChange };
  const evidence = Object.entries(limits).flatMap(([metric, limit]): Evidence[] =>
    limit === null ? [] : [{ metric, observed: null, limit, rule: 'at-most', n }],
  );
  return { outcome: 'inconclusive', evidence, because };
}

/** Intervals of all inputs hold together (Bonferroni), so that the largest one may be picked afterwards. */
function largestShare(sample: ContributionSample, limit: number, confidence: number): Finding {
  const { inputs, rows } = sample;
  const { shares, influence } = contributionShares(sample);
  const z = normalQuantile(1 - (1 - confidence) / (2 * inputs.length));
  let worst = 0;
  let worstReach = 0;
  let highest = Number.NEGATIVE_INFINITY;
  let total = 0;
  for (let column = 0; column < inputs.length; column++) {
    const reach = z * standardError(influence, rows, inputs.length, column);
    total += shares[column]!;
    if (shares[column]! + reach <= highest) continue;
    [worst, worstReach, highest] = [column, reach, shares[column]! + reach];
  }
  const metric = `largest share, ${inputs[worst]}`;
  if (total === 0) {
    const evidence: Evidence = { metric, observed: null, limit, rule: 'at-most', n: rows };
    return { evidence, distance: 0, state: 'undecided', because: 'no input contributes anything to any score' };
  }
  return held({ metric, observed: shares[worst]!, limit, n: rows }, worstReach, 0, confidence);
}

function change(sample: ContributionSample, champion: ChampionAttribution, limit: number, confidence: number): Finding {
  const metric = 'change of shares against champion';
  if (champion.kind === 'none') {
    const note = 'no champion to compare with';
    const evidence: Evidence = { metric, observed: 0, limit, rule: 'at-most', n: 0, note };
    return { evidence, distance: limit, state: 'within', because: '' };
  }
  if (champion.kind === 'incomparable') {
    const evidence: Evidence = { metric, observed: null, limit, rule: 'at-most', n: 0 };
    return { evidence, distance: 0, state: 'undecided', because: champion.because };
  }
  const { distance, standardError: error, bias, moved } = shareChange(sample, champion.sample);
  const reach = normalQuantile((1 + confidence) / 2) * error;
  return held({ metric, observed: distance, limit, n: sample.rows, note: moved }, reach, bias, confidence);
}

interface Measured {
  readonly metric: string;
  readonly observed: number;
  readonly limit: number;
  readonly n: number;
  /** What to tell a reader besides the interval. */
  readonly note?: string;
}

/** @param bias by how much the value is too high at most: only failing has to allow for it */
function held(measured: Measured, reach: number, bias: number, confidence: number): Finding {
  const { metric, observed, limit, n, note } = measured;
  const low = Math.max(0, observed - reach - bias);
  const high = Math.min(1, observed + reach);
  const distance = limit - observed;
  const evidence: Evidence = { ...measured, rule: 'at-most', interval: { low, high, confidence } };
  if (high <= limit) return { evidence, distance, state: 'within', because: '' };
  const told = note === undefined ? '' : ` (${note})`;
  const value = `${metric} is ${observed.toPrecision(4)}${told}, ${confidence * 100} % interval [${low.toPrecision(4)}, ${high.toPrecision(4)}]`;
  if (low > limit) return { evidence, distance, state: 'beyond', because: `${value}; at most ${limit} is allowed` };
  const rows = distance > 0 ? Math.ceil(n * (reach / distance) ** 2) : null;
  const needs = rows === null ? 'no number of rows helps at this value' : `about ${rows} test rows would settle it`;
  return {
    evidence: { ...evidence, needs },
    distance,
    state: 'undecided',
    because: `${value} reaches past ${limit}; ${needs}`,
  };
}

/** Of the mean of a column whose mean is 0. */
function standardError(values: Float64Array, rows: number, columns: number, column: number): number {
  let squares = 0;
  for (let i = column; i < values.length; i += columns) squares += values[i]! ** 2;
  return Math.sqrt(squares / (rows - 1) / rows);
}
