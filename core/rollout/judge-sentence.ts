import type { Check } from './judgement.ts';
import type { CanaryCounts } from './observations.ts';

/** How a metric is spoken of: its name, the unit of its values and of what is held against the limit. */
interface Wording {
  readonly name: string;
  readonly value: (value: number) => string;
  readonly observed: (value: number) => string;
  readonly by: string;
}

const WORDINGS: Readonly<Record<Check['metric'], Wording>> = {
  'sample-ratio': { name: 'split of the entities', value: percent, observed: points, by: 'entities' },
  errors: { name: 'errors', value: percent, observed: points, by: 'requests' },
  'error-limit': { name: 'errors', value: percent, observed: percent, by: 'requests' },
  latency: { name: 'latency', value: milliseconds, observed: times, by: 'requests' },
  predictions: { name: 'distribution of predictions', value: decimal, observed: decimal, by: 'entities' },
  missing: { name: 'missing inputs', value: percent, observed: points, by: 'entities' },
  outcome: { name: 'outcome', value: decimal, observed: decimal, by: 'entities' },
  'decision-flips': { name: 'other decisions', value: percent, observed: percent, by: 'pairs' },
  'score-difference': { name: 'difference of scores', value: decimal, observed: decimal, by: 'pairs' },
};

/** Why it goes back: each check with what it saw, the least that is certain, and the limit. */
export function beyondSentence(beyond: readonly Check[]): string {
  return beyond.map(beyondPart).join('; ');
}

function beyondPart(check: Check): string {
  const { name, observed, by } = WORDINGS[check.metric];
  if (check.metric === 'sample-ratio') {
    const all = check.n.baseline + check.n.candidate;
    return `the ${name} is not the declared one: ${percent(check.candidate ?? 0)} of ${whole(all)} met the candidate where ${percent(check.baseline ?? 0)} were to`;
  }
  const least = check.interval === null ? '' : `, at least ${observed(check.interval.low)}`;
  return `${name} beyond the limit: ${seen(check)}${least} where ${observed(check.limit)} is the most allowed (${counted(check, by)})`;
}

/** What is not known of checks that have nothing to go by. */
export function missingSentence(missing: readonly Check[]): string {
  return `nothing to judge by yet: ${missing.map(missingPart).join('; ')}`;
}

function missingPart({ metric, n, baseline, candidate }: Check): string {
  const { name } = WORDINGS[metric];
  if (metric === 'decision-flips' || metric === 'score-difference') return `${name}: no pairs`;
  const hasBaseline = baseline !== null || n.baseline > 0;
  const hasCandidate = candidate !== null || n.candidate > 0;
  if (hasBaseline && !hasCandidate) return `${name}: the baseline alone has observations, the candidate has none`;
  if (hasCandidate && !hasBaseline) return `${name}: the candidate alone has observations, the baseline has none`;
  return hasBaseline ? `${name}: there are no cuts to count scores by` : `${name}: neither arm has observations`;
}

/** What is still open, and what it takes. */
export function undecidedSentence(undecided: readonly Check[]): string {
  return `not shown to be within the limits yet: ${undecided.map(undecidedPart).join('; ')}`;
}

function undecidedPart(check: Check): string {
  const { observed, name, by } = WORDINGS[check.metric];
  if (check.observed === null) return missingPart(check);
  const most = check.interval === null || check.interval.high === Number.MAX_VALUE ? null : check.interval.high;
  const bound = most === null ? '' : `, at most ${observed(most)}`;
  const needs = check.needs === null ? '' : `; about ${whole(check.needs)} more ${by} on the candidate would settle it`;
  return `${name} ${seen(check)}${bound} where ${observed(check.limit)} is allowed (${counted(check, by)}${needs})`;
}

/** Why it proceeds: the most that each check may be. */
export function withinSentence(within: readonly Check[]): string {
  const part = (check: Check) => {
    const { name, observed } = WORDINGS[check.metric];
    const most = check.interval === null ? '' : ` at most ${observed(check.interval.high)}`;
    return `${name}${most} of ${observed(check.limit)} allowed`;
  };
  return `every required check is within its limit: ${within.map(part).join(', ')}`;
}

/** What a watch has come to: what each release was seen to do, and how many entities met it. */
export function watchedSentence(checks: readonly Check[], { baseline, candidate }: CanaryCounts): string {
  const measured = checks.filter(({ metric, observed }) => metric !== 'sample-ratio' && observed !== null);
  const metByEach = `${whole(candidate.units)} entities met it, ${whole(baseline.units)} the release before`;
  // errors against the release before say more than errors alone
  const isCompared = measured.some(({ metric }) => metric === 'errors');
  const parts = measured
    .filter(({ metric }) => metric !== 'error-limit' || !isCompared)
    .map((check) => `${WORDINGS[check.metric].name} ${seen(check)}`);
  return parts.length === 0
    ? `nothing was measured (${metByEach})`
    : `nothing spoke against it: ${parts.join('; ')} (${metByEach})`;
}

function seen(check: Check): string {
  const { value, observed } = WORDINGS[check.metric];
  const itself = check.observed === null ? '' : observed(check.observed);
  if (check.candidate === null || check.baseline === null) return itself;
  return `${value(check.candidate)} against ${value(check.baseline)}, ${itself}`;
}

function counted({ n }: Check, by: string): string {
  return n.baseline === 0
    ? `${whole(n.candidate)} ${by}`
    : `${whole(n.candidate)} ${by} on the candidate, ${whole(n.baseline)} on the baseline`;
}

/** 12345.6 as 12,346. */
export function whole(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** 0.0123 as 1.23 %. */
export function percent(value: number): string {
  return `${(100 * value).toFixed(2)} %`;
}

function points(value: number): string {
  return `${(100 * value).toFixed(2)} points`;
}

function times(value: number): string {
  return `${value.toFixed(2)} times`;
}

function milliseconds(value: number): string {
  return `${value.toPrecision(3)} ms`;
}

function decimal(value: number): string {
  return Number(value.toPrecision(3)).toString();
}
