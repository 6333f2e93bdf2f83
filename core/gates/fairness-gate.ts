import type { FairnessCriterion, GateDefinition } from '../definitions/model.ts';
import type { Interval } from '../stats/interval.ts';
import { type Rate, rateDifference, rateRatio } from '../stats/rate-comparison.ts';
import type { GateEvidence } from './gate-evidence.ts';
import { type Group, groupRates, type RateKind } from './group-rates.ts';
import type { Evidence, Verdict } from './verdict.ts';

type FairnessGate = Extract<GateDefinition, { kind: 'fairness' }>;

const KINDS: Readonly<Record<FairnessCriterion, readonly RateKind[]>> = {
  demographic_parity: ['selection rate'],
  equal_opportunity: ['true positive rate'],
  equalized_odds: ['true positive rate', 'false positive rate'],
};

const MAX_GROUPS_TOLD = 12;

/**
 * Decisions treat the groups of an attribute alike: the largest rate less the smallest, or the smallest over the
 * largest, the worse of both rates for equalized odds. Passes when the whole interval of that lies on the right side of
 * the limit, fails when it lies on the wrong one. A group whose rates rest on fewer than `minGroupSize` rows makes it
 * inconclusive, or is left out and told of. A ratio of rates that are all 0 is undefined, hence inconclusive.
 *
 * The interval: its outer end is the worst outer end of all pairs of groups, which the true worst pair's covers; its inner
 * end the worst inner end with the confidence shared by all ordered pairs (Bonferroni), which hold together.
 * Sources: fairlearn's metrics, method `between_groups`; pairs as in `rateDifference` and `rateRatio`.
 * Checked by: test/reference/fairness.json (fairlearn); coverage by test/reference/interval-coverage.test.ts.
 */
export function judgeFairness(
  gate: FairnessGate,
  { test, segments }: Pick<GateEvidence, 'test' | 'segments'>,
): Verdict {
  const isDifference = gate.measure === 'difference';
  const rule = isDifference ? 'at-most' : 'at-least';
  const metric = `${gate.criterion} ${gate.measure} by ${gate.attribute}`;
  const nothing: Evidence = { metric, observed: null, limit: gate.limit, rule, n: 0 };
  const undecided = (because: string, evidence: Evidence = nothing): Verdict => ({
    outcome: 'inconclusive',
    evidence: [evidence],
    because,
  });
  const segment = segments.find((one) => one.segment === gate.attribute);
  if (segment === undefined) return undecided(`the test rows carry no ${gate.attribute}`);
  if (test.threshold === null) return undecided('the model has no decision threshold, so nothing is decided');

  const kinds = KINDS[gate.criterion];
  const groups = groupRates(test, segment, kinds);
  const small = groups.filter((group) => sizeOf(group) < gate.minGroupSize);
  const judged = groups.filter((group) => sizeOf(group) >= gate.minGroupSize);
  const note = noteOf(judged, small, kinds);
  const sizes = `${gate.minGroupSize} are needed`;
  const needs = listed(
    small,
    (group) => `${group.name} ${gate.minGroupSize - sizeOf(group)} more ${rowsText(group, kinds)}`,
  );
  const smallText = listed(
    small,
    (group) => `${group.name} has ${sizeOf(group)} ${rowsText(group, kinds)}, ${sizes}`,
    '; ',
  );
  const n = judged.reduce((sum, { rows }) => sum + rows, 0);
  if (judged.length < 2) {
    const because = `fewer than two groups are large enough${small.length === 0 ? '' : `: ${smallText}`}`;
    return undecided(because, { ...nothing, n, note, ...(needs === '' ? {} : { needs }) });
  }
  const rates = kinds.map((_, k) => judged.map((group) => group.rates[k]!));
  const observed = isDifference ? worstDifference(rates) : worstRatio(rates);
  if (observed === null) {
    return undecided('in no group is there such a decision, so their ratio is undefined', { ...nothing, n, note });
  }
  const interval = isDifference ? differenceInterval(rates, gate.confidence) : ratioInterval(rates, gate.confidence);
  const evidence: Evidence = { ...nothing, observed, n, note, interval: { ...interval, confidence: gate.confidence } };
  const limits = `${observed.toPrecision(4)} in [${interval.low.toPrecision(4)}, ${interval.high.toPrecision(4)}] and has to be ${isDifference ? 'at most' : 'at least'} ${gate.limit}`;
  const because = `${metric} is ${limits} (${note})`;
  if (isDifference ? interval.low > gate.limit : interval.high < gate.limit) {
    return { outcome: 'fail', evidence: [evidence], because };
  }
  if (small.length > 0 && gate.onSmall === 'inconclusive') return undecided(smallText, { ...evidence, needs });
  if (isDifference ? interval.high <= gate.limit : interval.low >= gate.limit) {
    return { outcome: 'pass', evidence: [evidence] };
  }
  const [reach, room] = isDifference
    ? [interval.high - observed, gate.limit - observed]
    : [observed - interval.low, observed - gate.limit];
  const more =
    room > 0 ? `about ${Math.ceil(n * (reach / room) ** 2)} test rows` : 'no number of rows helps at the present value';
  return undecided(`${because}; it would take ${more}`, { ...evidence, needs: more });
}

/** Rows that the rate of the group that rests on the fewest rests on. */
function sizeOf({ rates }: Group): number {
  return Math.min(...rates.map(({ n }) => n));
}

function rowsText(group: Group, kinds: readonly RateKind[]): string {
  const scarcest = kinds[group.rates.findIndex(({ n }) => n === sizeOf(group))];
  if (scarcest === 'selection rate') return 'test rows';
  return scarcest === 'true positive rate' ? 'test rows with a positive label' : 'test rows with a negative label';
}

function noteOf(judged: readonly Group[], small: readonly Group[], kinds: readonly RateKind[]): string {
  const text = ({ name, rates }: Group) =>
    `${name} ${rates.map(({ hits, n }) => (n === 0 ? 'of 0' : `${(hits / n).toPrecision(4)} of ${n}`)).join(' and ')}`;
  const leftOut = small.length === 0 ? '' : `; too small: ${listed(small, text)}`;
  return `${kinds.join(' and ')}: ${judged.length === 0 ? 'none' : listed(judged, text)}${leftOut}`;
}

/** An attribute may have as many values as rows, and what is told of it is kept in the registry. */
function listed(groups: readonly Group[], text: (group: Group) => string, between = ', '): string {
  const told = groups.slice(0, MAX_GROUPS_TOLD).map(text).join(between);
  return groups.length > MAX_GROUPS_TOLD ? `${told} and ${groups.length - MAX_GROUPS_TOLD} more` : told;
}

type RatesByKind = readonly (readonly Rate[])[];

function worstDifference(rates: RatesByKind): number {
  return Math.max(...rates.map((of) => largest(of) - smallest(of)));
}

function worstRatio(rates: RatesByKind): number | null {
  if (rates.some((of) => largest(of) === 0)) return null;
  return Math.min(...rates.map((of) => smallest(of) / largest(of)));
}

function differenceInterval(rates: RatesByKind, confidence: number): Interval {
  const pairs = rates.flatMap(orderedPairs);
  const shared = 1 - (1 - confidence) / pairs.length;
  return {
    low: Math.max(0, ...pairs.map(([a, b]) => rateDifference(a, b, shared).low)),
    high: Math.min(1, Math.max(...pairs.map(([a, b]) => rateDifference(a, b, confidence).high))),
  };
}

function ratioInterval(rates: RatesByKind, confidence: number): Interval {
  const pairs = rates.flatMap(orderedPairs);
  const shared = 1 - (1 - confidence) / pairs.length;
  return {
    low: Math.min(...pairs.map(([a, b]) => rateRatio(a, b, confidence).low)),
    high: Math.min(1, ...pairs.map(([a, b]) => rateRatio(a, b, shared).high)),
  };
}

function orderedPairs(rates: readonly Rate[]): readonly (readonly [Rate, Rate])[] {
  return rates.flatMap((a, i) => rates.flatMap((b, j): [Rate, Rate][] => (i === j ? [] : [[a, b]])));
}

function largest(rates: readonly Rate[]): number {
  return Math.max(...rates.map(({ hits, n }) => hits / n));
}

function smallest(rates: readonly Rate[]): number {
  return Math.min(...rates.map(({ hits, n }) => hits / n));
}
