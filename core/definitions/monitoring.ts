import type { MetricChoice } from './metric-choice.ts';

/** How a model is watched while it answers, and what may be done about what is seen. */
export interface Monitoring {
  /** How long the evidence of a prediction can be asked for by its id. */
  readonly evidenceRetentionDays: number;
  /** Null: nobody compares what the model is asked with what it learned from. */
  readonly drift: DriftPolicy | null;
  /** Null: outcomes are kept, but nothing is made of them. */
  readonly performance: PerformancePolicy | null;
  /** Null: only a person trains the model again. */
  readonly retraining: RetrainingPolicy | null;
}

/** Comparison of the inputs and answers of a window with those of the training set. */
export interface DriftPolicy {
  /** Between two scans; also how often performance and health are looked at. */
  readonly everyMs: number;
  /** Length of the window that a scan looks at; it ends with the scan. */
  readonly windowMs: number;
  /** Probability that a scan names any column although none has drifted: all columns and tests of the scan together. */
  readonly falseAlarms: number;
  /** Fewer rows than this, after what repeats itself is counted once, are not judged. */
  readonly minRows: number;
  readonly reference: DriftReference;
  /** Sizes below which a difference, however certain, is not called drift. */
  readonly effects: DriftEffects;
  /** The model drifts when `scans` of its last `of` scans found drift. */
  readonly persistence: { readonly scans: number; readonly of: number };
  /** Inputs (`view:feature`) that may drift as they like. */
  readonly ignore: readonly string[];
}

export type DriftReference =
  /** The rows that the release was trained on. */
  | { readonly kind: 'training' }
  /** The same window `periods` times before, each `periodMs` earlier than the next: for what comes and goes by the week or the year. */
  | { readonly kind: 'season'; readonly periodMs: number; readonly periods: number };

export interface DriftEffects {
  /** Population stability index over the reference's bins; 0 or more. */
  readonly psi: number;
  /** Largest distance between the distribution functions at the bins' edges; 0 to 1. */
  readonly ks: number;
  /** Jensen-Shannon distance (base 2) over categories; 0 to 1. */
  readonly jensenShannon: number;
  /** Share of the values that are categories the reference never saw; 0 to 1. */
  readonly newCategories: number;
  /** Difference of the shares without a value; 0 to 1. */
  readonly missing: number;
}

/** What the ground truth says about the answers. */
export interface PerformancePolicy {
  /** An outcome counts as final this long after its prediction; what comes earlier is provisional. */
  readonly maturityMs: number;
  /** Length of the sliding window over matured predictions that metrics are told for. */
  readonly windowMs: number;
  readonly metrics: readonly MetricChoice[];
  /** Fewer matured outcomes than this are not judged. */
  readonly minOutcomes: number;
  /** Loss of a row whose mean is compared with that of the release's own evaluation. */
  readonly loss: 'log_loss' | 'brier' | 'squared_error' | 'absolute_error';
  /** How much larger the mean loss may be than in the evaluation, as a share of it; above 0. */
  readonly margin: number;
  /** Probability that a release that keeps its promise is ever called degraded: all looks together. */
  readonly falseAlarms: number;
}

/** When a model may be trained again without being asked, within limits declared beforehand. */
export interface RetrainingPolicy {
  readonly on: {
    readonly drift: boolean;
    readonly degradation: boolean;
    /** So long after the last training; null for never. */
    readonly everyMs: number | null;
    /** So many new rows of the label's source since the last training; null for never. */
    readonly newRows: number | null;
  };
  /** From the end of one retraining to the beginning of the next. */
  readonly cooldownMs: number;
  readonly maxPerWeek: number;
  /** What the training jobs of 30 days may cost; null for any. */
  readonly budgetUsd: number | null;
  /** After the relation of inputs and outcome has changed: matured outcomes since the change that training again has to wait for. */
  readonly minNewOutcomes: number;
  /** So many retrainings in a row that did not help: a person has to look. */
  readonly maxUnhelpful: number;
}
