import type { Scored } from '../metrics/metric.ts';

/** What was measured about a candidate before it may take traffic; every gate judges this and nothing else. */
export interface GateEvidence {
  /** The held-out test rows with the candidate's scores. */
  readonly test: Scored;
  /** The champion's scores of the same rows, in the same order; null when there is no champion. */
  readonly championScores: readonly number[] | null;
  readonly trainRows: number;
  /** Share of missing values per input in the training rows; 0 to 1. */
  readonly missingShares: Readonly<Record<string, number>>;
}
