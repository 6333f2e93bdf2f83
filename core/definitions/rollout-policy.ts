/** How a release of the model gets to answer. */
export interface RolloutPolicy {
  /** A rollout whose endpoint is not in service by then is rolled back. */
  readonly inServiceTimeoutMs: number;
  /** A person has to agree before traffic; always set for models of high risk. */
  readonly approval: { readonly withinMs: number } | null;
  readonly shadow: ShadowPolicy | null;
  readonly canary: CanaryPolicy | null;
  readonly watch: WatchPolicy | null;
  readonly judge: JudgePolicy;
  /** What a newer release does to a rollout that has not promoted yet: end it, or wait for it. */
  readonly onNewer: 'supersede' | 'queue';
}

/** The release is asked the same as the champion; nobody sees its answers. */
export interface ShadowPolicy {
  /** Share of the entities; above 0, up to 1. */
  readonly share: number;
  /** Pairs of answers that have to be compared. */
  readonly minPairs: number;
  /** Not enough pairs, or nothing shown, by then: the release is rejected. */
  readonly withinMs: number;
  /** Longest that a caller waits for the shadow after the champion has answered. */
  readonly graceMs: number;
  /** Largest share of pairs with another decision; null for any. */
  readonly maxDecisionFlips: number | null;
  /** Largest mean absolute difference of the scores; null for any. */
  readonly maxScoreDifference: number | null;
}

/** The release answers a growing share of the entities. */
export interface CanaryPolicy {
  /** Shares in order, each above the one before; above 0, below 1. */
  readonly steps: readonly number[];
  /** Units (entities) that each step has to see on the release. */
  readonly minUnits: number;
  /** A step lasts at least this long. */
  readonly bakeMs: number;
  /** A step that could not be decided by then is rolled back. */
  readonly withinMs: number;
}

/** The release is champion; the one before stays in service and is gone back to when the release turns out worse. */
export interface WatchPolicy {
  readonly forMs: number;
  /** Share of the entities that the one before still answers, to compare with; 0 for none. At most 0.5. */
  readonly holdback: number;
}

/** What canary and watch are judged by, and the shadow as far as it can be seen there. */
export interface JudgePolicy {
  /** Between two looks. */
  readonly everyMs: number;
  /** Probability that a rollout of a release that is no worse goes back because of these checks: all looks, steps and checks together. */
  readonly falseRollback: number;
  /** Probability that one check is passed although the release is beyond its margin. */
  readonly falsePromotion: number;
  readonly errors: {
    /** Share of failed requests above the baseline's that is still fine. */
    readonly margin: number;
    /** Share that is never fine, whatever the baseline does; null for none. */
    readonly max: number | null;
  };
  readonly latency: {
    /** For example 0.95. */
    readonly quantile: number;
    /** Quantile of the candidate over that of the baseline that is still fine. */
    readonly maxRatio: number;
  } | null;
  /** Largest distance between the distributions of scores (Kolmogorov-Smirnov at fixed cuts) that is still fine. */
  readonly predictions: { readonly margin: number } | null;
  /** Mean share of inputs without a value above the baseline's that is still fine. */
  readonly missing: { readonly margin: number } | null;
  /** Mean of the ground truth; a model's outcomes are late, so this is only waited for when required. */
  readonly outcome: {
    readonly better: 'higher' | 'lower';
    /** How much worse the mean may be, in the outcome's unit. */
    readonly margin: number;
    readonly isRequired: boolean;
  } | null;
}
