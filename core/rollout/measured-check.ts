import type { Alphas } from '../stats/alphas.ts';
import type { Check } from './judgement.ts';

/** What every check is made from. */
export interface Asked {
  readonly metric: Check['metric'];
  /** Largest value that is fine. */
  readonly limit: number;
  readonly alphas: Alphas;
  readonly isRequired: boolean;
}

type Measured = Pick<Check, 'baseline' | 'candidate' | 'observed' | 'interval' | 'n'>;

/**
 * Holds what was measured against the limit.
 *
 * @param needed about how many more observations would settle it; only asked for while it is undecided
 */
export function measuredCheck(
  { metric, limit, alphas, isRequired }: Asked,
  measured: Measured,
  needed: (observed: number) => number | null,
): Check {
  const state = stateOf(measured.interval, limit);
  const { observed } = measured;
  const needs = observed === null || state !== 'undecided' ? null : needed(observed);
  return { metric, ...measured, limit, state, isRequired, alpha: alphas.low, needs };
}

function stateOf(interval: Check['interval'], limit: number): Check['state'] {
  if (interval === null) return 'undecided';
  if (interval.low > limit) return 'beyond';
  return interval.high <= limit ? 'within' : 'undecided';
}

export function meanOf({ n, sum }: { readonly n: number; readonly sum: number }): number | null {
  return n === 0 ? null : sum / n;
}
