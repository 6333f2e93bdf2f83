/** Answers of one part of a look that led to the same decision with nearly the same score. */
export interface AnswerCount {
  readonly isMatured: boolean;
  readonly isProvisional: boolean;
  readonly isRecent: boolean;
  /** Null without a decision threshold. */
  readonly decision: boolean | null;
  /** Between the release's cuts. */
  readonly bin: number;
  readonly predictions: number;
  readonly outcomes: number;
  /** Those that stand for their unit, and how many of them have an outcome. */
  readonly units: number;
  readonly unitOutcomes: number;
  /** Sum of the scores. */
  readonly scores: number;
}

export interface Totals {
  readonly predictions: number;
  readonly outcomes: number;
}

/** What was answered and what of it has an outcome. */
export function totalsOf(counts: readonly AnswerCount[]): Totals {
  return counts.reduce(
    (total, { predictions, outcomes }) => ({
      predictions: total.predictions + predictions,
      outcomes: total.outcomes + outcomes,
    }),
    { predictions: 0, outcomes: 0 },
  );
}
