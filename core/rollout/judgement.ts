/** What a judge says of one look at the counts of a phase. */
export interface Judgement {
  /**
   * `go-back` when a check is beyond its limit; `proceed` when enough was seen and, where the phase asks for it, every
   * required check is shown to be within; otherwise `continue`.
   */
  readonly verdict: 'continue' | 'proceed' | 'go-back';
  /** One sentence with the numbers that decided. */
  readonly because: string;
  readonly checks: readonly Check[];
}

export const CHECKED_METRICS = [
  'sample-ratio',
  'errors',
  'error-limit',
  'latency',
  'predictions',
  'missing',
  'outcome',
  'decision-flips',
  'score-difference',
] as const;
export type CheckedMetric = (typeof CHECKED_METRICS)[number];

/** One metric under an interval that holds at every look at once. */
export interface Check {
  /** `error-limit` is the share that is never fine, whatever the baseline does. */
  readonly metric: CheckedMetric;
  /** Null where there is nothing to compare with. */
  readonly baseline: number | null;
  readonly candidate: number | null;
  /** What is held against the limit, mostly candidate less baseline; null when it cannot be measured yet. */
  readonly observed: number | null;
  /**
   * Always-valid interval of `observed`: what is true lies below it with probability `alpha` at most, and above it with
   * the policy's `falsePromotion`. Null when it cannot be measured yet.
   */
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** Largest value that is fine. */
  readonly limit: number;
  /** Observations behind it. */
  readonly n: { readonly baseline: number; readonly candidate: number };
  /** `within`: shown to be at or below the limit. `beyond`: shown to be above it. */
  readonly state: 'within' | 'beyond' | 'undecided';
  /** Whether proceeding waits for `within`. */
  readonly isRequired: boolean;
  /** Error probability this check was given. */
  readonly alpha: number;
  /** About how many more observations of the candidate would settle it at what was seen so far; null when none would, or none are needed. */
  readonly needs: number | null;
}
