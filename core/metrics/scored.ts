import { InvalidInputError } from '../errors.ts';

/** Rows a metric is measured on. */
export interface Scored {
  /** Binary: 0 or 1. Regression: any finite number. */
  readonly labels: readonly number[];
  readonly scores: readonly number[];
  /** Score at and above which a binary decision is positive; null for regression. */
  readonly threshold: number | null;
}

/**
 * A metric on a sample of rows, and what each row adds to its error: the empirical influence function. They add up to 0;
 * the standard deviation of the influences over the square root of their number is the metric's standard error, and
 * that of the differences of two metrics on the same rows the error of the paired difference.
 *
 * Source: Hampel (1974), J. Amer. Statist. Assoc. 69, 383-393.
 */
export interface Influenced {
  readonly value: number;
  /** One per row, in the metric's unit. */
  readonly influence: Float64Array;
}

/** @throws InvalidInputError unless there is one score for each label */
export function assertPaired(what: string, { labels, scores }: Pick<Scored, 'labels' | 'scores'>): void {
  if (labels.length === scores.length) return;
  throw new InvalidInputError(
    `${what}: ${labels.length} labels but ${scores.length} scores; allowed is one score per label`,
  );
}

/** Positions of the rows, highest score first; equal scores in the order of the rows. */
export function byFallingScore(scores: readonly number[]): Uint32Array {
  return Uint32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]! || a - b);
}
